"""Access control (IAM) of one Azure subscription: who holds Owner, Contributor, Reader."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.customers import RoleForm
from customers.models import RoleAssignment, Subscription
from customers.operations.role_assignments import assign_role, remove_role
from customers.readiness import readiness_of
from customers.views.warnings import warn_of_obstacle
from partnercenter.access import requires
from partnercenter.agents.roles import roles_granting
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest

ASSIGNING = "customers.add_roleassignment"


@requires("customers.view_roleassignment")
def access_control(request: AgentRequest, customer_id: UUID, subscription_id: UUID) -> HttpResponse:
    subscription = _azure_subscription(customer_id, subscription_id)
    return _page(request, subscription, RoleForm(customer=subscription.customer))


@requires(ASSIGNING, methods=("GET", "HEAD", "POST"))
def assign(request: AgentRequest, customer_id: UUID, subscription_id: UUID) -> HttpResponse:
    subscription = _azure_subscription(customer_id, subscription_id)
    form = form_of(RoleForm, request, customer=subscription.customer)
    if attempt(form, lambda: assign_role(assignment=_wanted(subscription, form), by=request.user)):
        messages.success(request, _holds(_wanted(subscription, form)))
        return redirect("customers:access_control", customer_id, subscription_id)
    return _page(request, subscription, form)


@requires("customers.delete_roleassignment", methods=("POST",))
def remove(
    request: AgentRequest, customer_id: UUID, subscription_id: UUID, assignment_id: int
) -> HttpResponse:
    """Takes a role away; one that is gone already is no error."""
    subscription = _azure_subscription(customer_id, subscription_id)
    held = RoleAssignment.objects.select_related("user", "subscription__customer")
    assignment = held.filter(pk=assignment_id, subscription=subscription).first()
    if assignment:
        remove_role(assignment=assignment, by=request.user)
        messages.success(request, _holds_no_longer(assignment))
        warn_of_obstacle(request, subscription.customer)
    return redirect("customers:access_control", customer_id, subscription_id)


def _azure_subscription(customer_id: UUID, subscription_id: UUID) -> Subscription:
    azure = Subscription.objects.azure().select_related("customer")
    return get_object_or_404(azure, pk=subscription_id, customer=customer_id)


def _wanted(subscription: Subscription, form: RoleForm) -> RoleAssignment:
    return RoleAssignment(
        subscription=subscription, user=form.cleaned_data["user"], role=form.cleaned_data["role"]
    )


def _page(request: AgentRequest, subscription: Subscription, form: RoleForm) -> HttpResponse:
    assignments = subscription.role_assignments.select_related("user")
    context = {
        "customer": subscription.customer,
        "subscription": subscription,
        "assignments": assignments.order_by("user__display_name", "role"),
        "form": form,
        "readiness": readiness_of(subscription.customer),
        "roles": [role.label for role in roles_granting(ASSIGNING)],
    }
    return render(request, "customers/access_control.html", context, status=status_of(form))


def _holds(assignment: RoleAssignment) -> str:
    return _("%(user)s now holds %(role)s on %(subscription)s.") % _names(assignment)


def _holds_no_longer(assignment: RoleAssignment) -> str:
    return _("%(user)s no longer holds %(role)s on %(subscription)s.") % _names(assignment)


def _names(assignment: RoleAssignment) -> dict[str, str]:
    return {
        "user": str(assignment.user),
        "role": assignment.get_role_display(),
        "subscription": assignment.subscription.label,
    }
