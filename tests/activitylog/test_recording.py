"""Recording: what a record is given, and when it is refused."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from activitylog import clock
from activitylog.models import ActivityHead, ActivityRecord
from activitylog.origin import Channel, Origin, acting_from
from activitylog.recording import Affected, System, record
from partnercenter.agents.models import Agent
from tests.activitylog.acts import THING, act, act_at

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ONE_HOUR = dt.timedelta(hours=1)
ONE_MICROSECOND = dt.timedelta(microseconds=1)


def numbers() -> list[int]:
    return list(ActivityRecord.objects.order_by("number").values_list("number", flat=True))


def head() -> tuple[int, dt.datetime, str]:
    found = ActivityHead.objects.get()
    return found.number, found.at, found.digest


@transaction.atomic
def act_that_fails() -> None:
    record(**THING)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_records_are_numbered_from_one_without_gaps() -> None:
    for _ in range(3):
        act()

    assert numbers() == [1, 2, 3]


@pytest.mark.django_db
def test_several_records_of_one_transaction_are_numbered_in_order() -> None:
    with transaction.atomic():
        first, second = record(**THING), record(**THING)

    assert (first.number, second.number) == (1, 2)
    assert second.at > first.at


@pytest.mark.django_db
def test_the_head_moves_with_each_record() -> None:
    act()
    last = act()

    assert head() == (2, last.at, last.digest)


@pytest.mark.django_db
def test_each_digest_is_made_over_the_one_before() -> None:
    first, second = act(), act()

    assert second.digest == second.digest_after(first.digest)


@pytest.mark.django_db
def test_a_record_bears_the_present_moment() -> None:
    before = timezone.now()
    written = act()

    assert before <= written.at <= timezone.now()


def test_an_act_can_be_played_at_another_time(db: None, demonstration: None) -> None:
    assert act_at(NOON).at == NOON


def test_time_goes_on_to_the_present_moment(db: None, demonstration: None) -> None:
    act_at(NOON)

    assert act_at(NOON + ONE_HOUR).at == NOON + ONE_HOUR


@pytest.mark.parametrize("later", [NOON, NOON - ONE_MICROSECOND, NOON - ONE_HOUR])
def test_time_never_stands_still_nor_goes_back(
    db: None, demonstration: None, later: dt.datetime
) -> None:
    act_at(NOON)

    assert act_at(later).at == NOON + ONE_MICROSECOND
    assert act_at(later).at == NOON + 2 * ONE_MICROSECOND


def test_the_clock_shows_the_present_again_after_pretending(demonstration: None) -> None:
    with clock.pretending(NOON), clock.pretending(NOON + ONE_HOUR):
        pass
    before = timezone.now()

    assert before <= clock.now() <= timezone.now()


def test_the_clock_shows_the_present_again_after_a_failure(demonstration: None) -> None:
    with pytest.raises(ZeroDivisionError), clock.pretending(NOON):
        raise ZeroDivisionError

    assert clock.now() != NOON


def test_the_clock_cannot_be_set_outside_demonstration_mode() -> None:
    with pytest.raises(RuntimeError, match="demonstration mode only"), clock.pretending(NOON):
        pytest.fail("The clock was set.")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(**THING)

    assert numbers() == []


@pytest.mark.django_db
def test_a_rollback_takes_back_the_record_and_the_movement_of_the_head() -> None:
    act()
    before = head()

    with pytest.raises(ZeroDivisionError):
        act_that_fails()

    assert numbers() == [1]
    assert head() == before


@pytest.mark.django_db
def test_the_number_of_a_rolled_back_record_is_given_again() -> None:
    with pytest.raises(ZeroDivisionError):
        act_that_fails()

    assert act().number == 1


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["old", "new"])
@pytest.mark.parametrize("value", [1.5, 1.0, float("nan"), [[1.5]], {"of": {"each": (1.5,)}}])
def test_floats_are_refused(side: str, value: object) -> None:
    with pytest.raises(TypeError, match="no floats"):
        act(**{side: {"price": value}})

    assert numbers() == []
    assert head()[0] == 0


@pytest.mark.django_db
def test_the_system_acts_under_its_own_name_and_without_roles() -> None:
    act(by=System())

    stored = ActivityRecord.objects.get()
    assert (stored.actor_id, stored.actor_name, stored.actor_roles) == ("", "system", [])


def test_an_agent_is_copied_with_id_name_and_roles(ada: Agent) -> None:
    act(by=ada)

    stored = ActivityRecord.objects.get()
    assert (stored.actor_id, stored.actor_name) == (str(ada.pk), "ada@partner.example")
    assert stored.actor_roles == ["Admin agent"]


@pytest.mark.django_db
def test_an_act_outside_a_request_comes_from_the_system() -> None:
    act()

    stored = ActivityRecord.objects.get()
    assert stored.channel == Channel.SYSTEM
    assert (stored.address, stored.request_id, stored.correlation_id) == ("", "", "")


@pytest.mark.django_db
def test_an_act_inside_a_request_bears_the_origin_of_the_request() -> None:
    origin = Origin(
        Channel.API,
        address="192.0.2.7",
        request_id="r-1",
        correlation_id="c-1",
        application_id="a-1",
        application_name="Sync",
    )
    with acting_from(origin):
        act()

    stored = ActivityRecord.objects.get()
    assert (stored.channel, stored.address) == ("api", "192.0.2.7")
    assert (stored.request_id, stored.correlation_id) == ("r-1", "c-1")
    assert (stored.application_id, stored.application_name) == ("a-1", "Sync")


@pytest.mark.django_db
def test_an_act_succeeds_and_concerns_no_customer_unless_said_otherwise() -> None:
    act()

    stored = ActivityRecord.objects.get()
    assert stored.status == "succeeded"
    assert (stored.customer_id, stored.customer_name) == ("", "")
    assert (stored.old, stored.new) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "value",
    [
        {},
        {"z": 1, "a": [True, False, None, "", {"Ł": "ódź"}]},
        {"name": 'Söner & "Żółw"\\\n\t株式会社 🏭', "big": 2**70, "small": -(2**70)},
    ],
)
def test_what_is_stored_is_what_was_hashed(value: dict[str, Any]) -> None:
    written = act(customer=Affected("c-1", "Łódź 🏭"), old=value, new={"inside": value})

    stored = ActivityRecord.objects.get()
    assert stored.facts() == written.facts()
    assert stored.digest == stored.digest_after("0" * 64)
