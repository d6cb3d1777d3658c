"""The log's time. Only the demonstration data may set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.utils import timezone

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present moment in UTC, or the one that the demonstration data plays at."""
    return _pretended.get() or timezone.now()


@contextmanager
def pretending(moment: datetime) -> Iterator[None]:
    """Acts recorded inside happened at `moment` (aware).

    Raises RuntimeError outside demonstration mode, where a record's time must be its own.
    """
    if not settings.DEMONSTRATION:
        raise RuntimeError("The log's clock can be set in demonstration mode only.")
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
