"""The switch: the only way in which a customer's permission to purchase changes.

Source: “Give customers permission”, section *Turn on or turn off customer permissions*.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import Customer, PurchasePermission, Resource
from customers.operations.locking import locked, no_relationship
from customers.readiness import Readiness, readiness_of
from partnercenter.authority import act
from partnercenter.operations import Refused

RESOURCE_TYPE = "purchase_permission"


@dataclass(frozen=True, slots=True)
class Move:
    """What came of wanting a state: the switch as it is stored now, and whether this moved it."""

    permission: PurchasePermission
    changed: bool


@act("customers.change_purchasepermission")
def set_purchase_permission(
    *,
    customer: Customer,
    resource: Resource,
    allowed: bool,
    undoes: int | None = None,
    by: Actor,
) -> Move:
    """Turns the customer's permission for one resource on or off, with one record.

    Wanting what is already so changes and records nothing. With `undoes`, the number of a record,
    it moves only while that record is the switch's last one.

    Raises Refused for turning on where `why_not` says so. Turning off is always possible.
    """
    customer = locked(customer)
    permission = stored_permission(customer, resource)
    came_too_late = undoes is not None and undoes != permission.record_number
    if permission.allowed == allowed or came_too_late:
        return Move(permission, changed=False)
    refusal = why_not(customer, readiness_of(customer)) if allowed else None
    if refusal:
        raise refusal
    return Move(_moved(permission, allowed=allowed, by=by), changed=True)


def why_not(customer: Customer, readiness: Readiness) -> Refused | None:
    """The rule of the switch: why it cannot be turned on, or None if it can.

    Every door gives this refusal, and its sentence stands beside a switch that cannot be moved. A
    missing Owner is a warning only; no relationship or no active Azure subscription is a no.
    """
    if not customer.is_reseller_customer:
        return no_relationship()
    return None if readiness.subscriptions else _no_azure_subscription()


def _no_azure_subscription() -> Refused:
    return Refused(
        _(
            "This customer has no active Azure plan or Azure Global subscription. Buy or "
            "reactivate one first; then the permission can be turned on."
        ),
        code="no_azure_subscription",
    )


def stored_permission(customer: Customer, resource: Resource) -> PurchasePermission:
    """The switch as stored; one that was never moved is off and not saved."""
    return customer.purchase_permissions.filter(resource=resource).first() or PurchasePermission(
        customer=customer, resource=resource
    )


def _moved(permission: PurchasePermission, *, allowed: bool, by: Actor) -> PurchasePermission:
    customer = permission.customer
    old = set(customer.purchase_permissions.allowed().values_list("resource", flat=True))
    new = old | {permission.resource} if allowed else old - {permission.resource}
    written = record(
        CustomerActivity.CREATE_PURCHASE_PERMISSION
        if allowed
        else CustomerActivity.DELETE_PURCHASE_PERMISSION,
        resource_type=RESOURCE_TYPE,
        resource_id=str(permission.resource),
        customer=customer.affected,
        old={"resources": sorted(old)},
        new={"resources": sorted(new)},
        by=by,
    )
    permission.allowed = allowed
    permission.record_number = written.number
    permission.changed_at = written.at
    permission.changed_by = written.actor_name
    permission.save()
    return permission
