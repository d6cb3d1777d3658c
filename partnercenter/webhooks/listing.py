"""Rows of the two lists, made once here instead of by filters in the templates."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnercenter.times import ago, ahead, exact
from partnercenter.webhooks.models import Delivery, DeliveryState, Failure, Webhook

BADGES = {
    DeliveryState.PENDING: "",
    DeliveryState.DELIVERED: "good",
    DeliveryState.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class WebhookRow:
    webhook: Webhook
    events: str
    is_failing: bool
    sent: tuple[str, str] | None

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookRow":
        """Of one that was read with its last attempt."""
        last_state: str | None = webhook.last_state  # type: ignore[attr-defined] # annotated
        return cls(
            webhook=webhook,
            events=number_of_events(webhook),
            is_failing=last_state not in (None, DeliveryState.DELIVERED),
            sent=_past(webhook.last_attempt_at),  # type: ignore[attr-defined] # annotated
        )


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    delivery: Delivery
    state: str
    badge: str
    answer: str
    explanation: str
    sent: tuple[str, str] | None
    next: str
    button: str
    button_in_full: str

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryRow":
        return cls(
            delivery=delivery,
            state=str(delivery.get_state_display()),
            badge=BADGES[DeliveryState(delivery.state)],
            answer=_answer(delivery),
            explanation=_explanation(delivery),
            sent=_past(delivery.last_attempt_at),
            next=_next(delivery),
            button=_("Send now") if delivery.is_waiting else _("Resend"),
            button_in_full=_button_in_full(delivery),
        )


def number_of_events(webhook: Webhook) -> str:
    number = len(webhook.events)
    return ngettext("%(number)d event", "%(number)d events", number) % {"number": number}


def _past(moment: dt.datetime | None) -> tuple[str, str] | None:
    """How long ago, and exactly; None for never."""
    return (ago(moment), exact(moment)) if moment else None


def _answer(delivery: Delivery) -> str:
    """The status of the last answer, “–” where there was none."""
    return f"HTTP {delivery.last_status}" if delivery.last_status else "–"


def _explanation(delivery: Delivery) -> str:
    """Why it was no success, where the status does not say it."""
    if delivery.last_error in ("", Failure.STATUS):
        return ""
    return str(delivery.get_last_error_display())


def _next(delivery: Delivery) -> str:
    """When it is tried again, for those that wait."""
    if not delivery.is_waiting:
        return "–"
    if delivery.next_attempt_at - timezone.now() < dt.timedelta(minutes=1):
        return _("in a moment")
    return ahead(delivery.next_attempt_at)


def _button_in_full(delivery: Delivery) -> str:
    """The button's words for those who do not see in which row it stands."""
    sentence = (
        _("Send now: %(event)s, record %(number)s")
        if delivery.is_waiting
        else _("Resend: %(event)s, record %(number)s")
    )
    return sentence % {"event": delivery.event, "number": delivery.record_number}
