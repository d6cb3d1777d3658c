"""Purchases as forms confirm them, and reservations that were bought."""

import uuid
from typing import Any

from activitylog.recording import Actor
from customers.models import (
    BillingCycle,
    Customer,
    CustomerUser,
    Reservation,
    ReservationProduct,
    Resource,
    Scope,
)
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.purchase_rules import Purchase
from customers.operations.purchasing import Bought, buy_reservation
from customers.pricing import price_of, today


def purchase_of(product: ReservationProduct, customer: Customer, **choices: Any) -> Purchase:
    """Two of them, paid at once, shared, on the customer's first subscription, at today's price."""
    price = price_of(product, customer, today())
    assert price
    subscription = customer.subscriptions.order_by("created_at").first()
    defaults = {
        "product": product,
        "quantity": 2,
        "billing_cycle": BillingCycle.ONE_TIME,
        "scope": Scope.SHARED,
        "subscription_id": subscription.pk if subscription else uuid.uuid4(),
        "unit_price": price.unit,
        "key": uuid.uuid4(),
    }
    return Purchase(**{**defaults, **choices})


def bought(
    product: ReservationProduct, customer: Customer, by: Actor, **choices: Any
) -> Reservation:
    """The reservation that came of such a purchase; a refusal fails the test."""
    purchase = purchase_of(product, customer, **choices)
    outcome = buy_reservation(customer=customer, purchase=purchase, by=by)
    assert isinstance(outcome, Bought), outcome
    return Reservation.objects.select_related("item__order", "product").get(
        item__order=outcome.order
    )


def allowed(customer: Customer, by: Actor) -> CustomerUser:
    """Turns the permission on; returns the customer's Owner."""
    set_purchase_permission(
        customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=by
    )
    return customer.users.filter(role_assignments__role="Owner").distinct().get()
