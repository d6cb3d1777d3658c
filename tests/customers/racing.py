"""How acts race: real threads, each with a connection of its own, and what must hold afterwards."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from activitylog import verification
from activitylog.models import ActivityRecord
from activitylog.recording import Actor
from customers.models import Customer, PurchasePermission, Resource
from customers.operations.purchase_permissions import Move, set_purchase_permission
from tests.factories import SubscriptionFactory

on_postgresql = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite lets one transaction in at a time, so that nobody races there.",
    ),
]

RESERVATIONS, SAVINGS = Resource.AZURE_RESERVATIONS, Resource.AZURE_SAVINGS_PLAN
THREADS = 16

Act = Callable[[], Any]


def at_once(acts: Sequence[Act]) -> list[Any]:
    """What each act returned or raised; they start together, each on a connection of its own."""
    start = Barrier(len(acts))

    def run(act: Act) -> Any:
        try:
            start.wait(timeout=30)
            return act()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def errors(outcomes: Iterable[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def turn(
    customer: Customer, by: Actor, *, on: bool, resource: Resource = RESERVATIONS, **details: Any
) -> Move:
    return set_purchase_permission(
        customer=customer, resource=resource, allowed=on, by=by, **details
    )


def ready_customers(number: int) -> list[Customer]:
    subscriptions = SubscriptionFactory.create_batch(number)
    return [subscription.customer for subscription in subscriptions]


def log() -> list[ActivityRecord]:
    return list(ActivityRecord.objects.order_by("number"))


def assert_the_log_is_one_story() -> None:
    records = log()
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    assert all(one.at < next_one.at for one, next_one in pairwise(records))
    assert list(verification.findings()) == []


def assert_switches_are_the_fold_of_the_log() -> None:
    folded: dict[str, set[str]] = defaultdict(set)
    for record in log():
        if record.resource_type != "purchase_permission":
            continue
        resources, moved = folded[record.customer_id], {record.resource_id}
        assert set((record.old or {})["resources"]) == resources
        resources ^= moved
        assert set((record.new or {})["resources"]) == resources
    stored = PurchasePermission.objects.allowed().values_list("customer_id", "resource")
    assert {(str(customer), resource) for customer, resource in stored} == {
        (customer, resource) for customer, resources in folded.items() for resource in resources
    }
