"""Who holds which role on a subscription.

Source: “Give customers permission”, section *Verify the customer has been assigned the correct role
in Azure*.
"""

from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import CustomerUser, RoleAssignment
from customers.operations.locking import locked, locked_reseller_customer
from partnercenter.authority import act
from partnercenter.operations import Refused


@act("customers.add_roleassignment")
def assign_role(*, assignment: RoleAssignment, by: Actor) -> RoleAssignment:
    """Gives a customer's user a role on one of the same customer's Azure subscriptions.

    `assignment` is filled and unsaved; one that stands already is returned as it is. Raises
    Refused for another customer's user, for one who was removed, for a subscription without
    role-based access, and where the relationship has ended.
    """
    subscription, user = assignment.subscription, assignment.user
    customer = locked_reseller_customer(subscription.customer)
    if user.customer_id != customer.pk:
        raise Refused(
            _("The user belongs to another customer than the subscription."), code="other_customer"
        )
    if not CustomerUser.objects.active().filter(pk=user.pk).exists():
        raise Refused(_("The user was removed."), code="removed_user")
    if not subscription.is_azure:
        raise Refused(
            _("Roles are held on Azure plan and Azure Global subscriptions only."), code="not_azure"
        )
    standing = RoleAssignment.objects.filter(
        subscription=subscription, user=user, role=assignment.role
    ).first()
    if standing:
        return standing
    assignment.full_clean()
    assignment.save(force_insert=True)
    _record_role(CustomerActivity.CREATE_ROLE_ASSIGNMENT, assignment, new=True, by=by)
    return assignment


@act("customers.delete_roleassignment")
def remove_role(*, assignment: RoleAssignment, by: Actor) -> None:
    """Takes the role away; does nothing where it is gone already."""
    locked(assignment.subscription.customer)
    deleted, _details = RoleAssignment.objects.filter(pk=assignment.pk).delete()
    if deleted:
        _record_role(CustomerActivity.DELETE_ROLE_ASSIGNMENT, assignment, new=False, by=by)


def _record_role(
    activity: CustomerActivity, assignment: RoleAssignment, *, new: bool, by: Actor
) -> None:
    facts = {
        "user_principal_name": assignment.user.user_principal_name,
        "role": assignment.role,
        "subscription": assignment.subscription.friendly_name,
    }
    record(
        activity,
        resource_type="subscription",
        resource_id=str(assignment.subscription_id),
        customer=assignment.subscription.customer.affected,
        old=None if new else facts,
        new=facts if new else None,
        by=by,
    )
