"""A customer's front door, and Activity."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from activitylog.agents import agents_known_to
from activitylog.forms import CustomerActivityFilterForm, all_records
from activitylog.listing import record_context, render_records
from customers.models import Customer
from partnercenter.access import requires
from partnercenter.http import AgentRequest, answers_fragment


@requires("customers.view_customer")
def customer(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    return redirect("customers:subscriptions", customer_id)


@requires("customers.view_customer")
def activity(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    found = get_object_or_404(Customer, pk=customer_id)
    return render_records(
        request,
        "customers/activity.html",
        records=all_records().of_customer(str(found.pk)),
        form=CustomerActivityFilterForm(request.GET, agents=agents_known_to(request)),
        context={"customer": found},
    )


@requires("customers.view_customer")
def record(request: AgentRequest, customer_id: UUID, number: int) -> HttpResponse:
    found = get_object_or_404(Customer, pk=customer_id)
    shown = get_object_or_404(all_records().of_customer(str(found.pk)), pk=number)
    template = "customers/record.html"
    if answers_fragment(request):
        template = "activitylog/record.html#in-place"
    return render(request, template, {"customer": found, "columns": 3, **record_context(shown)})
