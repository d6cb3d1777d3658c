"""How long PostgreSQL may keep somebody at a browser waiting.

There are two limits: PostgreSQL's own, and one for PostgreSQL, a proxy or a network that has
stopped answering.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from partnercenter.postgresql.base import Connection

STATEMENT_SECONDS = 10
LATE_SECONDS = 3  # by which an answer may be later than PostgreSQL's own limit
LIMITS = {
    "lock_timeout": "3s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": "10s",
}


def limit_all_waiting() -> None:
    """Limits the waits of this process from now on.

    Only wsgi.py calls this: migrations, verification and other commands take what they need.
    """
    Connection.longest_wait = STATEMENT_SECONDS + LATE_SECONDS
    connection_created.connect(limit_waiting, dispatch_uid="patience")


def limit_waiting(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Sets the limits on a new connection, where whoever administers the database set none.

    Behind a pooler a session is everybody's, so that nothing is set there: the limits are set at
    the role instead, and a system check misses them.

    Whoever lets statements take longer lets this process wait longer for them, and whoever lets
    them take as long as they like lets it wait without end.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if not is_pooled(connection):
            cursor.executemany(
                "SELECT set_config(name, %s, false) FROM pg_settings"
                " WHERE name = %s AND source = 'default'",
                [(value, name) for name, value in LIMITS.items()],
            )
        cursor.execute("SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'")
        milliseconds = cursor.fetchone()[0]
    limit = milliseconds / 1000 + LATE_SECONDS if milliseconds else None
    connection.connection.longest_wait = limit


def is_pooled(connection: BaseDatabaseWrapper) -> bool:
    """Whether a pooler such as PgBouncer stands in between: then the process that answers isn't the
    one that was named when the connection began.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        answering: int = cursor.fetchone()[0]
    return bool(answering != connection.connection.info.backend_pid)


def unlimited(connection: BaseDatabaseWrapper) -> list[str]:
    """The limits that nothing sets behind a pooler; none where there is no pooler."""
    if connection.vendor != "postgresql":
        return []
    connection.ensure_connection()
    if not is_pooled(connection):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = '0' ORDER BY name",
            [list(LIMITS)],
        )
        return [name for (name,) in cursor.fetchall()]
