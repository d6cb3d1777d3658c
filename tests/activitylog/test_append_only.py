"""The database itself refuses to change or remove a record."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from pytest_django import DjangoAssertNumQueries

from activitylog import triggers
from activitylog.models import ActivityHead, ActivityRecord
from activitylog.recording import Affected
from partnercenter.agents.roles import PERMISSIONS
from tests.activitylog.acts import act

CHANGE = "UPDATE activitylog_activityrecord SET customer_name = 'Contoso' WHERE number = 2"
CHANGE_ALL = "UPDATE activitylog_activityrecord SET customer_name = customer_name"
REMOVE = "DELETE FROM activitylog_activityrecord WHERE number = 2"
REMOVE_ALL = "DELETE FROM activitylog_activityrecord"
REMOVE_AT_ONCE = {"postgresql": "TRUNCATE activitylog_activityrecord", "sqlite": REMOVE_ALL}

INSERT_AGAIN = "INSERT INTO activitylog_activityrecord SELECT * FROM activitylog_activityrecord"
REPLACE = {
    "postgresql": "INSERT INTO activitylog_activityrecord SELECT * FROM forged "
    "ON CONFLICT (number) DO UPDATE SET customer_name = EXCLUDED.customer_name",
    "sqlite": "INSERT OR REPLACE INTO activitylog_activityrecord SELECT * FROM forged",
}
REPLACE_BY_UUID = {
    "postgresql": "INSERT INTO activitylog_activityrecord SELECT * FROM forged "
    "ON CONFLICT (uuid) DO UPDATE SET number = EXCLUDED.number",
    "sqlite": REPLACE["sqlite"],
}

TAKE_ONE_AWAY = {
    "postgresql": "ALTER TABLE activitylog_activityrecord DISABLE TRIGGER activityrecord_no_change",
    "sqlite": "DROP TRIGGER activityrecord_no_update",
}
TAKEN_AWAY = {"postgresql": "activityrecord_no_change", "sqlite": "activityrecord_no_update"}


@pytest.fixture
def second(db: None) -> ActivityRecord:
    """The middle one of three records."""
    return [act(customer=Affected("c-1", "Fabrikam")) for _ in range(3)][1]


@contextmanager
def refusal(sentence: str = triggers.REFUSAL) -> Iterator[None]:
    """The database refuses what is tried inside, and the log is what it was."""
    before = list(ActivityRecord.objects.order_by("number").values())
    with pytest.raises(DatabaseError, match=sentence), transaction.atomic():
        yield
    assert list(ActivityRecord.objects.order_by("number").values()) == before


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def every_trigger() -> list[str]:
    """The names of all triggers that guard the log."""
    with triggers.lifted(connection):
        return triggers.missing(connection)


def test_an_update_through_a_queryset_is_refused(second: ActivityRecord) -> None:
    with refusal():
        ActivityRecord.objects.update(customer_name="Contoso")


def test_saving_a_changed_record_is_refused(second: ActivityRecord) -> None:
    second.customer_name = "Contoso"
    with refusal():
        second.save()


def test_saving_an_unchanged_record_is_refused(second: ActivityRecord) -> None:
    with refusal():
        second.save()


def test_a_bulk_update_is_refused(second: ActivityRecord) -> None:
    second.customer_name = "Contoso"
    with refusal():
        ActivityRecord.objects.bulk_update([second], ["customer_name"])


@pytest.mark.parametrize("by", ["number", "uuid"])
def test_an_insert_that_turns_into_an_update_is_refused(second: ActivityRecord, by: str) -> None:
    second.customer_name = "Contoso"
    with refusal():
        ActivityRecord.objects.bulk_create(
            [second], update_conflicts=True, unique_fields=[by], update_fields=["customer_name"]
        )


def test_deleting_a_record_is_refused(second: ActivityRecord) -> None:
    with refusal():
        second.delete()


def test_a_deletion_through_a_queryset_is_refused(second: ActivityRecord) -> None:
    with refusal():
        ActivityRecord.objects.all().delete()


@pytest.mark.parametrize("statement", [CHANGE, CHANGE_ALL, REMOVE, REMOVE_ALL])
def test_plain_sql_is_refused(second: ActivityRecord, statement: str) -> None:
    with refusal():
        execute(statement)


def test_emptying_the_table_at_once_is_refused(second: ActivityRecord) -> None:
    with refusal():
        execute(REMOVE_AT_ONCE[connection.vendor])


def test_a_number_that_is_taken_cannot_be_inserted_again(second: ActivityRecord) -> None:
    with refusal(f"{triggers.REFUSAL}|duplicate key"):
        execute(INSERT_AGAIN)


def test_a_record_cannot_be_saved_as_new_again(second: ActivityRecord) -> None:
    with refusal(f"{triggers.REFUSAL}|duplicate key"):
        second.save(force_insert=True)


def test_a_record_cannot_be_replaced(second: ActivityRecord) -> None:
    execute(
        "CREATE TEMPORARY TABLE forged AS "
        "SELECT * FROM activitylog_activityrecord WHERE number = 2",
        "UPDATE forged SET customer_name = 'Contoso'",
    )
    with refusal():
        execute(REPLACE[connection.vendor])


def test_a_record_cannot_be_replaced_by_one_of_another_number(second: ActivityRecord) -> None:
    execute(
        "CREATE TEMPORARY TABLE forged AS "
        "SELECT * FROM activitylog_activityrecord WHERE number = 2",
        "UPDATE forged SET number = 99",
    )
    with refusal():
        execute(REPLACE_BY_UUID[connection.vendor])


FORGE = {
    "postgresql": "UPDATE forged SET customer_name = 'Contoso'",
    "sqlite": "UPDATE forged SET number = 99, uuid = 'f'",
}
FORGE_BY_ROWID = {
    "postgresql": REPLACE["postgresql"],
    "sqlite": "INSERT OR REPLACE INTO activitylog_activityrecord (rowid, %(columns)s) "
    "SELECT 2, %(columns)s FROM forged",
}


def test_a_record_cannot_be_replaced_by_its_row(second: ActivityRecord) -> None:
    """SQLite numbers rows by itself, and replaces by that number too."""
    execute(
        "CREATE TEMPORARY TABLE forged AS "
        "SELECT * FROM activitylog_activityrecord WHERE number = 2",
        FORGE[connection.vendor],
    )
    columns = ", ".join(f'"{field.column}"' for field in ActivityRecord._meta.concrete_fields)
    with refusal():
        execute(FORGE_BY_ROWID[connection.vendor] % {"columns": columns})


def test_a_new_record_is_still_welcome_after_a_refusal(second: ActivityRecord) -> None:
    with refusal():
        second.delete()

    assert act().number == 4


@pytest.mark.django_db
def test_every_trigger_is_in_place() -> None:
    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_a_trigger_that_is_gone_or_disabled_is_missing() -> None:
    execute(TAKE_ONE_AWAY[connection.vendor])

    assert triggers.missing(connection) == [TAKEN_AWAY[connection.vendor]]


def test_a_trigger_that_was_gone_or_disabled_guards_again_once_put_back(
    second: ActivityRecord,
) -> None:
    execute(TAKE_ONE_AWAY[connection.vendor])
    triggers.put_back(connection)

    assert triggers.missing(connection) == []
    with refusal():
        execute(CHANGE)


def test_lifted_triggers_guard_again_after_a_failure(second: ActivityRecord) -> None:
    with pytest.raises(ZeroDivisionError), triggers.lifted(connection):
        raise ZeroDivisionError

    with refusal():
        execute(REMOVE)


@pytest.mark.django_db
def test_putting_back_what_is_there_only_looks(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        triggers.put_back(connection)


@pytest.mark.django_db
def test_putting_back_twice_is_as_good_as_once() -> None:
    triggers.remove(connection)
    triggers.put_back(connection)
    triggers.put_back(connection)

    assert triggers.missing(connection) == []


@pytest.mark.django_db
def test_removing_twice_is_as_good_as_once() -> None:
    every = every_trigger()
    triggers.remove(connection)
    triggers.remove(connection)

    assert triggers.missing(connection) == every


@pytest.fixture
def flushed(transactional_db: None) -> None:
    """A database that held a record and was emptied."""
    act()
    triggers.remove(connection)
    call_command("flush", verbosity=0, interactive=False)


def test_triggers_are_back_after_a_flush(flushed: None) -> None:
    assert triggers.missing(connection) == []
    act()
    with refusal():
        execute(REMOVE_ALL)


def test_the_log_starts_anew_after_a_flush(flushed: None) -> None:
    assert not ActivityRecord.objects.exists()
    assert ActivityHead.objects.get().number == 0
    assert act().number == 1


def test_roles_are_back_after_a_flush(flushed: None) -> None:
    granted = {
        group.name: {
            f"{permission.content_type.app_label}.{permission.codename}"
            for permission in group.permissions.select_related("content_type")
        }
        for group in Group.objects.all()
    }
    assert granted == {role.value: set(names) for role, names in PERMISSIONS.items()}


@pytest.mark.django_db(transaction=True)
def test_the_command_migrate_puts_lost_triggers_back() -> None:
    triggers.remove(connection)
    call_command("migrate", verbosity=0)

    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_the_migration_takes_its_triggers_away_and_brings_them_back() -> None:
    every = every_trigger()
    act()
    executor = MigrationExecutor(connection)
    migration = executor.loader.get_migration("activitylog", "0002_append_only")
    before = executor.loader.project_state(("activitylog", "0001_initial"))
    executor.unapply_migration(before, migration)
    try:
        unguarded = triggers.missing(connection)
    finally:
        executor.apply_migration(before, migration)

    assert unguarded == every
    assert triggers.missing(connection) == []
    with refusal():
        execute(REMOVE_ALL)


def migrate(*targets: tuple[str, str]) -> None:
    """As the command does, but without the step after it, which puts triggers back by itself."""
    MigrationExecutor(connection).migrate(list(targets))


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_back_takes_the_triggers_away_and_brings_them_back() -> None:
    every = every_trigger()
    act()
    try:
        migrate(("activitylog", "0001_initial"))
        unguarded = triggers.missing(connection)
    finally:
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())

    assert unguarded == every
    assert triggers.missing(connection) == []
    with refusal():
        execute(REMOVE_ALL)


def database_checks() -> list[str]:
    messages = run_checks(tags=[Tags.database], databases=["default"])
    return [message.msg for message in messages if message.id == "partnercenter.W004"]


@pytest.mark.django_db
def test_the_system_check_is_silent_while_every_trigger_is_in_place() -> None:
    assert database_checks() == []


@pytest.mark.django_db
def test_the_system_check_names_the_trigger_that_is_missing() -> None:
    execute(TAKE_ONE_AWAY[connection.vendor])

    [sentence] = database_checks()
    assert f"The trigger {TAKEN_AWAY[connection.vendor]} is missing" in sentence


@pytest.mark.django_db
def test_the_system_check_counts_each_missing_trigger() -> None:
    every = every_trigger()
    triggers.remove(connection)

    assert len(database_checks()) == len(every)


@pytest.mark.django_db
def test_a_trigger_that_does_something_else_under_its_name_is_missing() -> None:
    execute(*HOLLOWED[connection.vendor])

    assert TAKEN_AWAY[connection.vendor] in triggers.missing(connection)


HOLLOWED = {
    "postgresql": [
        "CREATE OR REPLACE FUNCTION activityrecord_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RETURN NEW; END $$"
    ],
    "sqlite": [
        "DROP TRIGGER activityrecord_no_update",
        "CREATE TRIGGER activityrecord_no_update BEFORE UPDATE ON activitylog_activityrecord "
        "BEGIN SELECT 1; END",
    ],
}
