"""Every way in which a webhook comes, changes and goes. Each is one transaction with its record."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activitylog.events import webhook_events
from activitylog.models import ActivityRecord
from activitylog.recording import Actor, record
from partnercenter.authority import act
from partnercenter.operations import Refused, made_already
from partnercenter.sealing import seal
from partnercenter.webhooks.events import WebhookActivity
from partnercenter.webhooks.messages import SEALED_FOR
from partnercenter.webhooks.models import Delivery, DeliveryState, Webhook
from partnercenter.webhooks.receivers import validate_receiver, without_query
from partnercenter.webhooks.signatures import new_secret

RESOURCE_TYPE = "webhook"
SECRET_OVERLAP = dt.timedelta(days=1)
GONE = 410


@act("webhooks.add_webhook")
def create_webhook(
    *, name: str, url: str, events: Iterable[str], key: UUID | None = None, by: Actor
) -> tuple[Webhook, str]:
    """A new, active webhook, which is told of what happens from now on; returns it with its secret.

    `key` is that of the form, and becomes its id, so that a form makes one. Raises ValidationError
    for a missing name, an address that is none, and for unknown events or no events at all, and
    Refused (made_already).
    """
    webhook = Webhook(pk=key or uuid4())
    secret = _give_secret(webhook)
    _describe(webhook, name, url, events)
    written = _record(WebhookActivity.CREATE, webhook, new=_snapshot(webhook), by=by)
    if Webhook.objects.filter(pk=webhook.pk).exists():  # asked now that nobody else can add one
        raise made_already()
    webhook.created_at, webhook.after = written.at, written.number
    webhook.save(force_insert=True)
    return webhook, secret


@act("webhooks.change_webhook")
def update_webhook(
    *, webhook: Webhook, name: str, url: str, events: Iterable[str], by: Actor
) -> Webhook:
    """Gives it exactly this name, address and events. What waits goes to the new address.

    Does nothing where all are the same. Raises ValidationError as for a new one.
    """
    webhook = _locked(webhook)
    old, before = _snapshot(webhook), _description(webhook)
    _describe(webhook, name, url, events)
    if _description(webhook) != before:
        webhook.save(update_fields=["name", "url", "events"])
        _record(WebhookActivity.UPDATE, webhook, old=old, new=_snapshot(webhook), by=by)
    return webhook


@act("webhooks.change_webhook")
def set_webhook_active(*, webhook: Webhook, active: bool, by: Actor) -> Webhook:
    """Deactivates or reactivates. Nothing is sent to a deactivated one; once it is reactivated it
    is told of what happens from then on, and of what was waiting, but not of what happened between.
    """
    webhook = _locked(webhook)
    if webhook.is_active == active:
        return webhook
    old = _snapshot(webhook)
    webhook.is_active = active
    activity = WebhookActivity.REACTIVATE if active else WebhookActivity.DEACTIVATE
    written = _record(activity, webhook, old=old, new=_snapshot(webhook), by=by)
    webhook.after = written.number if active else webhook.after
    webhook.gone_at = None
    webhook.save(update_fields=["is_active", "after", "gone_at"])
    return webhook


@act("webhooks.change_webhook")
def deactivate_gone_webhook(*, webhook: Webhook, by: Actor) -> None:
    """Deactivates a webhook whose endpoint answered 410 Gone; the record says that this is why.

    Does nothing where it's deactivated or deleted already. Source: Standard Webhooks
    (github.com/standard-webhooks/standard-webhooks), section *Deliverability and reliability*.
    """
    active = Webhook.objects.select_for_update(no_key=True).filter(is_active=True)
    found = active.filter(pk=webhook.pk).first()
    if not found:
        return
    old = _snapshot(found)
    found.is_active = False
    new = {**_snapshot(found), "answer": GONE}
    written = _record(WebhookActivity.DEACTIVATE, found, old=old, new=new, by=by)
    found.gone_at = written.at
    found.save(update_fields=["is_active", "gone_at"])


@act("webhooks.change_webhook")
def replace_webhook_secret(*, webhook: Webhook, by: Actor) -> str:
    """A new secret, which is returned. For a day messages are signed with the earlier one too, so
    that receivers can change theirs without missing any.
    """
    webhook = _locked(webhook)
    now = timezone.now()
    retired = {"sealed": webhook.sealed_secret, "until": (now + SECRET_OVERLAP).isoformat()}
    webhook.retired_secrets = [*webhook.retired_at(now), retired]
    secret = _give_secret(webhook)
    webhook.save(update_fields=["sealed_secret", "retired_secrets"])
    _record(WebhookActivity.REPLACE_SECRET, webhook, by=by)
    return secret


@act("webhooks.delete_webhook")
def delete_webhook(*, webhook: Webhook, by: Actor) -> None:
    """Removes it with its deliveries, waiting ones too; does nothing where it is gone already."""
    found = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook.pk).first()
    if found:
        _record(WebhookActivity.DELETE, found, old=_snapshot(found), by=by)
        found.delete()


@act("webhooks.change_webhook")
def resend_delivery(*, delivery: Delivery, by: Actor) -> Delivery:
    """Sends it at once, under the same id, and if need be again and again as for the first time.

    Does nothing where that is what it waits for. Raises Refused (webhook_deactivated).
    """
    webhook = _locked(delivery.webhook)
    if not webhook.is_active:
        raise Refused(
            _("This webhook is deactivated. Reactivate it first."), code="webhook_deactivated"
        )
    found = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    now = timezone.now()
    if found.is_waiting and found.next_attempt_at <= now:
        return found
    found.state, found.attempts, found.next_attempt_at = DeliveryState.PENDING, 0, now
    found.save(update_fields=["state", "attempts", "next_attempt_at"])
    _record(WebhookActivity.RESEND, webhook, new=_facts(found), by=by)
    return found


def _give_secret(webhook: Webhook) -> str:
    """A new one, sealed and unsaved: it is needed in clear to sign."""
    secret = new_secret()
    webhook.sealed_secret = seal(secret, purpose=SEALED_FOR)
    return secret


def _describe(webhook: Webhook, name: str, url: str, events: Iterable[str]) -> None:
    """Fills in what a webhook is, unsaved."""
    wanted = set(events)
    webhook.name, webhook.url = name, url
    webhook.events = [event for event in webhook_events() if event in wanted]
    if not wanted or wanted - set(webhook.events):
        raise ValidationError(
            {"events": _("Choose at least one event of those that there are.")}, code="events"
        )
    webhook.clean_fields(exclude=["after", "created_at", "gone_at", "retired_secrets"])
    try:
        validate_receiver(url)
    except ValidationError as error:
        raise ValidationError({"url": error.error_list}) from error


def _locked(webhook: Webhook) -> Webhook:
    """Raises Refused (webhook_deleted) where it was deleted meanwhile."""
    found = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook.pk).first()
    if found is None:
        raise Refused(_("This webhook was deleted meanwhile."), code="webhook_deleted")
    return found


def _description(webhook: Webhook) -> tuple[Any, ...]:
    return webhook.name, webhook.url, webhook.events


def _snapshot(webhook: Webhook) -> dict[str, Any]:
    return {
        "name": webhook.name,
        "url": without_query(webhook.url),
        "events": webhook.events,
        "active": webhook.is_active,
    }


def _facts(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": str(delivery.pk),
        "event": delivery.event,
        "record": delivery.record_number,
    }


def _record(
    activity: WebhookActivity,
    webhook: Webhook,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    by: Actor,
) -> ActivityRecord:
    return record(
        activity,
        resource_type=RESOURCE_TYPE,
        resource_id=str(webhook.pk),
        old=old,
        new=new,
        by=by,
    )
