"""A customer's switches together, as programs know them: one self-serve policy, or none.

Source: partner-center facts, section 3. Each switch moves through `set_purchase_permission`, with a
record of its own.
"""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor
from customers.models import Customer, Resource
from customers.operations.locking import locked, locked_reseller_customer
from customers.operations.purchase_permissions import set_purchase_permission
from customers.self_serve_policies import Policy, policy_of
from partnercenter.authority import act
from partnercenter.operations import Refused


@act("customers.change_purchasepermission")
def create_policy(*, customer: Customer, resources: Collection[Resource], by: Actor) -> Policy:
    """Turns these resources on for a customer who has none on.

    Raises Refused (policy_exists) where any is on already, and what turning on raises.
    """
    customer = locked_reseller_customer(customer)
    if policy_of(customer):
        raise Refused(
            _("This customer has a self-serve policy already. Change or delete it instead."),
            code="policy_exists",
        )
    return _with(customer, resources, by)


@act("customers.change_purchasepermission")
def replace_policy(
    *, customer: Customer, resources: Collection[Resource], etag: str | None, by: Actor
) -> Policy:
    """Turns exactly these resources on, of a customer who has any on.

    Raises Refused (no_policy, stale_etag): with an etag, only while it is the policy's.
    """
    customer = locked_reseller_customer(customer)
    policy = policy_of(customer)
    if policy is None:
        raise no_policy()
    if etag is not None and etag != policy.etag:
        raise Refused(
            _("The policy was changed since you read it. Read it again, then change it."),
            code="stale_etag",
        )
    return _with(customer, resources, by)


@act("customers.change_purchasepermission")
def delete_policy(*, customer: Customer, by: Actor) -> None:
    """Turns everything off. Raises Refused (no_policy) where nothing is on."""
    customer = locked(customer)
    if policy_of(customer) is None:
        raise no_policy()
    _move(customer, (), by)


def no_policy() -> Refused:
    return Refused(_("This customer has no self-serve policy."), code="no_policy")


def _with(customer: Customer, resources: Collection[Resource], by: Actor) -> Policy:
    _move(customer, resources, by)
    policy = policy_of(customer)
    assert policy is not None  # noqa: S101 (at least one resource is on)
    return policy


def _move(customer: Customer, resources: Collection[Resource], by: Actor) -> None:
    for resource in Resource:
        set_purchase_permission(
            customer=customer, resource=resource, allowed=resource in resources, by=by
        )
