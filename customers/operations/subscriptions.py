"""Subscriptions: buying, suspending and reactivating them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from activitylog.models import ActivityRecord
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
from customers.models.subscription import end_of_commitment
from customers.operations.locking import locked, locked_reseller_customer, no_relationship
from customers.operations.orders import place_order
from partnercenter.authority import act
from partnercenter.one_line import one_line
from partnercenter.operations import Refused


def add_subscription(*, subscription: Subscription, by: Actor) -> Subscription:
    """Stores a subscription that the partner bought for the customer, and its order.

    `subscription` is filled and unsaved.

    Raises ValidationError for contradictory or missing fields, and Refused (no_relationship).
    """
    order_subscriptions(subscriptions=[subscription], by=by)
    return subscription


@act("customers.add_subscription")
def order_subscriptions(*, subscriptions: Sequence[Subscription], by: Actor) -> Order:
    """The same for several of one customer, in one order; returns the order.

    Each has its record. The order bears the number of the first, and is billed as the first is.
    One that is bought for a term ends with it, counted from the record's time.
    """
    customer = locked_reseller_customer(subscriptions[0].customer)
    order = Order(customer=customer, billing_cycle=subscriptions[0].billing_cycle)
    written = [_added(subscription, customer, order, by) for subscription in subscriptions]
    items = [_item(subscription) for subscription in subscriptions]
    return place_order(order=order, items=items, written=written[0], by=by)


def _added(
    subscription: Subscription, customer: Customer, order: Order, by: Actor
) -> ActivityRecord:
    subscription.full_clean(exclude=["created_at"])
    written = record(
        CustomerActivity.CREATE_SUBSCRIPTION,
        resource_type="subscription",
        resource_id=str(subscription.pk),
        customer=customer.affected,
        new={**_snapshot(subscription), **_term_of(subscription), "order": str(order.pk)},
        by=by,
    )
    subscription.created_at = written.at
    if subscription.commitment_end_date is None:
        subscription.commitment_end_date = _first_end(subscription, written.at.date())
    subscription.save(force_insert=True)
    return written


def _first_end(subscription: Subscription, start: dt.date) -> dt.date | None:
    """Where the term ends that begins on `start` (UTC). Usage ends when somebody ends it."""
    if not (subscription.is_license and subscription.term):
        return None
    return end_of_commitment(start, subscription.term, not_before=start)


def _term_of(subscription: Subscription) -> dict[str, Any]:
    return {"term": subscription.term} if subscription.term else {}


def _item(subscription: Subscription) -> OrderItem:
    """The line of an order that bought the subscription; it has no price here."""
    return OrderItem(
        friendly_name=subscription.offer_name,
        subscription=subscription,
        quantity=subscription.quantity,
    )


@act("customers.add_subscription")
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


@act("customers.change_subscription")
def update_subscription(
    *,
    subscription: Subscription,
    friendly_name: str | None = None,
    quantity: int | None = None,
    auto_renew: bool | None = None,
    etag: str | None = None,
    by: Actor,
) -> Subscription:
    """Renames it, or changes how many licenses it has or whether it renews itself; None leaves a
    thing as it is. Does nothing where all are the same. One that renews itself no more ends with
    the term that runs now.

    Raises ValidationError for a malformed name or quantity, and Refused: no_relationship,
    stale_etag where there is one that is not the subscription's any more, wrong_status for one
    that was deleted or is expired, quantity_of_usage for what is billed by usage.
    """
    customer = locked_reseller_customer(subscription.customer)
    subscription = Subscription.objects.get(pk=subscription.pk)
    if etag not in (None, subscription.etag):
        raise Refused(
            _("The subscription was changed since you read it. Read it again first."),
            code="stale_etag",
        )
    old, refusal = _snapshot(subscription), _why_over(subscription)
    if auto_renew not in (None, subscription.auto_renew):
        _turn_renewal(subscription)
    if friendly_name is not None:
        friendly_name = one_line(friendly_name)
    wanted = {"friendly_name": friendly_name, "quantity": quantity}
    for name, value in wanted.items():
        if value is not None:
            setattr(subscription, name, value)
    if _snapshot(subscription) == old:
        return subscription
    refusal = refusal or _why_no_quantity(subscription, old)
    if refusal:
        raise refusal
    subscription.full_clean(exclude=["created_at"])
    subscription.save(update_fields=[*wanted, "auto_renew", "commitment_end_date"])
    _record_change(CustomerActivity.UPDATE_SUBSCRIPTION, subscription, customer, old=old, by=by)
    return subscription


def _turn_renewal(subscription: Subscription) -> None:
    """On or off; it ends, or renews itself, with the term that runs now."""
    subscription.commitment_end_date = subscription.current_end
    subscription.auto_renew = not subscription.auto_renew


def _why_over(subscription: Subscription) -> Refused | None:
    if subscription.current_status in (SubscriptionStatus.DELETED, SubscriptionStatus.EXPIRED):
        return Refused(_("The subscription's status does not allow this."), code="wrong_status")
    return None


def _why_no_quantity(subscription: Subscription, old: dict[str, Any]) -> Refused | None:
    if subscription.quantity != old["quantity"] and not subscription.is_license:
        return Refused(
            _("What is billed by usage has no quantity that could be changed."),
            code="quantity_of_usage",
        )
    return None


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


@act("customers.change_subscription")
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
    if subscription.current_status == end:
        return subscription
    if subscription.current_status != start:
        raise Refused(_("The subscription's status does not allow this."), code="wrong_status")
    old = _snapshot(subscription)
    subscription.status = end
    subscription.save(update_fields=["status"])
    _record_change(activity, subscription, customer, old=old, by=by)
    return subscription


def _record_change(
    activity: CustomerActivity,
    subscription: Subscription,
    customer: Customer,
    *,
    old: dict[str, Any],
    by: Actor,
) -> None:
    record(
        activity,
        resource_type="subscription",
        resource_id=str(subscription.pk),
        customer=customer.affected,
        old=old,
        new=_snapshot(subscription),
        by=by,
    )


def _snapshot(subscription: Subscription) -> dict[str, Any]:
    end = subscription.commitment_end_date
    return {
        "product": subscription.product,
        "friendly_name": subscription.friendly_name,
        "quantity": subscription.quantity,
        "auto_renew": subscription.auto_renew,
        "status": subscription.status,
        **({"commitment_end_date": end.isoformat()} if end else {}),
    }
