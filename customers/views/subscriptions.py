"""Subscriptions: the list, buying an Azure plan, suspending and reactivating."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.customers import StatusForm
from customers.models import Customer, RoleAssignment, Subscription, SubscriptionStatus
from customers.operations.subscriptions import (
    buy_azure_plan,
    reactivate_subscription,
    suspend_subscription,
    why_no_azure_plan,
)
from customers.readiness import readiness_of
from customers.views.warnings import warn_of_obstacle
from partnercenter.access import requires
from partnercenter.agents.roles import roles_granting
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest, BadInput
from partnercenter.labels import told_apart
from partnercenter.logs import note_refusal
from partnercenter.operations import Refused

BUYING = "customers.add_subscription"


@requires("customers.view_subscription")
def subscriptions(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    owners = Prefetch(
        "role_assignments",
        RoleAssignment.objects.owners().select_related("user").order_by("user__display_name"),
        to_attr="owners",
    )
    everything = told_apart(
        customer.subscriptions.order_by("created_at", "id").prefetch_related(owners)
    )
    azure = [subscription for subscription in everything if subscription.is_azure]
    context = {
        "customer": customer,
        "usage_based": azure,
        "license_based": [each for each in everything if not each.is_azure],
        "may_buy_plan": request.user.has_perm(BUYING) and not why_no_azure_plan(customer),
        "roles": [role.label for role in roles_granting(BUYING)],
    }
    return render(request, "customers/subscriptions.html", context)


@requires(BUYING, methods=("GET", "HEAD", "POST"))
def buy_plan(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    form = form_of(Form, request)
    if attempt(form, lambda: buy_azure_plan(customer=customer, by=request.user)):
        sentence = _("%(customer)s has an Azure plan now.") % {"customer": customer.company_name}
        messages.success(request, sentence)
        return redirect("customers:subscriptions", customer_id)
    context = {
        "customer": customer,
        "form": form,
        "refusal": why_no_azure_plan(customer),
        "readiness": readiness_of(customer),
    }
    return render(request, "customers/buy_azure_plan.html", context, status=status_of(form))


@requires("customers.change_subscription", methods=("POST",))
def subscription_status(
    request: AgentRequest, customer_id: UUID, subscription_id: UUID
) -> HttpResponse:
    """Suspends or reactivates, by the status that is wanted."""
    found = get_object_or_404(
        Subscription.objects.select_related("customer"), pk=subscription_id, customer=customer_id
    )
    form = StatusForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The form must say which status is wanted."))
    try:
        messages.success(request, _moved(request, found, form.cleaned_data["status"]))
        warn_of_obstacle(request, found.customer)
    except Refused as refusal:
        note_refusal(refusal.code)
        messages.error(request, _("%(reason)s Nothing was changed.") % {"reason": refusal})
    return redirect("customers:subscriptions", customer_id)


def _moved(request: AgentRequest, subscription: Subscription, status: str) -> str:
    """Does it, and says what came of it."""
    names = {"subscription": subscription.label}
    if status == SubscriptionStatus.ACTIVE:
        reactivate_subscription(subscription=subscription, by=request.user)
        return _("%(subscription)s is active.") % names
    suspend_subscription(subscription=subscription, by=request.user)
    return _("%(subscription)s is suspended. Purchases on it are refused.") % names
