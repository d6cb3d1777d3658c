"""Delivering: each delivery is claimed by one worker, sent outside of any transaction, and tried
again with growing delays until it succeeds or is given up.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from activitylog.recording import System
from partnercenter.sealing import SealedOtherwise
from partnercenter.webhooks.messages import Message, message_of
from partnercenter.webhooks.models import Delivery, DeliveryState, Failure
from partnercenter.webhooks.operations import deactivate_gone_webhook
from partnercenter.webhooks.sending import Outcome

# How long to wait after each failure; after one more it is given up.
DELAYS = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 6 * 3600))
LONGEST_WAIT = DELAYS[-1]
# Much longer than an attempt lasts. Who claimed one and is gone loses it to the next.
CLAIM = dt.timedelta(minutes=2)
# How long the log of deliveries goes back.
KEPT = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that nobody else sends until then."""

    delivery: Delivery
    until: dt.datetime


def claim_next(*, besides: Collection[UUID] = ()) -> Claim | None:
    """The delivery that is due the longest, claimed; None where none is.

    Those of the webhooks with the keys `besides` are left alone.
    """
    now = timezone.now()
    waiting = Delivery.objects.due(now).filter(webhook__is_active=True)
    waiting = waiting.exclude(webhook_id__in=besides).select_related("webhook")
    while (delivery := waiting.order_by("next_attempt_at", "record_number").first()) is not None:
        until = now + CLAIM
        if _claim(delivery, now, until):
            delivery.attempts += 1
            return Claim(delivery, until)
    return None


def _claim(delivery: Delivery, now: dt.datetime, until: dt.datetime) -> bool:
    """Whether it is ours: of several who claim it, the condition holds for the first one only."""
    mine = Delivery.objects.due(now).filter(pk=delivery.pk)
    claimed = mine.update(claimed_until=until, attempts=F("attempts") + 1, last_attempt_at=now)
    return bool(claimed)


def message_for(claim: Claim) -> Message | Outcome:
    """What is to be sent, or what came of it already."""
    try:
        return message_of(claim.delivery, at=timezone.now())
    except SealedOtherwise:
        return Outcome(failure=Failure.SECRET)


def store(claim: Claim, outcome: Outcome) -> DeliveryState:
    """Writes down what came of the attempt and returns the delivery's state from now on.

    Nothing is written where the claim was lost, or the webhook deleted. A webhook whose endpoint is
    gone for good is deactivated.
    """
    now, attempts = timezone.now(), claim.delivery.attempts
    state = _state(outcome, attempts)
    facts: dict[str, Any] = {
        "state": state,
        "claimed_until": None,
        "last_status": outcome.status,
        "last_error": outcome.failure or "",
    }
    if state == DeliveryState.PENDING:
        facts["next_attempt_at"] = now + _delay(outcome, attempts)
    if state == DeliveryState.DELIVERED:
        facts["delivered_at"] = now
    mine = Delivery.objects.filter(pk=claim.delivery.pk, claimed_until=claim.until)
    if mine.update(**facts) and outcome.failure == Failure.GONE:
        deactivate_gone_webhook(webhook=claim.delivery.webhook, by=System())
    return state


def _state(outcome: Outcome, attempts: int) -> DeliveryState:
    if outcome.failure is None:
        return DeliveryState.DELIVERED
    if outcome.failure == Failure.GONE or attempts > len(DELAYS):
        return DeliveryState.FAILED
    return DeliveryState.PENDING


def _delay(outcome: Outcome, attempts: int) -> dt.timedelta:
    """Until the next attempt: no sooner than the receiver asks, within reason."""
    return max(DELAYS[attempts - 1], min(outcome.wait, LONGEST_WAIT))


def forget_old_deliveries() -> int:
    """Removes those that were tried last before KEPT and wait for nothing; returns how many."""
    ended = Delivery.objects.exclude(state=DeliveryState.PENDING)
    deleted, _details = ended.filter(last_attempt_at__lt=timezone.now() - KEPT).delete()
    return deleted
