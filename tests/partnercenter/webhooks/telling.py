"""What agents do that webhooks are told of, and what is stored of it."""

import datetime as dt
from typing import Any

from django.utils import timezone

from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from partnercenter.webhooks.models import Delivery, Webhook
from partnercenter.webhooks.operations import update_webhook

CREATED, DELETED = "self-serve-policy-created", "self-serve-policy-deleted"


def turn(
    customer: Customer,
    by: Agent,
    *,
    on: bool,
    resource: Resource = Resource.AZURE_RESERVATIONS,
) -> None:
    set_purchase_permission(customer=customer, resource=resource, allowed=on, by=by)


def listens_to(webhook: Webhook, *events: str, by: Agent) -> None:
    update_webhook(webhook=webhook, name=webhook.name, url=webhook.url, events=events, by=by)


def sent_to(webhook: Webhook, url: str) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(url=url)


def told_of(webhook: Webhook) -> list[str]:
    """The events of its deliveries, in the order of the records."""
    deliveries = webhook.deliveries.order_by("record_number")
    return list(deliveries.values_list("event", flat=True))


def the_delivery() -> Delivery:
    """The only one that there is, as it is stored now."""
    return Delivery.objects.get()


def its_time_has_come(**details: Any) -> None:
    """For everything that waits, as if that long had passed."""
    Delivery.objects.update(next_attempt_at=timezone.now() - dt.timedelta(seconds=1), **details)


def stored(webhook: Webhook) -> Webhook:
    return Webhook.objects.get(pk=webhook.pk)
