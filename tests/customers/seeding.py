"""Demonstration data for a whole file of tests: seeded once, and taken back at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

Result = TypeVar("Result")


@contextmanager
def seeded_once(blocker: DjangoDbBlocker, seed: Callable[[], Result]) -> Iterator[Result]:
    """What `seed` returns, in demonstration mode and in a transaction that is rolled back.

    Tests that use it ask for no database of their own: the end of theirs would end this one's too.
    """
    with blocker.unblock(), override_settings(DEMONSTRATION=True), transaction.atomic():
        result = seed()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # which the database does by itself only after a commit
        yield result
        transaction.set_rollback(True)
