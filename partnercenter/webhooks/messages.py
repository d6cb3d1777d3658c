"""What a webhook is told: the body of Partner Center's own webhooks, signed.

Source: “Partner Center webhook events” in Microsoft's documentation.
"""

import datetime as dt
import json
from dataclasses import dataclass

from django.conf import settings

from activitylog import events
from activitylog.calls import call_of
from activitylog.models import ActivityRecord
from partnercenter.sealing import unseal
from partnercenter.webhooks.models import Delivery, Webhook
from partnercenter.webhooks.signatures import signed_headers

SEALED_FOR = "partnercenter.webhooks"
AUDIT_RECORDS = "/auditactivity/v1/auditrecords"  # as Partner Center writes it here
CUSTOMERS = "/v1/customers"


@dataclass(frozen=True, slots=True)
class Message:
    url: str
    headers: dict[str, str]
    body: bytes


def message_of(delivery: Delivery, *, at: dt.datetime) -> Message:
    """What is sent at this moment. Raises SealedOtherwise where a secret cannot be read."""
    record = call_of(ActivityRecord.objects.get(pk=delivery.record_number))
    body = json.dumps(facts_of(record), ensure_ascii=False).encode()
    secrets = _secrets(delivery.webhook, at)
    signed = signed_headers(secrets=secrets, id=str(delivery.pk), at=at, body=body)
    headers = {"Content-Type": "application/json", "User-Agent": "partnercenter", **signed}
    return Message(url=delivery.webhook.url, headers=headers, body=body)


def _secrets(webhook: Webhook, at: dt.datetime) -> list[str]:
    """The present one first, then those that were replaced a short time ago."""
    sealed = [webhook.sealed_secret, *(retired["sealed"] for retired in webhook.retired_at(at))]
    return [unseal(secret, purpose=SEALED_FOR) for secret in sealed]


def facts_of(record: ActivityRecord) -> dict[str, str]:
    """The body as JSON has it. It says where to look, and nothing that needs a permission."""
    names = events.documented(record.action).of(record.old_of_call, record.new)
    audit_record = f"{AUDIT_RECORDS}/{record.uuid}"
    return {
        "EventName": names.event,
        "ResourceUri": _absolute(_resource_path(record, names.resource) or audit_record),
        "ResourceName": names.resource,
        "AuditUri": _absolute(audit_record),
        "ResourceChangeUtcDate": record.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
    }


def _resource_path(record: ActivityRecord, resource: str) -> str:
    """Where the API has the thing, or had it; empty for what has no address there."""
    customer = f"{CUSTOMERS}/{record.customer_id}"
    order = (record.new or {}).get("order") or (
        record.resource_id if record.resource_type == "order" else ""
    )
    match resource:
        case "self_serve_policy":
            return f"/v1/SelfServePolicy/{settings.TENANT_ID}_{record.customer_id}"
        case "customer" | "partner_customer_relationship":
            return customer
        case "subscription":
            return f"{customer}/subscriptions/{record.resource_id}"
        case "order" if order:
            return f"{customer}/orders/{order}"
    return ""


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
