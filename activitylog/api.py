"""Audit records: the log, as programs read it.

Source: partner-center facts, section 4. Beyond the original, it goes back to the first record, and
a window may be as long as one likes.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from activitylog import events
from activitylog.calls import by_call, call_of
from activitylog.events import Facts
from activitylog.models import ActivityRecord, ActivityRecordQuerySet
from activitylog.origin import Channel
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, PageQuery, Size, listed
from partnercenter.api.dates import DateText, end_of, moment_of
from partnercenter.api.faults import NOT_FOUND, READING_FAULTS, Fault
from partnercenter.api.filters import Filter, filter_of, filter_parameter, folded, unknown_filter
from partnercenter.api.wire import Attributes, ExactMoment, Wire, json_response, shown_as

router = Router(tags=["Audit records"], by_alias=True)
TAG = {"name": "Audit records", "description": "What happened, and who did it: the Activity log."}
READING = requires_token("activitylog.view_activityrecord", throttled=False)
NEWEST_FIRST = ("-number",)
FILTER = filter_parameter(
    ("CompanyName", "substring"), ("CustomerId", "equals"), ("ResourceType", "equals"), value="Fabr"
)
# What the original calls the programs by which people work; applications have a name of their own.
CLIENTS = {
    Channel.DASHBOARD.value: "Partner Center Web",
    Channel.ADMIN.value: "Partner Center Web",
    Channel.PORTAL.value: "Customer Portal",
    Channel.SYSTEM.value: "Partner Center",
}
USUAL_SIZE = 500
USUAL_WINDOW = dt.timedelta(days=30)


EXAMPLE: dict[str, Any] = {
    "id": "3f6d2c1b-8a9e-4f70-b5c4-6d7e8f9a0b1c",
    "partnerId": "5b1b1b0e-7f5c-4a57-9d0e-3c5f6f0a6a11",
    "customerId": "0d1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b",
    "customerName": "Fabrikam",
    "userPrincipalName": "ada@partner.example.com",
    "applicationId": "7c8d9e0f-1a2b-4c3d-8e5f-6a7b8c9d0e1f",
    "resourceType": "self_serve_policy",
    "resourceNewValue": '{"Id": "…"}',
    "operationType": "create_self_serve_policy",
    "originalCorrelationId": "1d2e3f4a-5b6c-4d7e-8f90-a1b2c3d4e5f6",
    "operationDate": "2026-01-31T12:00:00.1234560Z",
    "operationStatus": "succeeded",
    "customizedData": [{"key": "Number", "value": "42"}, {"key": "Channel", "value": "api"}],
    "attributes": {"objectType": "AuditRecord"},
}


class KeyValue(Wire):
    key: str
    value: str


class AuditRecord(Wire):
    model_config = shown_as(EXAMPLE)

    id: str
    partner_id: str
    customer_id: str | None = None
    customer_name: str | None = None
    user_principal_name: str | None = None
    application_id: str | None = None
    resource_type: str
    resource_old_value: str | None = None
    resource_new_value: str | None = None
    operation_type: str
    original_correlation_id: str | None = None
    operation_date: ExactMoment
    operation_status: str
    customized_data: list[KeyValue]
    attributes: Attributes = Attributes(object_type="AuditRecord")


class AuditRecords(Collection[AuditRecord]):
    pass


class AuditQuery(PageQuery):
    size: Size = Field(default=USUAL_SIZE, description="Records a page.")
    start_date: DateText = Field(default="", description="30 days ago where nothing is said.")
    end_date: DateText = Field(default="", description="A day is meant to its end.")


@router.get(
    "",
    auth=READING,
    response={200: AuditRecords, **READING_FAULTS},
    operation_id="audit",
    summary="List audit records",
    openapi_extra={"parameters": [FILTER]},
)
def audit_records(request: ApiRequest, query: Query[AuditQuery]) -> HttpResponseBase:
    """Records of a time, the newest first, page by page. They go back to the first one.

    There is one of each call: of a policy with several permissions, the log page has one of each.
    """
    chosen = filter_of(request)
    records = by_call(ActivityRecord.objects.all()).since(
        moment_of(query.start_date) or timezone.now() - USUAL_WINDOW
    )
    end = end_of(query.end_date)
    return listed(
        request,
        _filtered(records.before(end) if end else records, chosen),
        query=query,
        order=NEWEST_FIRST,
        uri="/auditrecords",
        filters={
            "startDate": query.start_date,
            "endDate": query.end_date,
            "filter": chosen.text if chosen else "",
        },
        to_item=audit_record_json,
    )


@router.get(
    "/{record_id}",
    auth=READING,
    response={200: AuditRecord, **READING_FAULTS},
    operation_id="audit_record",
    summary="One audit record",
)
def audit_record(request: ApiRequest, record_id: str) -> HttpResponse:
    """One record by its id. The id of any record of a call leads to the one that stands for it."""
    try:
        found = ActivityRecord.objects.filter(uuid=uuid.UUID(record_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise Fault(404, NOT_FOUND, _("There is no audit record with this id."))
    return json_response(audit_record_json(call_of(found)))


def _filtered(records: ActivityRecordQuerySet, chosen: Filter | None) -> ActivityRecordQuerySet:
    """The three filters that are documented. Raises Fault (400) for any other."""
    if chosen is None:
        return records
    match chosen.field, chosen.operator:
        case "customerid", "equals":
            return records.of_customer(chosen.value.strip().lower())
        case "companyname", "substring":
            return records.customer_named(chosen.value)
        case "resourcetype", "equals":
            return records.of_action(*_codes_about(chosen.value))
    raise unknown_filter("CustomerId equals, CompanyName substring, ResourceType equals")


def _codes_about(resource: str) -> list[str]:
    """The activities on the resource type, however its name is written."""
    wanted = folded(resource)
    return [
        code
        for code, _label in events.choices()
        if folded(events.documented(code).resource) == wanted
    ]


def audit_record_json(record: ActivityRecord) -> AuditRecord:
    """A record under its documented names; what else it says stands in the customized data."""
    kind = events.documented(record.action)
    old = record.old_of_call
    new = kind.of_several(record.new) if record.is_of_several else record.new
    names = kind.of(old, new)
    alone = record.application_id and record.actor_id == record.application_id
    return AuditRecord(
        id=str(record.uuid),
        partner_id=settings.TENANT_ID,
        customer_id=record.customer_id or None,
        customer_name=record.customer_name or None,
        user_principal_name=None if alone else record.actor_name,
        application_id=record.application_id or None,
        resource_type=names.resource,
        resource_old_value=_text(kind.value(old, record.customer_id)),
        resource_new_value=_text(_with_client(record, kind.value(new, record.customer_id))),
        operation_type=names.operation,
        original_correlation_id=record.correlation_id or None,
        operation_date=record.at,
        operation_status=record.status,
        customized_data=_customized(record),
    )


def _with_client(record: ActivityRecord, facts: Facts | None) -> Facts | None:
    """With the program by which an order was placed, which the original says of orders alone.

    Source: the example of get-a-record-of-partner-center-activity-by-user, resourceNewValue.
    """
    if facts is None or events.documented(record.action).operation != "create_order":
        return facts
    name = record.application_name or CLIENTS.get(record.channel, record.channel)
    return {**facts, "client": {"name": name}}


def _text(facts: Mapping[str, Any] | None) -> str | None:
    """JSON in a text, with keys in PascalCase, as the original has it."""
    return None if facts is None else json.dumps(_in_pascal_case(facts), ensure_ascii=False)


def _in_pascal_case(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_pascal(name): _in_pascal_case(each) for name, each in value.items()}
    return [_in_pascal_case(each) for each in value] if isinstance(value, list) else value


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _customized(record: ActivityRecord) -> list[KeyValue]:
    """What has no place of its own in an audit record."""
    facts = {
        "Number": str(record.number),
        "FirstNumber": str(record.call_number) if record.is_of_several else "",  # type: ignore[attr-defined]
        "Action": record.action,
        "Channel": record.channel,
        "ResourceId": "" if record.is_of_several else record.resource_id,
        "RequestId": record.request_id,
        "Digest": record.digest,
    }
    return [KeyValue(key=key, value=value) for key, value in facts.items() if value]
