"""Reservations expire by themselves, by a command that can run as often as one likes."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from activitylog.models import ActivityRecord
from customers.models import Customer, Reservation, ReservationProduct
from customers.operations.reservations import expire_reservations
from partnercenter.agents.models import Agent
from tests.customers.acts import actions
from tests.customers.reserving import (
    DAY,
    NEW_YEAR,
    after,
    bought_at,
    bought_on_new_year,
    cancel,
    refund_terms,
)

pytestmark = pytest.mark.usefixtures("sound_log")

TERM = 365
OVER = TERM + 0.01  # all that was bought on New Year, one after the other
Buy = Callable[[], Reservation]


@pytest.fixture
def buy(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Buy:
    """One more, bought on New Year."""
    return lambda: bought_on_new_year(product, fabrikam, ada)


def expire(days: float) -> str:
    """What the command prints so many days after New Year."""
    printed = StringIO()
    with after(days):
        call_command("expire_reservations", stdout=printed)
    return printed.getvalue().strip()


def statuses() -> list[str]:
    return list(Reservation.objects.order_by("starts_at", "pk").values_list("status", flat=True))


def test_a_term_that_is_over_expires_by_the_system(buy: Buy) -> None:
    reservation = buy()
    assert expire(OVER) == "Reservations expired: 1"

    record = ActivityRecord.objects.latest("number")
    assert statuses() == ["expired"]
    assert (record.action, record.resource_id) == ("expire_reservation", str(reservation.pk))
    assert (record.actor_name, record.customer_name) == ("system", "Fabrikam")
    assert (record.old, record.new) == ({"status": "active"}, {"status": "expired"})


def test_its_end_stays_the_end_of_its_term(buy: Buy) -> None:
    buy()
    expire(TERM + 10)

    assert Reservation.objects.get().ends_at == NEW_YEAR + DAY * TERM


def test_the_second_time_in_a_row_does_nothing(buy: Buy) -> None:
    buy()
    buy()

    assert expire(OVER) == "Reservations expired: 2"
    assert expire(OVER) == "Reservations expired: 0"
    assert actions() == ["create_order"] * 2 + ["expire_reservation"] * 2


def test_before_the_end_of_its_term_nothing_expires(buy: Buy) -> None:
    buy()

    assert expire(TERM - 0.001) == "Reservations expired: 0"
    assert statuses() == ["active"]


def test_what_was_cancelled_stays_cancelled(ada: Agent, buy: Buy) -> None:
    refund_terms()
    reservation = buy()
    with after(10):
        cancel(reservation, ada)

    assert expire(OVER) == "Reservations expired: 0"
    assert statuses() == ["cancelled"]


def test_only_those_whose_term_is_over_expire(
    ada: Agent, fabrikam: Customer, product: ReservationProduct, buy: Buy
) -> None:
    buy()
    bought_at(NEW_YEAR + DAY, product, fabrikam, ada)

    assert expire(OVER) == "Reservations expired: 1"
    assert statuses() == ["expired", "active"]


REFUSING = {
    "sqlite": [
        "CREATE TRIGGER refusing BEFORE UPDATE ON customers_reservation WHEN NEW.name = 'stuck' "
        "BEGIN SELECT RAISE(ABORT, 'stuck'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'stuck'; END $$",
        "CREATE TRIGGER refusing BEFORE UPDATE ON customers_reservation FOR EACH ROW "
        "WHEN (NEW.name = 'stuck') EXECUTE FUNCTION refuse()",
    ],
}


@pytest.fixture
def stuck(buy: Buy) -> Reservation:
    """One that the database refuses to change, among others."""
    first = buy()
    Reservation.objects.filter(pk=first.pk).update(name="stuck")
    with connection.cursor() as cursor:
        for statement in REFUSING[connection.vendor]:
            cursor.execute(statement)
    return first


def test_one_that_fails_does_not_stop_the_others(stuck: Reservation, buy: Buy) -> None:
    others = [buy(), buy()]
    printed = StringIO()
    with after(OVER), pytest.raises(CommandError, match="could not be marked as expired: 1"):
        call_command("expire_reservations", stdout=printed)

    expired = Reservation.objects.filter(status="expired")
    assert printed.getvalue() == "Reservations expired: 2\n"
    assert set(expired) == set(others)
    assert actions().count("expire_reservation") == 2


def test_why_one_failed_stands_in_the_server_s_log(
    stuck: Reservation, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = expire_reservations(now=NEW_YEAR + DAY * TERM)

    assert (outcome.number, outcome.failed) == (0, 1)
    assert str(stuck.pk) in caplog.text
