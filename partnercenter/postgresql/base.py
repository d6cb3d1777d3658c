"""Django's backend for PostgreSQL, but for how long a connection may wait for the server.

PostgreSQL's own limits are of no use where the server itself, or what stands between, no longer
answers, and they don't cover the wait for a standby at COMMIT. What psycopg and Django keep to
themselves is used here only; tests/partnercenter/test_hanging_database.py names it.
"""

from types import SimpleNamespace
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import errors


class Connection(psycopg.Connection[Any]):
    """Gives up waiting for an answer after `longest_wait` seconds; None: waits as long as it takes.

    It is closed then, since nobody knows what became of the statement. A COMMIT may have been
    carried out, or may be carried out later.
    """

    longest_wait: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg has it. Raises OperationalError for an answer that doesn't come."""
        try:
            return super().wait(gen, interval, self.longest_wait if timeout is None else timeout)
        except errors._WaitTimeout as error:
            if timeout is not None:
                raise
            self.close()
            message = "The database server does not answer; the connection was given up."
            raise errors.OperationalError(message) from error


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects with a Connection of ours."""

    Database: Any = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})
