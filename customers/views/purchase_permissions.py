"""Customer permissions on the Account page: the switches, what is said after a move, and Undo."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.forms.customers import PurchasePermissionForm
from customers.models import Customer, PurchasePermission, Resource
from customers.operations.purchase_permissions import (
    Move,
    set_purchase_permission,
    stored_permission,
    why_not,
)
from customers.purchases import Purchases, purchases_under
from customers.readiness import Readiness, readiness_of
from partnercenter.access import requires
from partnercenter.agents.roles import roles_granting
from partnercenter.http import AgentRequest, BadInput, answers_fragment
from partnercenter.logs import note_refusal
from partnercenter.operations import Refused
from partnercenter.times import ago, exact

PERMISSION = "customers.change_purchasepermission"
SESSION_KEY = "moved"
TEMPLATE = "customers/account.html"


@dataclass(frozen=True, slots=True)
class Switch:
    """One group under Customer permissions, as this agent sees it."""

    permission: PurchasePermission
    readiness: Readiness
    may_move: bool
    purchases: Purchases | None

    @property
    def resource(self) -> Resource:
        return Resource(self.permission.resource)

    @property
    def enabled(self) -> bool:
        return self.may_move and (self.permission.allowed or self.refusal is None)

    @property
    def refusal(self) -> Refused | None:
        """Why it cannot be turned on, or None if it can."""
        return why_not(self.permission.customer, self.readiness)

    @property
    def wanted(self) -> str:
        return "false" if self.permission.allowed else "true"

    @property
    def obstacle(self) -> Promise | None:
        return self.readiness.obstacle if self.permission.allowed else None

    @property
    def changed(self) -> tuple[str, str]:
        """When it was moved last: how long ago, and exactly."""
        return ago(self.permission.changed_at), exact(self.permission.changed_at)

    @property
    def address(self) -> str:
        return reverse(
            "customers:purchase_permission", args=[self.permission.customer_id, self.resource]
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """What the status region says after a press, and the switch it speaks of."""

    sentence: str
    switch: Switch
    undoes: int | None = None


@requires(PERMISSION, methods=("POST",))
def purchase_permission(request: AgentRequest, customer_id: UUID, resource: str) -> HttpResponse:
    """Moves the switch to the wanted state, or takes a move back (`undoes`, a record's number)."""
    customer = get_object_or_404(Customer.objects.select_related("billing_profile"), pk=customer_id)
    if resource not in Resource.values:
        raise Http404
    try:
        move = _move(request, customer, Resource(resource))
    except Refused as refusal:
        return _refused(request, customer, Resource(resource), refusal)
    number = move.permission.record_number if move.changed else None
    if answers_fragment(request):
        return _fragment(request, _notice(_fresh_switch(request, move.permission), number))
    moved = {"customer": str(customer.pk), "resource": resource, "number": number}
    request.session[SESSION_KEY] = moved
    address = reverse("customers:account", args=[customer.pk])
    return redirect(f"{address}#purchase-permission-{resource}")


def _move(request: AgentRequest, customer: Customer, resource: Resource) -> Move:
    form = PurchasePermissionForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The form must say whether the customer is allowed to purchase."))
    return set_purchase_permission(
        customer=customer,
        resource=resource,
        allowed=form.cleaned_data["allowed"],
        undoes=form.cleaned_data["undoes"],
        by=request.user,
    )


def render_account(
    request: AgentRequest, customer: Customer, *, notice: Notice | None = None, status: int = 200
) -> HttpResponse:
    """The Account page. After a plain form's redirect it says, once, what came of it."""
    switches = _switches(request, customer)
    context = {
        "customer": customer,
        "switches": switches,
        "notice": notice or _notice_after_redirect(request, customer, switches),
        "roles": [role.label for role in roles_granting(PERMISSION)],
    }
    return render(request, TEMPLATE, context, status=status)


def _switches(request: AgentRequest, customer: Customer) -> list[Switch]:
    stored = {row.resource: row for row in customer.purchase_permissions.all()}
    readiness = readiness_of(customer)
    permissions = [
        stored.get(resource, PurchasePermission(customer=customer, resource=resource))
        for resource in Resource
    ]
    return [_switch(request, permission, readiness) for permission in permissions]


def _refused(
    request: AgentRequest, customer: Customer, resource: Resource, refusal: Refused
) -> HttpResponse:
    note_refusal(refusal.code)
    switch = _fresh_switch(request, stored_permission(customer, resource))
    notice = Notice(_("%(reason)s Nothing was changed.") % {"reason": refusal}, switch)
    if answers_fragment(request):
        return _fragment(request, notice, status=422)
    return render_account(request, customer, notice=notice, status=422)


def _fragment(request: AgentRequest, notice: Notice, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "customer": notice.switch.permission.customer,
        "switch": notice.switch,
        "notice": notice,
        "roles": [role.label for role in roles_granting(PERMISSION)],
    }
    return render(request, f"{TEMPLATE}#moved", context, status=status)


def _fresh_switch(request: AgentRequest, permission: PurchasePermission) -> Switch:
    return _switch(request, permission, readiness_of(permission.customer))


def _switch(request: AgentRequest, permission: PurchasePermission, readiness: Readiness) -> Switch:
    may_move = request.user.has_perm(PERMISSION)
    return Switch(permission, readiness, may_move, purchases_under(permission))


def _notice_after_redirect(
    request: AgentRequest, customer: Customer, switches: list[Switch]
) -> Notice | None:
    """Once, on the page of the customer whose switch was pressed; other pages leave it alone."""
    moved = request.session.get(SESSION_KEY)
    if not moved or moved["customer"] != str(customer.pk):
        return None
    del request.session[SESSION_KEY]
    switch = next(switch for switch in switches if switch.resource == moved["resource"])
    return _notice(switch, moved["number"])


def _notice(switch: Switch, number: int | None) -> Notice:
    """`number` is the record of this agent's move, or None where nothing had to be changed.

    Undo is offered while that is the switch's last record and the rule lets it be taken back.
    """
    permission = switch.permission
    if number is None:
        return Notice(_("Nothing was changed. %(state)s") % {"state": _state(permission)}, switch)
    if number != permission.record_number:
        sentence = _("Your change was made, and then the switch was moved again. %(state)s")
        return Notice(sentence % {"state": _state(permission)}, switch)
    names = {"customer": permission.customer.company_name, "resource": switch.resource.label}
    if permission.allowed:
        return Notice(_("%(customer)s can now purchase %(resource)s.") % names, switch, number)
    undoes = None if switch.refusal else number
    return Notice(_("%(customer)s can no longer purchase %(resource)s.") % names, switch, undoes)


def _state(permission: PurchasePermission) -> str:
    """The stored state and its author, as a sentence."""
    if permission.record_number is None:
        return _("The switch is off and was never turned on.")
    author = {"agent": permission.changed_by, "time": exact(permission.changed_at)}
    if permission.allowed:
        return _("The switch is on, turned on by %(agent)s at %(time)s.") % author
    return _("The switch is off, turned off by %(agent)s at %(time)s.") % author
