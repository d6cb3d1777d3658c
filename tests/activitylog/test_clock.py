"""The log doesn't run ahead of the database's clock, whatever the host's clock says."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from activitylog import clock, verification
from activitylog.clock import AHEAD, ClockAhead
from activitylog.models import ActivityHead, ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from tests.activitylog.acts import act, act_at
from tests.conftest import signed_in, text_of
from tests.partnercenter.api.calling import calling_for

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=365)


@contextmanager
def host_ahead_by(time: dt.timedelta) -> Iterator[None]:
    """The clock of this host alone is ahead; the database's is not."""
    real = timezone.now
    with patch("django.utils.timezone.now", lambda: real() + time):
        yield


@pytest.fixture
def log_in_the_future(demonstration: None) -> None:
    act_at(timezone.now() + YEAR)


def test_nothing_is_recorded_while_the_hosts_clock_is_ahead() -> None:
    with host_ahead_by(YEAR), pytest.raises(ClockAhead, match="clock of this server"):
        act()
    assert not ActivityRecord.objects.exists()
    assert act().at < timezone.now()


def test_clocks_differ_a_little() -> None:
    with host_ahead_by(AHEAD - dt.timedelta(minutes=1)):
        act()
    assert act().number == 2


def test_a_clock_that_is_behind_does_no_harm() -> None:
    first = act()
    with host_ahead_by(-YEAR):
        assert act().at == first.at + dt.timedelta(microseconds=1)


@pytest.mark.usefixtures("log_in_the_future")
def test_nothing_is_recorded_after_a_record_of_the_future() -> None:
    with pytest.raises(ClockAhead, match="last record"):
        act()
    assert ActivityHead.objects.get().number == 1


@pytest.mark.usefixtures("log_in_the_future")
def test_verifying_names_a_record_of_the_future() -> None:
    sentences = [finding.sentence for finding in verification.findings()]
    assert len(sentences) == 1
    assert sentences[0].startswith("Record 1 is in the future: ")


def test_it_costs_no_query(django_assert_num_queries: Any) -> None:
    """The head, the record, the head again; and the transaction, which is a savepoint in tests."""
    with django_assert_num_queries(5):
        act()


def test_the_clock_of_the_log_is_still_that_of_the_host() -> None:
    before = timezone.now()
    assert before <= clock.now() <= timezone.now()


# What is answered


def press(agent: Agent, customer: Customer) -> Any:
    address = f"/customers/{customer.pk}/purchase-permissions/AzureReservedInstances/"
    return signed_in(agent).post(address, {"allowed": "true"})


@pytest.mark.usefixtures("log_in_the_future")
def test_a_page_answers_503_and_changes_nothing(ada: Agent, fabrikam: Customer) -> None:
    answer = press(ada, fabrikam)

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "last record of the activity log is in the future" in text_of(answer)
    assert not fabrikam.purchase_permissions.allowed().exists()


def test_the_api_answers_503_and_changes_nothing(
    demonstration: None, ada: Agent, fabrikam: Customer
) -> None:
    caller = calling_for(ada)
    act_at(timezone.now() + YEAR)
    plan = fabrikam.subscriptions.get()
    path = f"/v1/customers/{fabrikam.pk}/subscriptions/{plan.pk}"

    answer = caller.patch(path, {"friendlyName": "Another"})

    assert answer.fault == (503, "503")
    plan.refresh_from_db()
    assert plan.friendly_name != "Another"
