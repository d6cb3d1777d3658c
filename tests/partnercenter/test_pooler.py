"""Behind PgBouncer, which pools by transaction, everything works and no setting leaks."""

from collections.abc import Iterator

import pytest
from django.core.checks import run_checks
from django.db import connection, connections

from customers.models import Customer, Subscription, UsageRecord
from customers.operations.usage import import_usage, preview_usage
from partnercenter.agents.models import Agent
from partnercenter.patience import is_pooled, limit_waiting
from tests.customers.racing import (
    assert_the_log_is_one_story,
    at_once,
    errors,
    on_postgresql,
    ready_customers,
    turn,
)
from tests.pgbouncer import PROGRAM, pgbouncer

pytestmark = [
    *on_postgresql,
    pytest.mark.skipif(PROGRAM is None, reason="PgBouncer isn't installed (package pgbouncer)."),
]
HEADING = "subscription_id,sku,region,day,hours\n"


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[None]:
    """All connections of this test, in all threads, share two of PostgreSQL's."""
    database = connection.settings_dict
    direct = {"HOST": database["HOST"], "PORT": database["PORT"]}
    with pgbouncer({**database}, connections=2) as port:
        connections.close_all()
        database.update(HOST="127.0.0.1", PORT=port)
        try:
            yield
        finally:
            connections.close_all()
            database.update(direct)


def limits() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setting FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout')"
        )
        return [setting for (setting,) in cursor.fetchall()]


def connect_as_the_server_does() -> None:
    connection.close()
    connection.ensure_connection()
    limit_waiting(connection)


@pytest.mark.usefixtures("pooled")
def test_a_pooler_is_seen_and_its_sessions_are_left_alone() -> None:
    connect_as_the_server_does()

    assert is_pooled(connection)
    assert limits() == ["0", "0"]


def test_without_a_pooler_the_limits_are_set(transactional_db: None) -> None:
    connect_as_the_server_does()

    assert not is_pooled(connection)
    assert sorted(limits()) == ["10000", "3000"]
    connection.close()


@pytest.mark.usefixtures("pooled")
def test_the_check_names_the_limits_to_set_at_the_role() -> None:
    found = [each for each in run_checks(databases=["default"]) if each.id == "partnercenter.W006"]

    assert len(found) == 3
    assert "SET lock_timeout = '3s'" in str(found[1].hint)


def test_the_check_finds_nothing_without_a_pooler(transactional_db: None) -> None:
    found = run_checks(databases=["default"])
    assert "partnercenter.W006" not in {each.id for each in found}


@pytest.mark.usefixtures("pooled")
def test_usage_is_previewed_and_imported_by_many_at_once(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    days = [
        f"{fabrikam_azure.pk},Standard_D2s_v5,westeurope,2026-01-{n:02},24" for n in range(1, 29)
    ]
    text = HEADING + "\n".join(days)
    import_usage(text=text, by=ada)

    previews = at_once([lambda: preview_usage(text)] * 16)

    assert errors(previews) == []
    assert {len(preview.unchanged) for preview in previews} == {28}
    assert UsageRecord.objects.count() == 28


@pytest.mark.usefixtures("pooled")
def test_acts_race_as_without_it(ada: Agent) -> None:
    customers: list[Customer] = ready_customers(8)
    acts = [
        lambda customer=customer, on=on: turn(customer, ada, on=on)
        for customer in customers
        for on in (True, False)
    ]
    assert errors(at_once(acts)) == []
    assert_the_log_is_one_story()
