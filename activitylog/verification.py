"""Does the log still say what it said, and does the state still follow from it?

Every check reads in batches and opens no long transaction, so that it can run beside the work of
the day and needs the same memory for ten records and for ten million.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from activitylog import clock, triggers
from activitylog.digest import NOTHING_BEFORE
from activitylog.models import ActivityHead, ActivityRecord

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit; `number` is the record's, or None where none is to blame."""

    sentence: str
    number: int | None = None


Check = Callable[[], Iterator[Finding]]
_checks: list[Check] = []


def register(check: Check) -> Check:
    """Adds an app's own check, from `AppConfig.ready()`; it yields what it finds."""
    if check not in _checks:
        _checks.append(check)
    return check


def findings() -> Iterator[Finding]:
    """What does not fit: the chain's first bad record, then triggers, then the apps' checks."""
    yield from check_chain()
    yield from check_time()
    yield from check_triggers()
    for check in _checks:
        yield from check()


def check_chain() -> Iterator[Finding]:
    """The first record that breaks numbering, time or digest; what follows it proves nothing."""
    head = ActivityHead.objects.first()
    if head is None:
        yield Finding("The head of the log is missing.")
        return
    number, at, digest = 0, None, NOTHING_BEFORE
    for record in records_up_to(head.number):
        if record.number != number + 1:
            yield Finding(f"Record {number + 1} is missing.", number + 1)
            return
        if at is not None and record.at <= at:
            yield Finding(
                f"Record {record.number} is not later than the one before it.", record.number
            )
            return
        if record.digest != record.digest_after(digest):
            yield Finding(f"Record {record.number} does not match its digest.", record.number)
            return
        number, at, digest = record.number, record.at, record.digest
    if number != head.number:
        yield Finding(f"Record {number + 1} is missing.", number + 1)
    elif number and (at, digest) != (head.at, head.digest):
        yield Finding(f"Record {number} is not the one that the log's head remembers.", number)
    yield from _beyond(head)


def check_time() -> Iterator[Finding]:
    """The log hasn't run ahead of the clock, which would keep it from recording anything."""
    head = ActivityHead.objects.filter(at__gt=clock.now() + clock.AHEAD).first()
    if head:
        yield Finding(f"Record {head.number} is in the future: {head.at.isoformat()}.", head.number)


def _beyond(head: ActivityHead) -> Iterator[Finding]:
    """Records after the head that was seen are either newer work or forged past the head of now."""
    now = ActivityHead.objects.get(pk=head.pk)
    extra = ActivityRecord.objects.filter(number__gt=now.number).order_by("number").first()
    if extra and extra.number > ActivityHead.objects.get(pk=head.pk).number:
        yield Finding(f"Record {extra.number} stands after the log's head.", extra.number)


def records_up_to(last: int) -> Iterator[ActivityRecord]:
    """The log from its beginning to number `last`, oldest first, with a query for each batch."""
    after = 0
    while True:
        batch = list(
            ActivityRecord.objects.filter(number__gt=after, number__lte=last).order_by("number")[
                :BATCH
            ]
        )
        yield from batch
        if len(batch) < BATCH:
            return
        after = batch[-1].number


def check_triggers() -> Iterator[Finding]:
    """The triggers that keep records from being changed are all in place."""
    for name in triggers.missing(connection):
        yield Finding(f"The trigger {name} is missing: records are not protected. Run “migrate”.")
