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

    Whoever lets statements take longer lets this process wait longer for them, and whoever lets
    them take as long as they like lets it wait without end.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT set_config(name, %s, false) FROM pg_settings"
            " WHERE name = %s AND source = 'default'",
            [(value, name) for name, value in LIMITS.items()],
        )
        cursor.execute("SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'")
        milliseconds = cursor.fetchone()[0]
    limit = milliseconds / 1000 + LATE_SECONDS if milliseconds else None
    connection.connection.longest_wait = limit
