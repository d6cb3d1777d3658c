"""A page of the log: the same list for the whole log and for one customer."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from activitylog.forms import ActivityFilterForm
from activitylog.models import ActivityRecord, ActivityRecordQuerySet, Status
from partnercenter.http import AgentRequest, answers_fragment, at_address
from partnercenter.paging import Page
from partnercenter.times import ago, shown

ORDER = ("-number",)
SHOWN_IN_LIST = (
    "number",
    "at",
    "action",
    "customer_id",
    "customer_name",
    "actor_name",
    "application_name",
    "status",
)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """What a row shows, made once here instead of by filters in the template."""

    record: ActivityRecord
    at: str
    at_iso: str
    ago: str
    action: str
    through: str  # the application through which an agent acted; empty for none
    failed: bool

    @classmethod
    def of(cls, record: ActivityRecord) -> "RecordRow":
        return cls(
            record=record,
            at=shown(record.at),
            at_iso=record.at.isoformat(),
            ago=ago(record.at),
            action=record.action_label,
            through="" if record.application_name == record.actor_name else record.application_name,
            failed=record.status == Status.FAILED,
        )


def render_records(
    request: AgentRequest,
    template: str,
    *,
    records: ActivityRecordQuerySet,
    form: ActivityFilterForm,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The filtered page of `records`; a filter that is not understood is 400 and shows no rows."""
    page = _page(records, form, request.path) if form.is_valid() else None
    rows = [RecordRow.of(record) for record in page.rows] if page else []
    fragment = answers_fragment(request)
    response = render(
        request,
        f"{template}#records" if fragment else template,
        {**(context or {}), "form": form, "page": page, "rows": rows, "links": form.links(page)},
        status=200 if page else 400,
    )
    return at_address(response, request, form.here) if fragment and page else response


def _page(
    records: ActivityRecordQuerySet, form: ActivityFilterForm, path: str
) -> Page[ActivityRecord]:
    return form.page(form.apply(records).only(*SHOWN_IN_LIST), order=ORDER, path=path)


def record_context(record: ActivityRecord) -> dict[str, Any]:
    """What a record's page shows beside the record: each old value beside the new one."""
    old, new = record.old or {}, record.new or {}
    changes = [
        (name, _readable(old.get(name)), _readable(new.get(name))) for name in sorted({*old, *new})
    ]
    return {"record": record, "changes": changes, "ago": ago(record.at)}


def _readable(value: object) -> str:
    """A stored value as a person reads it."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return "–" if value in (None, "") else str(value)
