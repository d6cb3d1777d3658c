"""The triggers with which the database itself refuses to change or remove a record."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "activitylog_activityrecord"
REFUSAL = "activity records are append-only"

_POSTGRESQL = {
    "activityrecord_no_change": f"""
        CREATE TRIGGER activityrecord_no_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION activityrecord_refuse()""",
    "activityrecord_no_truncate": f"""
        CREATE TRIGGER activityrecord_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION activityrecord_refuse()""",
}
_POSTGRESQL_BODY = f"""
    BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END"""
_POSTGRESQL_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION activityrecord_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $${_POSTGRESQL_BODY}$$"""
_PRESENT_ON_POSTGRESQL = """
    SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgrelid = to_regclass(%s) AND tgenabled = 'A'"""

# The third one is for INSERT OR REPLACE, which fires no DELETE trigger on SQLite.
_SQLITE = {
    "activityrecord_no_update": f"""
        CREATE TRIGGER activityrecord_no_update BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    "activityrecord_no_delete": f"""
        CREATE TRIGGER activityrecord_no_delete BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    "activityrecord_no_replace": f"""
        CREATE TRIGGER activityrecord_no_replace BEFORE INSERT ON {TABLE}
        WHEN EXISTS (
            SELECT 1 FROM {TABLE}
            WHERE number = NEW.number OR uuid = NEW.uuid OR rowid = NEW.rowid
        )
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",  # noqa: S608 (constants)
}


_PRESENT_ON_SQLITE = """
    SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"""


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of the triggers that ought to guard the log and do not.

    One that is disabled, or that does something else under its name, is as good as missing.
    """
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT_ON_POSTGRESQL if postgresql else _PRESENT_ON_SQLITE, [TABLE])
        present = dict(cursor.fetchall())
    return [
        name
        for name, statement in _wanted(connection).items()
        if present.get(name) != (_POSTGRESQL_BODY if postgresql else statement.strip())
    ]


def put_back(connection: BaseDatabaseWrapper) -> None:
    """Makes the triggers that are missing; does nothing where all are there.

    SQLite drops triggers silently whenever a migration rebuilds their table.
    """
    names = missing(connection)
    with connection.cursor() as cursor:
        if names and connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for name in names:
            cursor.execute(_drop(connection, name))
            cursor.execute(_wanted(connection)[name])
            if connection.vendor == "postgresql":
                # Even for a session that replicates, where ordinary triggers are silent.
                cursor.execute(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {name}")


def remove(connection: BaseDatabaseWrapper) -> None:
    """The reverse of `put_back`, for the migration's reverse and for the flush of tests."""
    with connection.cursor() as cursor:
        for name in _wanted(connection):
            cursor.execute(_drop(connection, name))
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS activityrecord_refuse()")


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without triggers inside, with them again afterwards."""
    remove(connection)
    try:
        yield
    finally:
        put_back(connection)


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE


def _drop(connection: BaseDatabaseWrapper, name: str) -> str:
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {name}{on_table}"
