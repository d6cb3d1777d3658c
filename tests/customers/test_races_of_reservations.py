"""Many at once at the end of reservations: each ends once, and its money goes back once."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db.models import Sum
from django.utils import timezone

from activitylog.models import ActivityRecord
from customers.models import Customer, Order, Refund, Reservation, ReservationProduct
from customers.operations.cancellations import cancel_reservation, reviewed
from customers.operations.exchanges import exchange_of, exchange_reservation
from customers.operations.renewals import renew_reservation
from customers.operations.reservations import expire_reservations
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions
from tests.customers.buying import bought, purchase_of
from tests.customers.racing import (
    THREADS,
    Act,
    assert_the_log_is_one_story,
    at_once,
    errors,
    on_postgresql,
)
from tests.customers.reserving import DAY, bought_at, refund_terms, usd

pytestmark = on_postgresql

Buy = Callable[[], Reservation]


@pytest.fixture(autouse=True)
def _one_story(product: ReservationProduct) -> Iterator[None]:
    refund_terms(free_days=3)
    yield
    assert_the_log_is_one_story()
    assert_each_ended_once()


@pytest.fixture
def buy(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Buy:
    """Two for 1000.00 USD, bought a moment ago: unused, and so refunded whole."""
    return lambda: bought(product, fabrikam, ada)


@pytest.fixture
def old(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    """One whose term was over an hour ago."""
    a_year_ago = timezone.now() - DAY * 366 - dt.timedelta(hours=1)
    return bought_at(a_year_ago, product, fabrikam, ada)


def assert_each_ended_once() -> None:
    """As often as the log says so, and with one refund for each that gave money back."""
    ends = ("cancel_reservation", "exchange_reservation", "expire_reservation")
    ended = list(ActivityRecord.objects.filter(action__in=ends).values_list("resource_id", "new"))
    stored = Reservation.objects.exclude(status="active").values_list("pk", "status")

    assert len(ended) == len({resource for resource, _ in ended})
    assert {resource: (new or {})["status"] for resource, new in ended} == {
        str(pk): status for pk, status in stored
    }
    refunded = Refund.objects.values_list("reservation__status", flat=True)
    assert sorted(refunded) == sorted(status for _, status in stored if status != "expired")


def cancelling(reservation: Reservation, by: Agent) -> Act:
    expected = reviewed(reservation).refund
    return partial(cancel_reservation, reservation=reservation, expected_refund=expected, by=by)


def exchanging(reservation: Reservation, by: Agent, quantity: int = 2) -> Act:
    purchase = purchase_of(reservation.product, reservation.customer, quantity=quantity)
    credit = exchange_of(reservation, purchase).credit
    return partial(
        exchange_reservation,
        reservation=reservation,
        purchase=purchase,
        expected_credit=credit,
        by=by,
    )


def codes(outcomes: list[object]) -> set[str]:
    """Of the refusals; any other error fails the test."""
    failed = errors(outcomes)
    assert all(isinstance(error, Refused) for error in failed), failed
    return {error.code for error in failed if isinstance(error, Refused)}


def test_many_cancels_of_one_reservation_refund_once(ada: Agent, buy: Buy) -> None:
    outcomes = at_once([cancelling(buy(), ada)] * THREADS)

    assert errors(outcomes) == []
    assert set(outcomes) == {Refund.objects.get()}
    assert actions() == ["create_order", "cancel_reservation"]


def test_many_exchanges_of_one_reservation_exchange_once(ada: Agent, buy: Buy) -> None:
    outcomes = at_once([exchanging(buy(), ada)] * THREADS)

    assert errors(outcomes) == []
    assert len(set(outcomes)) == Refund.objects.count() == 1
    assert (Reservation.objects.count(), Order.objects.count()) == (2, 2)


def test_different_exchanges_of_one_reservation_exchange_once(ada: Agent, buy: Buy) -> None:
    reservation = buy()
    outcomes = at_once([exchanging(reservation, ada, quantity) for quantity in range(2, 10)])

    assert len(errors(outcomes)) == 7
    assert codes(outcomes) == {"not_active"}
    assert Reservation.objects.count() == 2


def test_cancelling_against_exchanging_gives_the_money_back_once(ada: Agent, buy: Buy) -> None:
    acts: list[Act] = []
    for _ in range(8):
        reservation = buy()
        acts += [cancelling(reservation, ada), exchanging(reservation, ada)]
    outcomes = at_once(acts)

    assert len(errors(outcomes)) == Refund.objects.count() == 8
    assert codes(outcomes) == {"not_active"}


def test_cancels_of_many_reservations_stay_below_the_yearly_cap(ada: Agent, buy: Buy) -> None:
    """Each was reviewed while the cap was whole, so that only some are still as reviewed."""
    refund_terms(valid_from=dt.date(2021, 1, 1), yearly_cap=2500)
    outcomes = at_once([cancelling(buy(), ada) for _ in range(8)])

    assert codes(outcomes) == {"refund_changed"}
    assert Refund.objects.aggregate(sum=Sum("amount"))["sum"] == usd("2000.00").amount


def test_many_renewals_of_one_reservation_renew_once(ada: Agent, old: Reservation) -> None:
    renewal = partial(renew_reservation, reservation=old, expected_price=usd("500.00"), by=ada)
    outcomes = at_once([renewal] * THREADS)

    assert errors(outcomes) == []
    assert set(outcomes) == {Reservation.objects.get(renews=old)}
    assert actions() == ["create_order", "renew_reservation"]


def test_many_runs_of_the_command_expire_once(old: Reservation) -> None:
    outcomes = at_once([partial(expire_reservations, now=timezone.now())] * 8)

    assert errors(outcomes) == []
    assert [outcome.number for outcome in outcomes].count(1) == 1
    assert actions() == ["create_order", "expire_reservation"]


def test_expiring_against_cancelling_refunds_nothing_that_is_over(
    ada: Agent, old: Reservation
) -> None:
    cancel = partial(cancel_reservation, reservation=old, expected_refund=usd("0.00"), by=ada)
    expire = partial(expire_reservations, now=timezone.now())
    outcomes = at_once([cancel, expire] * 4)

    assert codes(outcomes) == {"not_active"}
    assert len(errors(outcomes)) == 4
    assert not Refund.objects.exists()


def test_expiring_early_against_cancelling_ends_each_once(ada: Agent, buy: Buy) -> None:
    """The command runs with a clock that is a term ahead, so that both could end them."""
    reservations = [buy() for _ in range(8)]
    ahead = timezone.now() + DAY * 366
    acts: list[Act] = [cancelling(reservation, ada) for reservation in reservations]
    outcomes = at_once([*acts, *[partial(expire_reservations, now=ahead)] * 4])

    assert codes(outcomes) <= {"not_active"}
    assert not Reservation.objects.filter(status="active").exists()
