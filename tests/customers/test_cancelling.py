"""Cancelling a reservation: it ends, its order with it, and the reviewed refund is stored."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    Refund,
    Reservation,
    ReservationProduct,
    Subscription,
    UsageRecord,
    WebDirectPrice,
)
from customers.operations.cancellations import cancel_reservation, reviewed
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions
from tests.customers.buying import bought, purchase_of
from tests.customers.reserving import (
    DAY,
    NEW_YEAR,
    after,
    at,
    bought_on_new_year,
    cancel,
    customers_price,
    exchange,
    refund_terms,
    renew,
    usd,
)
from tests.factories import CustomerFactory, RoleAssignmentFactory

pytestmark = pytest.mark.usefixtures("sound_log")


@pytest.fixture
def reservation(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    """Shared, bought on New Year for 1000.00 USD; under terms with 10 %."""
    refund_terms()
    return bought_on_new_year(product, fabrikam, ada)


def use(subscription: Subscription, day: dt.date) -> None:
    UsageRecord.objects.create(
        subscription=subscription,
        sku="Standard_D2s_v5",
        region="westeurope",
        day=day,
        hours=Decimal(1),
    )


def test_it_ends_now_with_its_order_and_its_refund(ada: Agent, reservation: Reservation) -> None:
    with after(146):
        refund = cancel(reservation, ada)

    reservation = Reservation.objects.select_related("item__order").get()
    record = ActivityRecord.objects.latest("number")
    assert reservation.status == reservation.item.order.status == "cancelled"
    assert reservation.ends_at == refund.created_at == record.at == NEW_YEAR + DAY * 146
    assert reservation.term_ends_at == NEW_YEAR + DAY * 365
    assert (refund.reason, refund.record_number) == ("cancel", record.number)
    assert (refund.refunded, refund.fee) == (usd("540.00"), usd("60.00"))


def test_the_record_holds_every_figure(ada: Agent, reservation: Reservation) -> None:
    with after(146):
        cancel(reservation, ada)

    record = ActivityRecord.objects.latest("number")
    assert (record.action, record.resource_type) == ("cancel_reservation", "reservation")
    assert (record.resource_id, record.customer_name) == (str(reservation.pk), "Fabrikam")
    assert record.old == {"status": "active", "ends_at": "2027-01-01T00:00:00+00:00"}
    assert record.new == {
        "status": "cancelled",
        "commitment": "1000.00",
        "paid": "1000.00",
        "used_up": "400.00",
        "remaining_commitment": "600.00",
        "unused": "600.00",
        "price_today": "1000.00",
        "credit": "600.00",
        "fee": "60.00",
        "left_of_cap": "50000.00",
        "refund": "540.00",
        "currency": "USD",
        "terms_valid_from": "2020-01-01",
    }


def test_cancelling_again_refunds_nothing_more(ada: Agent, reservation: Reservation) -> None:
    with after(146):
        first = cancel(reservation, ada)
        again = cancel_reservation(reservation=reservation, expected_refund=first.refunded, by=ada)

    assert again == first == Refund.objects.get()
    assert actions() == ["create_order", "cancel_reservation"]


def test_cancelling_again_at_another_refund_is_refused(
    ada: Agent, reservation: Reservation
) -> None:
    with after(146):
        cancel(reservation, ada)
        with pytest.raises(Refused) as refusal:
            cancel_reservation(reservation=reservation, expected_refund=usd("1.00"), by=ada)

    assert refusal.value.code == "not_active"


def test_another_refund_than_the_reviewed_one_is_refused(
    ada: Agent, reservation: Reservation
) -> None:
    with after(146):
        expected = reviewed(reservation).refund
    with after(147), pytest.raises(Refused) as refusal:
        cancel_reservation(reservation=reservation, expected_refund=expected, by=ada)

    reservation.refresh_from_db()
    assert refusal.value.code == "refund_changed"
    assert reservation.is_active
    assert not Refund.objects.exists()
    assert actions() == ["create_order"]


def test_figures_hold_until_the_hour_is_over(ada: Agent, reservation: Reservation) -> None:
    with after(146):
        expected = reviewed(reservation).refund
    with at(NEW_YEAR + DAY * 146 + dt.timedelta(minutes=59)):
        refund = cancel_reservation(reservation=reservation, expected_refund=expected, by=ada)

    assert refund.refunded == expected


def test_everything_is_undone_together(ada: Agent, reservation: Reservation) -> None:
    with after(146), transaction.atomic():
        cancel(reservation, ada)
        transaction.set_rollback(True)

    reservation = Reservation.objects.select_related("item__order").get()
    assert (reservation.status, reservation.item.order.status) == ("active", "completed")
    assert not Refund.objects.exists()
    assert actions() == ["create_order"]


# Early


def test_within_the_days_without_a_fee_an_unused_one_is_refunded_whole(
    ada: Agent, reservation: Reservation
) -> None:
    with after(5):
        assert cancel(reservation, ada).refunded == usd("1000.00")


def test_after_them_it_is_not(ada: Agent, reservation: Reservation) -> None:
    with after(6):
        assert reviewed(reservation).refund < usd("900.00")


def test_used_it_is_refunded_in_part_and_without_a_fee(
    ada: Agent, reservation: Reservation, fabrikam_azure: Subscription
) -> None:
    use(fabrikam_azure, NEW_YEAR.date())
    with after(5):
        cancellation = reviewed(reservation)

    assert (cancellation.fee, cancellation.refund) == (usd("0.00"), usd("986.30"))


def test_an_exchange_does_not_make_new_days_without_a_fee(
    ada: Agent, reservation: Reservation
) -> None:
    with after(36.5):
        purchase = purchase_of(reservation.product, reservation.customer)
        new = exchange(reservation, purchase, ada)
        refund = cancel(new, ada)

    assert refund.fee == usd("100.00")
    assert refund.refunded == usd("900.00")


def test_usage_before_it_began_is_no_use_of_it(
    ada: Agent, reservation: Reservation, fabrikam_azure: Subscription
) -> None:
    use(fabrikam_azure, NEW_YEAR.date() - DAY)
    with after(5):
        assert reviewed(reservation).is_whole


def test_a_renewal_that_has_not_begun_is_refunded_whole_and_never_serves(
    ada: Agent, reservation: Reservation
) -> None:
    with after(350):
        renewal = renew(reservation, ada)
        refund = cancel(renewal, ada)

    renewal.refresh_from_db()
    assert refund.refunded == usd("1000.00")
    assert renewal.starts_at == renewal.ends_at == reservation.ends_at


# Terms and prices of the day


def test_the_latest_terms_that_hold_today_count(ada: Agent, reservation: Reservation) -> None:
    refund_terms(valid_from=dt.date(2026, 5, 1), fee_percent=Decimal("12.5"))
    refund_terms(valid_from=dt.date(2026, 6, 1), fee_percent=Decimal(0))
    refund_terms(valid_from=dt.date(2026, 4, 1), fee_percent=Decimal(50), currency="EUR")

    assert fees_on(reservation, 119, 120, 151) == ["67.40", "83.90", "0.00"]


def fees_on(reservation: Reservation, *days: int) -> list[str]:
    fees = []
    for day in days:
        with after(day):
            fees.append(reviewed(reservation).fee.code)
    return fees


def test_a_price_that_fell_lowers_the_refund(ada: Agent, reservation: Reservation) -> None:
    customers_price(reservation.customer, reservation.product, "450.00", dt.date(2026, 2, 1))
    with after(146):
        assert reviewed(reservation).refund == usd("480.00")


def test_a_price_that_rose_does_not_raise_it(ada: Agent, reservation: Reservation) -> None:
    customers_price(reservation.customer, reservation.product, "900.00", dt.date(2026, 2, 1))
    with after(146):
        assert reviewed(reservation).refund == usd("540.00")


def test_a_product_without_a_price_is_refunded_at_the_price_of_the_purchase(
    ada: Agent, reservation: Reservation
) -> None:
    WebDirectPrice.objects.all().delete()
    with after(146):
        assert reviewed(reservation).refund == usd("540.00")


# The yearly cap


@pytest.fixture
def capped(reservation: Reservation) -> Reservation:
    """1000.00 USD a year at most, and no fee."""
    refund_terms(valid_from=dt.date(2021, 1, 1), yearly_cap=Decimal(1000), fee_percent=Decimal(0))
    return reservation


def test_refunds_of_twelve_months_never_exceed_the_cap(ada: Agent, capped: Reservation) -> None:
    others = [bought_on_new_year(capped.product, capped.customer, ada) for _ in range(2)]
    with after(146):
        refunds = [cancel(each, ada).refunded.code for each in (capped, *others)]

    assert refunds == ["600.00", "400.00", "0.00"]


def test_after_twelve_months_a_refund_counts_no_more(ada: Agent, capped: Reservation) -> None:
    with after(73):
        cancel(capped, ada)
        other = bought(capped.product, capped.customer, ada)
        third = bought(capped.product, capped.customer, ada)
    with after(73 + 364):
        assert reviewed(other).left_of_cap == usd("200.00")
    with after(73 + 365):
        assert reviewed(third).left_of_cap == usd("1000.00")


def test_exchanges_other_customers_and_other_currencies_do_not_count(
    ada: Agent, capped: Reservation
) -> None:
    other = CustomerFactory.create()
    RoleAssignmentFactory.create(subscription__customer=other)
    with after(1):
        cancel(bought(capped.product, other, ada), ada)
        euro = cancel(bought(capped.product, capped.customer, ada), ada)
        Refund.objects.filter(pk=euro.pk).update(currency="EUR")
        new = exchange(capped, purchase_of(capped.product, capped.customer), ada)
        assert reviewed(new).left_of_cap == usd("1000.00")
