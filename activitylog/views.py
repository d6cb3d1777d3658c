"""The Activity log: the whole of it, for agents who may read it whole."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from activitylog.forms import ActivityFilterForm, all_records
from activitylog.listing import record_context, render_records
from activitylog.models import ActivityRecord
from partnercenter.access import requires
from partnercenter.http import AgentRequest, answers_fragment


@requires("activitylog.view_activityrecord")
def activity_log(request: AgentRequest) -> HttpResponse:
    return render_records(
        request,
        "activitylog/activity_log.html",
        records=all_records(),
        form=ActivityFilterForm(request.GET),
    )


@requires("activitylog.view_activityrecord")
def record(request: AgentRequest, number: int) -> HttpResponse:
    found = get_object_or_404(ActivityRecord, pk=number)
    template = "activitylog/record.html"
    if answers_fragment(request):
        template += "#in-place"
    return render(request, template, {"columns": 4, **record_context(found)})
