"""Subscriptions: adding, suspending, reactivating, and who holds which role on them."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import RoleAssignment, Subscription, SubscriptionStatus
from customers.operations.locking import locked
from partnercenter.operations import Refused


@transaction.atomic
def add_subscription(*, subscription: Subscription, by: Actor) -> Subscription:
    """Stores a subscription that the partner bought for the customer; filled and unsaved.

    Raises ValidationError for contradictory or missing fields.
    """
    customer = locked(subscription.customer)
    subscription.full_clean(exclude=["created_at"])
    written = record(
        CustomerActivity.CREATE_SUBSCRIPTION,
        resource_type="subscription",
        resource_id=str(subscription.pk),
        customer=customer.affected,
        new=_snapshot(subscription),
        by=by,
    )
    subscription.created_at = written.at
    subscription.save(force_insert=True)
    return subscription


def suspend_subscription(*, subscription: Subscription, by: Actor) -> Subscription:
    """An active subscription is suspended: purchases on it are refused from now on.

    Raises Refused for any other status but suspended, which changes nothing.
    """
    return _move(
        subscription,
        start=SubscriptionStatus.ACTIVE,
        end=SubscriptionStatus.SUSPENDED,
        activity=CustomerActivity.SUSPEND_SUBSCRIPTION,
        by=by,
    )


def reactivate_subscription(*, subscription: Subscription, by: Actor) -> Subscription:
    """The reverse of `suspend_subscription`, with the same manners."""
    return _move(
        subscription,
        start=SubscriptionStatus.SUSPENDED,
        end=SubscriptionStatus.ACTIVE,
        activity=CustomerActivity.REACTIVATE_SUBSCRIPTION,
        by=by,
    )


@transaction.atomic
def _move(
    subscription: Subscription,
    *,
    start: SubscriptionStatus,
    end: SubscriptionStatus,
    activity: CustomerActivity,
    by: Actor,
) -> Subscription:
    customer = locked(subscription.customer)
    subscription = Subscription.objects.get(pk=subscription.pk)
    if subscription.status == end:
        return subscription
    if subscription.status != start:
        raise Refused(_("The subscription's status does not allow this."), code="wrong_status")
    old = _snapshot(subscription)
    subscription.status = end
    subscription.save(update_fields=["status"])
    record(
        activity,
        resource_type="subscription",
        resource_id=str(subscription.pk),
        customer=customer.affected,
        old=old,
        new=_snapshot(subscription),
        by=by,
    )
    return subscription


@transaction.atomic
def assign_role(*, assignment: RoleAssignment, by: Actor) -> RoleAssignment:
    """Gives a customer's user a role on one of the same customer's Azure subscriptions.

    `assignment` is filled and unsaved; one that stands already is returned as it is. Raises
    Refused for another customer's user and for a subscription without role-based access.
    """
    subscription, user = assignment.subscription, assignment.user
    customer = locked(subscription.customer)
    if user.customer_id != customer.pk:
        raise Refused(
            _("The user belongs to another customer than the subscription."), code="other_customer"
        )
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


@transaction.atomic
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


def _snapshot(subscription: Subscription) -> dict[str, Any]:
    return {
        "product": subscription.product,
        "friendly_name": subscription.friendly_name,
        "quantity": subscription.quantity,
        "status": subscription.status,
    }
