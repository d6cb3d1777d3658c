"""Exchanging a reservation: one order with the new item and the credit for the old one."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    Order,
    Refund,
    Reservation,
    ReservationProduct,
    WebDirectPrice,
)
from customers.operations.exchanges import exchange_of, exchange_reservation
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions
from tests.customers.buying import purchase_of
from tests.customers.reserving import (
    DAY,
    NEW_YEAR,
    after,
    bought_on_new_year,
    cancel,
    customers_price,
    exchange,
    refund_terms,
    usd,
)
from tests.factories import ReservationProductFactory, SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")


@pytest.fixture
def reservation(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    """Shared, bought on New Year for 1000.00 USD."""
    return bought_on_new_year(product, fabrikam, ada)


@pytest.fixture
def larger(db: None) -> ReservationProduct:
    """Standard_D4s_v5 for three years at 700.00 USD."""
    return ReservationProductFactory.create(sku="Standard_D4s_v5", term="P3Y", price="700.00")


def refused(
    reservation: Reservation, by: Agent, product: ReservationProduct, **choices: Any
) -> str:
    """The code; nothing may have changed."""
    purchase = purchase_of(product, reservation.customer, **choices)
    with pytest.raises(Refused) as refusal:
        exchange(reservation, purchase, by)
    reservation.refresh_from_db()
    assert reservation.is_active
    assert actions() == ["create_order"]
    assert not Refund.objects.exists()
    return refusal.value.code


def test_the_old_one_ends_and_the_new_one_begins_at_the_same_moment(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        new = exchange(reservation, purchase_of(larger, reservation.customer), ada)

    reservation.refresh_from_db()
    now = NEW_YEAR + DAY * 146
    assert (reservation.status, reservation.ends_at) == ("exchanged", now)
    assert (new.status, new.starts_at, new.replaces) == ("active", now, reservation)
    assert new.ends_at == new.term_ends_at == now.replace(year=2029)
    assert (new.product, new.commitment) == (larger, usd("1400.00"))


def test_its_order_bears_the_purchase_and_the_credit(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        new = exchange(reservation, purchase_of(larger, reservation.customer), ada)

    order = new.item.order
    lines = order.items.values_list("line_number", "transaction_type", "quantity", "amount")
    record = ActivityRecord.objects.latest("number")
    assert (order.number, order.created_at) == (record.number, record.at)
    assert order.total == usd("800.00")
    assert list(lines) == [(1, "new", 2, Decimal(1400)), (2, "customerCredit", 1, Decimal(-600))]
    assert new.item.line_number == 1
    assert Order.objects.get(items__reservation=reservation).status == "completed"


def test_the_credit_is_stored_as_a_refund_without_a_fee(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        exchange(reservation, purchase_of(larger, reservation.customer), ada)

    refund = Refund.objects.get(reservation=reservation)
    assert (refund.reason, refund.refunded, refund.fee) == ("exchange", usd("600.00"), usd("0.00"))
    assert refund.record_number == ActivityRecord.objects.latest("number").number


def test_one_record_holds_the_old_and_the_new_facts(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        new = exchange(reservation, purchase_of(larger, reservation.customer), ada)

    record = ActivityRecord.objects.latest("number")
    facts = record.new or {}
    assert actions() == ["create_order", "exchange_reservation"]
    assert record.resource_id == str(reservation.pk)
    assert record.old == {"status": "active", "ends_at": "2027-01-01T00:00:00+00:00"}
    assert (facts["status"], facts["reservation"]) == ("exchanged", str(new.pk))
    assert (facts["sku"], facts["total"]) == ("Standard_D4s_v5", "1400.00")
    assert (facts["remaining_commitment"], facts["credit"]) == ("600.00", "600.00")
    assert facts["to_pay"] == "800.00"


def test_exchanging_again_for_the_same_returns_what_came_of_it(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        purchase = purchase_of(larger, reservation.customer)
        first = exchange(reservation, purchase, ada)
    with after(147):
        again = exchange_reservation(
            reservation=reservation, purchase=purchase, expected_credit=usd("600.00"), by=ada
        )

    assert again == first
    assert Reservation.objects.count() == 2
    assert actions() == ["create_order", "exchange_reservation"]


def test_exchanging_again_for_something_else_is_refused(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        exchange(reservation, purchase_of(larger, reservation.customer), ada)
        with pytest.raises(Refused) as refusal:
            exchange(reservation, purchase_of(larger, reservation.customer, quantity=3), ada)

    assert refusal.value.code == "not_active"
    assert Reservation.objects.count() == 2


def test_a_new_commitment_of_exactly_the_remaining_one_will_do(
    ada: Agent, reservation: Reservation
) -> None:
    product = ReservationProductFactory.create(price="300.00")
    with after(146):
        new = exchange(reservation, purchase_of(product, reservation.customer), ada)

    assert new.item.order.total == usd("0.00")


def test_a_cent_less_is_refused_with_both_amounts(ada: Agent, reservation: Reservation) -> None:
    product = ReservationProductFactory.create(price="599.99")
    with after(146):
        assert refused(reservation, ada, product, quantity=1) == "too_small"
        with pytest.raises(Refused) as refusal:
            exchange(reservation, purchase_of(product, reservation.customer, quantity=1), ada)

    assert "599.99 USD" in str(refusal.value)
    assert "600.00 USD" in str(refusal.value)


def test_of_monthly_instalments_what_was_paid_and_not_used_is_credited(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    monthly = bought_on_new_year(product, fabrikam, ada, billing_cycle="monthly")
    with after(146):
        found = exchange_of(monthly, purchase_of(product, fabrikam))

    assert (found.balance.paid, found.balance.remaining) == (usd("416.67"), usd("600.00"))
    assert (found.credit, found.to_pay) == (usd("16.67"), usd("983.33"))


def test_a_price_that_fell_lowers_the_credit(ada: Agent, reservation: Reservation) -> None:
    customers_price(reservation.customer, reservation.product, "450.00", dt.date(2026, 2, 1))
    with after(146):
        purchase = purchase_of(reservation.product, reservation.customer)
        assert exchange_of(reservation, purchase).credit == usd("540.00")


def test_the_choices_of_the_purchase_are_those_of_the_new_one(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    other = SubscriptionFactory.create(customer=reservation.customer)
    choices = {"billing_cycle": "monthly", "scope": "single", "subscription_id": other.pk}
    with after(146):
        new = exchange(reservation, purchase_of(larger, reservation.customer, **choices), ada)

    assert (new.billing_cycle, new.scope, new.subscription) == ("monthly", "single", other)
    assert new.item.order.billing_cycle == "monthly"


def test_another_product_type_is_refused(ada: Agent, reservation: Reservation) -> None:
    database = ReservationProductFactory.create(product_type="SqlDatabases", price="900.00")
    with after(146):
        assert refused(reservation, ada, database) == "other_type"


def test_another_currency_is_refused(ada: Agent, reservation: Reservation) -> None:
    euro = ReservationProductFactory.create(currency="EUR", price="900.00")
    with after(146), pytest.raises(Refused) as refusal:
        exchange_reservation(
            reservation=reservation,
            purchase=purchase_of(euro, reservation.customer),
            expected_credit=usd("600.00"),
            by=ada,
        )
    assert refusal.value.code == "currency"
    assert actions() == ["create_order"]


@pytest.mark.parametrize(
    ("details", "code"),
    [({"status": "suspended"}, "not_active"), ({"product": "license"}, "not_azure")],
)
def test_the_new_one_needs_an_active_azure_subscription(
    ada: Agent,
    reservation: Reservation,
    larger: ReservationProduct,
    details: dict[str, str],
    code: str,
) -> None:
    other = SubscriptionFactory.create(customer=reservation.customer, **details)
    with after(146):
        assert refused(reservation, ada, larger, subscription_id=other.pk) == code


def test_a_price_other_than_the_reviewed_one_is_refused(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        assert refused(reservation, ada, larger, unit_price=usd("699.00")) == "price_changed"


def test_a_product_that_lost_its_price_is_refused(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146):
        purchase = purchase_of(larger, reservation.customer)
        WebDirectPrice.objects.filter(product=larger).delete()
        with pytest.raises(Refused) as refusal:
            exchange(reservation, purchase, ada)
    assert refusal.value.code == "price_changed"


def test_a_credit_other_than_the_reviewed_one_is_refused(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146), pytest.raises(Refused) as refusal:
        exchange_reservation(
            reservation=reservation,
            purchase=purchase_of(larger, reservation.customer),
            expected_credit=usd("600.01"),
            by=ada,
        )
    assert refusal.value.code == "credit_changed"
    assert actions() == ["create_order"]


@pytest.mark.parametrize("choice", [{"quantity": 1001}, {"billing_cycle": "annual"}], ids=str)
def test_what_no_form_offers_is_refused(
    ada: Agent, reservation: Reservation, larger: ReservationProduct, choice: dict[str, Any]
) -> None:
    with after(146):
        assert refused(reservation, ada, larger, **choice) in {"quantity", "billing"}


def test_everything_is_undone_together(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    with after(146), transaction.atomic():
        exchange(reservation, purchase_of(larger, reservation.customer), ada)
        transaction.set_rollback(True)

    reservation.refresh_from_db()
    assert (reservation.is_active, Reservation.objects.count()) == (True, 1)
    assert not Refund.objects.exists()
    assert actions() == ["create_order"]


def test_what_was_exchanged_for_can_be_cancelled_and_takes_its_order_along(
    ada: Agent, reservation: Reservation, larger: ReservationProduct
) -> None:
    refund_terms()
    with after(146):
        new = exchange(reservation, purchase_of(larger, reservation.customer), ada)
        cancel(new, ada)

    new.item.order.refresh_from_db()
    assert new.item.order.status == "cancelled"
