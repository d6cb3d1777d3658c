"""Licenses that were bought without an end get it by a migration, and each a record."""

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from activitylog import verification
from activitylog.models import ActivityHead, ActivityRecord
from customers.models import Customer, Subscription
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = ("customers", "0006_offers")
BOUGHT = dt.datetime(2023, 10, 31, 8, 0, 0, 1, tzinfo=dt.UTC)

LICENSES: dict[str, dict[str, object]] = {
    "a year": {"term": "P1Y"},
    "a month": {"term": "P1M", "auto_renew": False},
    "three years": {"term": "P3Y", "status": "suspended"},
    "no term": {"term": ""},
    "deleted": {"term": "P1Y", "status": "deleted"},
    "entered": {"term": "P1Y", "commitment_end_date": dt.date(2024, 5, 1)},
    "plan": {"product": "azure_plan"},
}


def migrate_to(*targets: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate(list(targets))


def migrate_forwards() -> None:
    migrate_to(*MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.fixture
def mended(contoso: Customer) -> Customer:
    """Customer with licenses of every kind and an Azure plan, before and after the migration."""
    migrate_to(BEFORE)
    try:
        for name, details in LICENSES.items():
            SubscriptionFactory.create(
                customer=contoso,
                friendly_name=name,
                created_at=BOUGHT,
                **{"product": "license", **details},
            )
    finally:
        migrate_forwards()
    return contoso


def ends(customer: Customer) -> dict[str, dt.date | None]:
    return dict(customer.subscriptions.values_list("friendly_name", "commitment_end_date"))


def test_each_has_the_end_of_its_first_term(mended: Customer) -> None:
    assert ends(mended) == {
        "a year": dt.date(2024, 10, 31),
        "a month": dt.date(2023, 11, 30),
        "three years": dt.date(2026, 10, 31),
        "no term": None,
        "deleted": None,
        "entered": dt.date(2024, 5, 1),
        "plan": None,
    }


def test_each_that_changed_has_a_record_in_the_chain(mended: Customer) -> None:
    records = ActivityRecord.objects.order_by("number")
    changed = Subscription.objects.in_bulk(list(records.values_list("resource_id", flat=True)))

    assert {each.friendly_name for each in changed.values()} == {"a year", "a month", "three years"}
    assert {(each.action, each.actor_name, each.channel) for each in records} == {
        ("update_subscription", "system", "system")
    }
    assert ActivityHead.objects.get().digest == records.last().digest  # type: ignore[union-attr]
    assert list(verification.findings()) == []


def test_the_record_of_one_that_is_over_says_so(mended: Customer) -> None:
    month = mended.subscriptions.get(friendly_name="a month")
    record = ActivityRecord.objects.get(resource_id=str(month.pk))

    assert (record.old or {})["status"] == "active"
    assert (record.new or {})["status"] == month.current_status == "expired"
    assert (record.new or {})["commitment_end_date"] == "2023-11-30"


def test_there_and_back_again_changes_nothing_more(mended: Customer) -> None:
    before, records = ends(mended), ActivityRecord.objects.count()
    try:
        migrate_to(BEFORE)
    finally:
        migrate_forwards()

    assert (ends(mended), ActivityRecord.objects.count()) == (before, records)
