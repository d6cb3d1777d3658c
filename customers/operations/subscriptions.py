"""Subscriptions: buying, suspending and reactivating them."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import (
    Customer,
    Order,
    OrderItem,
    Product,
    Subscription,
    SubscriptionStatus,
)
from customers.operations.locking import locked, locked_reseller_customer, no_relationship
from customers.operations.orders import place_order
from partnercenter.operations import Refused


@transaction.atomic
def add_subscription(*, subscription: Subscription, by: Actor) -> Subscription:
    """Stores a subscription that the partner bought for the customer, and its order.

    `subscription` is filled and unsaved.

    Raises ValidationError for contradictory or missing fields, and Refused (no_relationship).
    """
    customer = locked_reseller_customer(subscription.customer)
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
    order = Order(customer=customer, billing_cycle=subscription.billing_cycle)
    place_order(order=order, items=[_item(subscription)], written=written, by=by)
    return subscription


def _item(subscription: Subscription) -> OrderItem:
    """The line of an order that bought the subscription; it has no price here."""
    return OrderItem(
        friendly_name=subscription.offer_name,
        subscription=subscription,
        quantity=subscription.quantity,
    )


@transaction.atomic
def buy_azure_plan(*, customer: Customer, by: Actor) -> Subscription:
    """An Azure plan for a customer who has none, but for deleted ones.

    Raises Refused (has_azure_plan, no_relationship).

    Source: “Give customers permission”, section *Verify the customer has an existing Azure
    subscription*.
    """
    customer = locked(customer)
    refusal = why_no_azure_plan(customer)
    if refusal:
        raise refusal
    plan = Subscription(
        customer=customer,
        product=Product.AZURE_PLAN,
        offer_name="Azure plan",  # the product's name, whatever language the buyer reads
        friendly_name="Azure plan",
    )
    return add_subscription(subscription=plan, by=by)


def why_no_azure_plan(customer: Customer) -> Refused | None:
    """Why no Azure plan can be bought for the customer, or None if it can."""
    if not customer.is_reseller_customer:
        return no_relationship()
    if not customer.subscriptions.azure_plans().not_deleted().exists():
        return None
    return Refused(
        _("This customer has an Azure plan already. Nothing was bought."), code="has_azure_plan"
    )


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
    """The reverse of `suspend_subscription`, with the same manners.

    Raises Refused (no_relationship) too, once the relationship has ended.
    """
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
    customer = locked_reseller_customer(subscription.customer)
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


def _snapshot(subscription: Subscription) -> dict[str, Any]:
    return {
        "product": subscription.product,
        "friendly_name": subscription.friendly_name,
        "quantity": subscription.quantity,
        "status": subscription.status,
    }
