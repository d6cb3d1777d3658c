"""A reservation's name and scope, and what is refused to whom once it is over."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    CustomerUser,
    Refund,
    Relationship,
    Reservation,
    ReservationProduct,
    Scope,
    Subscription,
)
from customers.operations.cancellations import cancel_reservation
from customers.operations.reservations import change_scope, expire_reservations, rename_reservation
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions
from tests.customers.buying import allowed, purchase_of
from tests.customers.reserving import (
    DAY,
    NEW_YEAR,
    after,
    bought_on_new_year,
    cancel,
    exchange,
    refund_terms,
    renew,
    usd,
)
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")


@pytest.fixture
def reservation(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    """Shared, bought on New Year for 1000.00 USD; under terms with 10 %."""
    refund_terms()
    return bought_on_new_year(product, fabrikam, ada)


def last() -> ActivityRecord:
    return ActivityRecord.objects.latest("number")


# Names


def test_another_name_is_stored_and_recorded(ada: Agent, reservation: Reservation) -> None:
    with after(1):
        rename_reservation(reservation=reservation, name="  Web shop ", by=ada)

    reservation.refresh_from_db()
    assert reservation.name == "Web shop"
    assert (last().action, last().resource_id) == ("rename_reservation", str(reservation.pk))
    assert last().old == {"name": "Standard_D2s_v5_2026-01-01"}
    assert last().new == {"name": "Web shop"}


def test_the_same_name_is_no_act(ada: Agent, reservation: Reservation) -> None:
    with after(1):
        rename_reservation(reservation=reservation, name=reservation.name, by=ada)

    assert actions() == ["create_order"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 65])
def test_no_name_and_one_that_is_too_long_are_refused(
    ada: Agent, reservation: Reservation, name: str
) -> None:
    with after(1), pytest.raises(ValidationError):
        rename_reservation(reservation=reservation, name=name, by=ada)

    assert actions() == ["create_order"]


def test_a_name_and_its_record_are_undone_together(ada: Agent, reservation: Reservation) -> None:
    with after(1), transaction.atomic():
        rename_reservation(reservation=reservation, name="Web shop", by=ada)
        transaction.set_rollback(True)

    reservation.refresh_from_db()
    assert reservation.name == "Standard_D2s_v5_2026-01-01"
    assert actions() == ["create_order"]


# Scopes


def test_a_single_scope_is_that_of_the_chosen_subscription(
    ada: Agent, reservation: Reservation
) -> None:
    other = SubscriptionFactory.create(customer=reservation.customer)
    old = {"scope": "shared", "subscription": str(reservation.subscription_id)}
    with after(1):
        change_scope(reservation=reservation, scope=Scope.SINGLE, subscription=other, by=ada)

    reservation.refresh_from_db()
    assert (reservation.scope, reservation.subscription) == ("single", other)
    assert last().action == "change_reservation_scope"
    assert (last().old, last().new) == (old, {"scope": "single", "subscription": str(other.pk)})


def test_a_single_scope_without_a_choice_is_that_to_which_it_is_billed(
    ada: Agent, reservation: Reservation, fabrikam_azure: Subscription
) -> None:
    with after(1):
        changed = change_scope(reservation=reservation, scope=Scope.SINGLE, by=ada)

    assert (changed.scope, changed.subscription) == ("single", fabrikam_azure)


def test_a_shared_scope_leaves_the_bill_where_it_is(ada: Agent, reservation: Reservation) -> None:
    other = SubscriptionFactory.create(customer=reservation.customer)
    with after(1):
        change_scope(reservation=reservation, scope=Scope.SINGLE, subscription=other, by=ada)
        changed = change_scope(
            reservation=reservation,
            scope=Scope.SHARED,
            subscription=reservation.subscription,
            by=ada,
        )
    assert (changed.scope, changed.subscription) == ("shared", other)


def test_the_days_before_a_change_keep_their_scope(ada: Agent, reservation: Reservation) -> None:
    own = reservation.subscription_id
    other = SubscriptionFactory.create(customer=reservation.customer)
    with after(3):
        change_scope(reservation=reservation, scope=Scope.SINGLE, subscription=other, by=ada)
    with after(5):
        changed = change_scope(reservation=reservation, scope=Scope.SHARED, by=ada)

    first = NEW_YEAR.date()
    days = [changed.scope_on(first + dt.timedelta(days=number)) for number in range(7)]
    assert days == [
        *[("shared", own)] * 3,
        *[("single", other.pk)] * 2,
        *[("shared", other.pk)] * 2,
    ]


def test_the_same_scope_is_no_act(ada: Agent, reservation: Reservation) -> None:
    with after(1):
        change_scope(reservation=reservation, scope=Scope.SHARED, by=ada)

    assert actions() == ["create_order"]


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"status": "suspended"}, "not_active"),
        ({"product": "license"}, "not_azure"),
        ({"customer": None}, "other_subscription"),
    ],
    ids=str,
)
def test_only_active_azure_subscriptions_of_the_customer_can_be_chosen(
    ada: Agent, reservation: Reservation, details: dict[str, Any], code: str
) -> None:
    owner = {} if "customer" in details else {"customer": reservation.customer}
    details = {name: value for name, value in details.items() if value}
    other = SubscriptionFactory.create(**details, **owner)
    with after(1), pytest.raises(Refused) as refusal:
        change_scope(reservation=reservation, scope=Scope.SINGLE, subscription=other, by=ada)

    reservation.refresh_from_db()
    assert refusal.value.code == code
    assert reservation.is_shared
    assert actions() == ["create_order"]


# Whoever it is and whatever became of it

Act = Callable[[Reservation, Any], object]
ACTS: dict[str, Act] = {
    "rename": lambda it, by: rename_reservation(reservation=it, name="Web shop", by=by),
    "change scope": lambda it, by: change_scope(reservation=it, scope=Scope.SINGLE, by=by),
    "cancel": lambda it, by: cancel(it, by),
    "exchange": lambda it, by: exchange(it, purchase_of(it.product, it.customer, quantity=3), by),
    "renew": lambda it, by: renew(it, by),
}
CHANGES = [name for name in ACTS if name != "renew"]


def refused(act: str, reservation: Reservation, by: Agent | CustomerUser) -> str:
    """The code with which it is refused; it must leave everything as it was."""
    before = list(Reservation.objects.values()), list(Refund.objects.values()), actions()
    with pytest.raises(Refused) as refusal:
        ACTS[act](Reservation.objects.get(pk=reservation.pk), by)
    assert (list(Reservation.objects.values()), list(Refund.objects.values()), actions()) == before
    return refusal.value.code


@pytest.mark.parametrize("act", ACTS)
def test_a_customer_s_user_has_to_ask_the_partner(
    ada: Agent, reservation: Reservation, act: str
) -> None:
    with after(1):
        olga = allowed(reservation.customer, ada)
        assert refused(act, reservation, olga) == "through_partner"


@pytest.mark.parametrize("act", CHANGES)
def test_after_the_term_everything_is_refused_whether_the_command_ran_or_not(
    ada: Agent, reservation: Reservation, act: str
) -> None:
    with after(365):
        assert refused(act, reservation, ada) == "not_active"
        expire_reservations(now=NEW_YEAR + DAY * 365)
        assert refused(act, reservation, ada) == "not_active"


@pytest.mark.parametrize("act", CHANGES)
def test_what_was_exchanged_is_not_changed_any_more(
    ada: Agent, reservation: Reservation, act: str
) -> None:
    with after(10):
        exchange(reservation, purchase_of(reservation.product, reservation.customer), ada)
        assert refused(act, reservation, ada) == "not_active"


@pytest.mark.parametrize("act", ["rename", "change scope", "exchange", "renew"])
def test_what_was_cancelled_is_not_changed_any_more(
    ada: Agent, reservation: Reservation, act: str
) -> None:
    with after(10):
        cancel(reservation, ada)
        assert refused(act, reservation, ada) == "not_active"


@pytest.mark.parametrize("act", ["rename", "change scope", "exchange", "renew"])
def test_after_the_relationship_nothing_but_cancelling_is_left(
    ada: Agent, reservation: Reservation, act: str
) -> None:
    Customer.objects.update(relationship=Relationship.NONE)
    reservation.refresh_from_db()
    with after(340):
        assert refused(act, reservation, ada) == "no_relationship"
        assert cancel(reservation, ada).reason == "cancel"


def test_without_refund_terms_cancelling_is_refused_and_says_where_to_enter_them(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    reservation = bought_on_new_year(product, fabrikam, ada)
    with after(10), pytest.raises(Refused) as refusal:
        cancel_reservation(reservation=reservation, expected_refund=usd("1000.00"), by=ada)

    assert refusal.value.code == "no_terms"
    assert "Prices › Refund terms" in str(refusal.value)
