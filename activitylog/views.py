"""The Activity log: the whole of it, for agents who may read it whole."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from activitylog import exports
from activitylog.agents import agents_known_to
from activitylog.forms import ActivityFilterForm, all_records
from activitylog.listing import record_context, render_records
from activitylog.models import ActivityHead, ActivityRecord
from activitylog.operations import export_activity_log
from partnercenter.access import requires
from partnercenter.exports import download, format_of, understood
from partnercenter.http import AgentRequest, answers_fragment


@requires("activitylog.view_activityrecord")
def activity_log(request: AgentRequest) -> HttpResponse:
    form = ActivityFilterForm(request.GET, agents=agents_known_to(request))
    return render_records(
        request,
        "activitylog/activity_log.html",
        records=all_records(),
        form=form,
        context={"number_of_all": None if form.chosen else _number_of_records()},
    )


def _number_of_records() -> int | None:
    """How many there are, since they are numbered without gaps: nothing is counted."""
    return ActivityHead.objects.values_list("number", flat=True).first()


@requires("activitylog.view_activityrecord", methods=("POST",))
def export(request: AgentRequest) -> StreamingHttpResponse:
    """The log as the address filters it, as a file, up to the record of this very export."""
    format = format_of(request)  # noqa: A001
    form = ActivityFilterForm(request.GET, agents=agents_known_to(request))
    last = export_activity_log(filters=understood(form), format=format.value, by=request.user)
    return download(
        exports.batches_up_to(last, form.apply(all_records())),
        name="activity-log",
        format=format,
        layout=exports.LAYOUT,
    )


@requires("activitylog.view_activityrecord")
def record(request: AgentRequest, number: int) -> HttpResponse:
    found = get_object_or_404(ActivityRecord, pk=number)
    template = "activitylog/record.html"
    if answers_fragment(request):
        template += "#in-place"
    return render(request, template, {"columns": 4, **record_context(found)})
