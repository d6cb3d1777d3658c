"""Renewing a reservation: the same again at today's price, once, from where the old one ends."""

import datetime as dt

import pytest
from django.db import transaction

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    Reservation,
    ReservationProduct,
    Subscription,
    SubscriptionStatus,
    WebDirectPrice,
)
from customers.operations.renewals import renew_reservation, renewal_of
from customers.operations.reservations import expire_reservations
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions
from tests.customers.reserving import (
    DAY,
    NEW_YEAR,
    after,
    bought_on_new_year,
    customers_price,
    refund_terms,
    renew,
    usd,
)

pytestmark = pytest.mark.usefixtures("sound_log")

TERM = 365


@pytest.fixture
def reservation(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    """Single, monthly, bought on New Year for 1000.00 USD; renewable for the last 30 days."""
    refund_terms()
    return bought_on_new_year(product, fabrikam, ada, billing_cycle="monthly", scope="single")


def refused(reservation: Reservation, by: Agent, price: str = "500.00") -> Refused:
    """The refusal; nothing may have changed."""
    before = actions(), Reservation.objects.count()
    with pytest.raises(Refused) as refusal:
        renew_reservation(reservation=reservation, expected_price=usd(price), by=by)
    assert (actions(), Reservation.objects.count()) == before
    return refusal.value


def test_the_same_begins_where_the_old_one_ends(ada: Agent, reservation: Reservation) -> None:
    with after(TERM - 30):
        new = renew(reservation, ada)

    same = ("product", "quantity", "billing_cycle", "scope", "subscription")
    assert [getattr(new, name) for name in same] == [getattr(reservation, name) for name in same]
    assert (new.status, new.renews) == ("active", reservation)
    assert new.starts_at == reservation.ends_at == NEW_YEAR + DAY * TERM
    assert new.ends_at == NEW_YEAR.replace(year=2028)
    assert Reservation.objects.get(pk=reservation.pk).is_active


def test_it_costs_what_it_costs_today(ada: Agent, reservation: Reservation) -> None:
    customers_price(reservation.customer, reservation.product, "510.00", dt.date(2026, 12, 1))
    with after(TERM - 30):
        new = renew(reservation, ada)

    assert new.commitment == new.item.order.total == usd("1020.00")
    assert new.item.transaction_type == "renew"
    assert new.item.order.billing_cycle == "monthly"


def test_one_record_says_what_came_of_it(ada: Agent, reservation: Reservation) -> None:
    with after(TERM - 30):
        new = renew(reservation, ada)

    record = ActivityRecord.objects.latest("number")
    facts = record.new or {}
    assert actions() == ["create_order", "renew_reservation"]
    assert (record.resource_id, record.number) == (str(reservation.pk), new.item.order.number)
    assert (facts["reservation"], facts["order"]) == (str(new.pk), str(new.item.order.pk))
    assert (facts["total"], facts["billing"], facts["scope"]) == ("1000.00", "monthly", "single")


@pytest.mark.parametrize("expired", [True, False])
def test_after_its_end_the_new_one_begins_now(
    ada: Agent, reservation: Reservation, expired: bool
) -> None:
    with after(TERM + 49):
        if expired:
            expire_reservations(now=NEW_YEAR + DAY * TERM)
    with after(TERM + 50):
        new = renew(Reservation.objects.get(), ada)

    assert new.starts_at == NEW_YEAR + DAY * (TERM + 50)


def test_it_is_too_early_before_the_days_of_the_terms(ada: Agent, reservation: Reservation) -> None:
    with after(TERM - 30.01):
        refusal = refused(reservation, ada)

    assert refusal.code == "too_early"
    assert "2026-12-02" in str(refusal)


def test_before_its_end_it_needs_terms_and_after_it_none(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    reservation = bought_on_new_year(product, fabrikam, ada)
    with after(TERM - 1):
        assert refused(reservation, ada).code == "no_terms"
    with after(TERM):
        assert renew(reservation, ada)


def test_renewing_again_at_the_same_price_returns_what_came_of_it(
    ada: Agent, reservation: Reservation
) -> None:
    with after(TERM - 30):
        first, again = renew(reservation, ada), renew(reservation, ada)

    assert again == first
    assert actions() == ["create_order", "renew_reservation"]


def test_renewing_again_at_another_price_is_refused(ada: Agent, reservation: Reservation) -> None:
    with after(TERM - 30):
        renew(reservation, ada)
        customers_price(reservation.customer, reservation.product, "510.00")

        assert refused(reservation, ada, "510.00").code == "renewed"


def test_a_renewal_can_be_renewed_in_its_turn(ada: Agent, reservation: Reservation) -> None:
    with after(TERM):
        second = renew(reservation, ada)
    with after(2 * TERM):
        third = renew(second, ada)

    assert third.renews == second
    assert third.starts_at == second.ends_at


def test_a_price_other_than_the_reviewed_one_is_refused(
    ada: Agent, reservation: Reservation
) -> None:
    with after(TERM):
        assert refused(reservation, ada, "499.00").code == "price_changed"


def test_a_product_without_a_price_is_refused(ada: Agent, reservation: Reservation) -> None:
    WebDirectPrice.objects.all().delete()
    with after(TERM):
        assert refused(reservation, ada).code == "price_changed"
        with pytest.raises(Refused) as refusal:
            renewal_of(reservation)
    assert refusal.value.code == "no_price"


def test_a_billing_that_is_no_longer_offered_is_refused(
    ada: Agent, reservation: Reservation
) -> None:
    ReservationProduct.objects.update(billing_frequency="one_time")
    with after(TERM):
        assert refused(Reservation.objects.get(), ada).code == "billing"


def test_a_suspended_subscription_is_refused(ada: Agent, reservation: Reservation) -> None:
    Subscription.objects.update(status=SubscriptionStatus.SUSPENDED)
    with after(TERM):
        assert refused(reservation, ada).code == "not_active"


def test_everything_is_undone_together(ada: Agent, reservation: Reservation) -> None:
    with after(TERM), transaction.atomic():
        renew(reservation, ada)
        transaction.set_rollback(True)

    assert Reservation.objects.get() == reservation
    assert actions() == ["create_order"]
