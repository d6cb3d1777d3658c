"""Who is to be told of what: a delivery for each record that a webhook listens to."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from activitylog import events
from activitylog.calls import by_call
from activitylog.models import ActivityRecord, Status
from partnercenter.webhooks.models import Delivery, Webhook

BATCH = 500
READ = ("number", "action", "old", "new")


def plan() -> int:
    """Makes the deliveries of all new records, and returns how many there are.

    It runs after the acts, in transactions of its own: webhooks can neither slow nor fail an act.
    """
    behind = list(Webhook.objects.behind().values_list("pk", flat=True))
    return sum(sum(_batches(pk)) for pk in behind)


def _batches(pk: UUID) -> Iterator[int]:
    while (made := _plan_batch(pk)) is not None:
        yield made


@transaction.atomic
def _plan_batch(pk: UUID) -> int | None:
    """How many deliveries the next records brought; None where there are no more records, and
    where somebody else is at it.
    """
    held = Webhook.objects.select_for_update(no_key=True, skip_locked=True)
    webhook = held.filter(pk=pk, is_active=True).first()
    records = _following(webhook) if webhook else []
    if not webhook or not records:
        return None
    made = Delivery.objects.bulk_create(_deliveries(webhook, records))
    webhook.after = records[-1].number
    webhook.save(update_fields=["after"])
    return len(made)


def _following(webhook: Webhook) -> list[ActivityRecord]:
    """The next records, told of or not; of each call the one that stands for it."""
    newer = ActivityRecord.objects.filter(number__gt=webhook.after)
    following = by_call(newer).order_by("number")
    return list(following.only(*READ, "status")[:BATCH])


def _deliveries(webhook: Webhook, records: Iterable[ActivityRecord]) -> list[Delivery]:
    """Of an attempt that failed nobody is told: nothing happened."""
    now = timezone.now()
    told = [(record, _event(record)) for record in records if record.status == Status.SUCCEEDED]
    return [
        Delivery(webhook=webhook, record_number=record.number, event=event, next_attempt_at=now)
        for record, event in told
        if event in webhook.events
    ]


def _event(record: ActivityRecord) -> str:
    return events.documented(record.action).of(record.old_of_call, record.new).event
