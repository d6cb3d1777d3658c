"""The log as a file: the columns of its CSV, and the exact form that can be verified off-line."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from activitylog.models import ActivityRecord, ActivityRecordQuerySet
from partnercenter.exports import Column, Layout
from partnercenter.paging import in_batches
from partnercenter.times import iso

OLDEST_FIRST = ("number",)


def batches_up_to(last: int, records: ActivityRecordQuerySet) -> Iterator[list[ActivityRecord]]:
    """The records from the oldest to number `last`, whatever is recorded meanwhile."""
    return in_batches(records.filter(number__lte=last), order=OLDEST_FIRST)


def _value(value: Any) -> str:
    """An old or new value as JSON text; empty where there is none."""
    return "" if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _exactly(record: ActivityRecord) -> dict[str, Any]:
    return {**record.facts(), "digest": record.digest}


COLUMNS: list[Column[ActivityRecord]] = [
    Column(_("Number"), lambda record: record.number),
    Column(_("Date-Time (UTC)"), lambda record: iso(record.at)),
    Column(_("Affected customer"), lambda record: record.customer_name),
    Column(_("Microsoft ID"), lambda record: record.customer_id),
    Column(_("Action"), lambda record: record.action_label),
    Column(_("Action code"), lambda record: record.action),
    Column(_("Partner user"), lambda record: record.actor_name),
    Column(_("Roles"), lambda record: ", ".join(record.role_labels)),
    Column(_("Application"), lambda record: record.application_name),
    Column(_("Application id"), lambda record: record.application_id),
    Column(_("Channel"), lambda record: record.get_channel_display()),
    Column(_("Status"), lambda record: record.get_status_display()),
    Column(_("Resource type"), lambda record: record.resource_type),
    Column(_("Resource id"), lambda record: record.resource_id),
    Column(_("Old value"), lambda record: _value(record.old)),
    Column(_("New value"), lambda record: _value(record.new)),
    Column(_("Request id"), lambda record: record.request_id),
    Column(_("Correlation id"), lambda record: record.correlation_id),
    Column(_("Address"), lambda record: record.address),
    Column(_("Record id"), lambda record: record.uuid),
    Column(_("Digest"), lambda record: record.digest),
]
LAYOUT = Layout(COLUMNS, facts=_exactly)
