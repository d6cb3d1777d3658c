"""The log's time, and that it never runs ahead. Only the demonstration data may set it.

Times of records never decrease, so one record from a clock that is far ahead would move every later
one into the future, for good.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

AHEAD = timedelta(minutes=5)  # more than clocks differ that are kept by NTP

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The present moment in UTC, or the one that the demonstration data plays at."""
    return _pretended.get() or timezone.now()


class ClockAhead(OperationalError):
    """A clock is wrong, so nothing can be recorded now. Answered like a database that is lost."""

    def __init__(self, sentence: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def refuse_the_future(*, head: datetime, database: datetime) -> None:
    """Raises ClockAhead where this host's clock, or the last record, is ahead of the database's.

    Both are aware; `head` is the last record's time and `database` the database's clock. On SQLite
    the two clocks are one, and the last record tells.
    """
    if _pretended.get():
        return
    if timezone.now() - database > AHEAD:
        raise ClockAhead(
            _(
                "The clock of this server is ahead of the database's, so nothing was changed. "
                "Whoever runs the server has to set it."
            )
        )
    if head - database > AHEAD:
        raise ClockAhead(
            _(
                "The last record of the activity log is in the future, so nothing was changed. "
                "Whoever runs the server has to check the database's clock."
            )
        )


def is_in_the_future(moment: datetime) -> bool:
    """Whether the moment (aware) is further ahead than clocks differ."""
    return moment - timezone.now() > AHEAD


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
