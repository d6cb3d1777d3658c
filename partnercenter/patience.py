"""How long PostgreSQL may keep somebody at a browser waiting."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

LIMITS = {
    "lock_timeout": "3s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "10s",
}


def limit_waiting(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Sets the limits on a new connection, where whoever administers the database set none.

    Only wsgi.py connects this: migrations, verification and other commands take what they need.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT set_config(name, %s, false) FROM pg_settings"
            " WHERE name = %s AND source = 'default'",
            [(value, name) for name, value in LIMITS.items()],
        )
