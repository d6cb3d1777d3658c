"""Which deliveries come of which records."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activitylog.events import webhook_events
from activitylog.models import ActivityHead
from customers.models import Customer, ReservationProduct, Resource
from customers.operations.purchasing import buy_reservation
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from partnercenter.webhooks import planning
from partnercenter.webhooks.models import Webhook
from partnercenter.webhooks.operations import create_webhook, set_webhook_active
from partnercenter.webhooks.planning import plan
from tests.customers.buying import purchase_of
from tests.partnercenter.webhooks.telling import (
    CREATED,
    DELETED,
    listens_to,
    stored,
    told_of,
    turn,
)

pytestmark = pytest.mark.django_db


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_a_record_that_a_webhook_listens_to_becomes_a_delivery(
    webhook: Webhook, fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    turn(fabrikam, ada, on=False)

    assert plan() == 2
    assert told_of(webhook) == [CREATED, DELETED]
    assert plan() == 0


def test_what_moves_between_the_first_and_the_last_switch_is_an_update(
    webhook: Webhook, fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    turn(fabrikam, ada, on=True, resource=Resource.AZURE_SAVINGS_PLAN)
    plan()
    assert told_of(webhook) == [CREATED, "self-serve-policy-updated"]


def test_a_webhook_is_told_of_nothing_that_it_does_not_listen_to(
    webhook: Webhook, fabrikam: Customer, ada: Agent
) -> None:
    listens_to(webhook, DELETED, by=ada)
    turn(fabrikam, ada, on=True)
    plan()
    assert told_of(webhook) == []


def test_a_webhook_is_told_of_nothing_that_happened_before_it_was_there(
    fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    webhook, _secret = create_webhook(
        name="Late", url="http://receiver.example/", events=webhook_events(), by=ada
    )
    turn(fabrikam, ada, on=False)
    plan()
    assert told_of(webhook) == [DELETED]


def test_of_an_act_that_was_refused_nobody_is_told(
    webhook: Webhook, contoso: Customer, product: ReservationProduct, ada: Agent
) -> None:
    purchase = purchase_of(product, contoso)
    outcome = buy_reservation(customer=contoso, purchase=purchase, by=ada)
    plan()

    assert isinstance(outcome, Refused)
    assert told_of(webhook) == []
    assert stored(webhook).after == ActivityHead.objects.get().number


def test_of_what_happens_while_it_is_deactivated_a_webhook_is_never_told(
    webhook: Webhook, fabrikam: Customer, ada: Agent
) -> None:
    set_webhook_active(webhook=webhook, active=False, by=ada)
    turn(fabrikam, ada, on=True)
    plan()
    set_webhook_active(webhook=webhook, active=True, by=ada)
    turn(fabrikam, ada, on=False)
    plan()
    assert told_of(webhook) == [DELETED]


def test_many_records_are_looked_at_in_batches(
    webhook: Webhook, fabrikam: Customer, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "BATCH", 2)
    for on in (True, False, True, False, True):
        turn(fabrikam, ada, on=on)
    assert plan() == 5
    assert told_of(webhook) == [CREATED, DELETED, CREATED, DELETED, CREATED]


def test_an_act_asks_the_database_as_often_with_a_webhook_as_without(
    fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    without = queries_of(lambda: turn(fabrikam, ada, on=False))
    create_webhook(name="All", url="http://receiver.example/", events=webhook_events(), by=ada)
    turn(fabrikam, ada, on=True)
    assert queries_of(lambda: turn(fabrikam, ada, on=False)) == without


def test_looking_for_something_new_costs_one_query(webhook: Webhook) -> None:
    plan()
    assert queries_of(plan) == 1
