"""A license that is bought for a term ends with it, and renews itself or expires.

Source: the resource Subscription of the API, commitmentEndDate and autoRenewEnabled;
https://learn.microsoft.com/partner-center/developer/subscription-resources.
"""

import datetime as dt
from collections.abc import Callable

import pytest

from activitylog.models import ActivityRecord
from customers.models import Customer, Subscription
from customers.models.subscription import end_of_commitment
from customers.operations.subscriptions import (
    add_subscription,
    reactivate_subscription,
    suspend_subscription,
    update_subscription,
)
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, azure_plan
from tests.customers.reserving import at

pytestmark = pytest.mark.usefixtures("sound_log")

BOUGHT = dt.datetime(2024, 1, 31, 23, 30, 0, 250_000, tzinfo=dt.UTC)


def bought(customer: Customer, by: Agent, **details: object) -> Subscription:
    wanted = {"product": "license", "offer_name": "Office", "term": "P1Y", **details}
    with at(BOUGHT):
        add_subscription(subscription=azure_plan(customer, **wanted), by=by)
    return customer.subscriptions.get()


@pytest.mark.parametrize(
    ("term", "end"),
    [("P1M", "2024-02-29"), ("P1Y", "2025-01-31"), ("P3Y", "2027-01-31")],
)
def test_it_ends_with_its_term(ada: Agent, contoso: Customer, term: str, end: str) -> None:
    found = bought(contoso, ada, term=term)

    with at(BOUGHT):
        assert found.current_end == dt.date.fromisoformat(end)
    record = ActivityRecord.objects.get()
    assert (record.new or {})["term"] == term


@pytest.mark.parametrize("details", [{"term": ""}, {"product": "azure_plan", "term": ""}])
def test_what_has_no_term_has_no_end(
    ada: Agent, contoso: Customer, details: dict[str, str]
) -> None:
    assert bought(contoso, ada, **details).current_end is None


def test_an_end_that_was_entered_stays(ada: Agent, contoso: Customer) -> None:
    found = bought(contoso, ada, commitment_end_date=dt.date(2024, 12, 24))
    assert found.commitment_end_date == dt.date(2024, 12, 24)


@pytest.mark.parametrize(
    ("day", "end"),
    [("2024-02-29", "2024-02-29"), ("2024-03-01", "2024-03-31"), ("2026-02-01", "2026-02-28")],
)
def test_the_end_of_one_that_renews_itself_is_that_of_the_term_that_runs(
    day: str, end: str
) -> None:
    assert end_of_commitment(
        BOUGHT.date(), "P1M", not_before=dt.date.fromisoformat(day)
    ) == dt.date.fromisoformat(end)


def test_one_that_renews_itself_stays_active(ada: Agent, contoso: Customer) -> None:
    found = bought(contoso, ada)

    with at(dt.datetime(2025, 2, 1, tzinfo=dt.UTC)):
        assert (found.current_status, found.current_end) == ("active", dt.date(2026, 1, 31))


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (dt.datetime(2025, 1, 31, 23, 59, tzinfo=dt.UTC), "active"),
        (dt.datetime(2025, 2, 1, tzinfo=dt.UTC), "expired"),
    ],
)
def test_one_that_does_not_is_expired_after_its_last_day(
    ada: Agent, contoso: Customer, day: dt.datetime, status: str
) -> None:
    found = bought(contoso, ada, auto_renew=False)

    with at(day):
        assert (found.current_status, found.current_end) == (status, dt.date(2025, 1, 31))


def test_when_the_renewal_is_turned_off_it_ends_with_the_term_that_runs(
    ada: Agent, contoso: Customer
) -> None:
    found = bought(contoso, ada)
    with at(dt.datetime(2025, 6, 1, tzinfo=dt.UTC)):
        changed = update_subscription(subscription=found, auto_renew=False, by=ada)

    with at(dt.datetime(2030, 1, 1, tzinfo=dt.UTC)):
        assert (changed.current_status, changed.current_end) == ("expired", dt.date(2026, 1, 31))
    last = ActivityRecord.objects.latest("number")
    assert (last.old or {})["commitment_end_date"] == "2025-01-31"
    assert (last.new or {})["commitment_end_date"] == "2026-01-31"


def test_what_has_expired_can_be_neither_renewed_nor_moved(ada: Agent, contoso: Customer) -> None:
    found = bought(contoso, ada, auto_renew=False)
    acts: dict[str, Callable[[], object]] = {
        "renewed": lambda: update_subscription(subscription=found, auto_renew=True, by=ada),
        "changed": lambda: update_subscription(subscription=found, quantity=7, by=ada),
        "suspended": lambda: suspend_subscription(subscription=found, by=ada),
        "reactivated": lambda: reactivate_subscription(subscription=found, by=ada),
    }
    with at(dt.datetime(2025, 2, 1, tzinfo=dt.UTC)):
        for act in acts.values():
            with pytest.raises(Refused, match="status does not allow"):
                act()

    assert actions() == ["create_subscription"]


def test_one_that_was_suspended_over_its_end_is_expired(ada: Agent, contoso: Customer) -> None:
    found = bought(contoso, ada, auto_renew=False)
    with at(BOUGHT + dt.timedelta(days=1)):
        suspended = suspend_subscription(subscription=found, by=ada)

    assert suspended.current_status == "expired"
    with pytest.raises(Refused, match="status does not allow"):
        reactivate_subscription(subscription=suspended, by=ada)
