"""How an order is written, whatever it is for."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from activitylog.models import ActivityRecord
from activitylog.recording import Actor
from customers.models import CustomerUser, Order, OrderItem, PurchasedBy, Reservation
from customers.models.reservation import end_of_term


def place_order(
    *, order: Order, items: Sequence[OrderItem], written: ActivityRecord, by: Actor
) -> Order:
    """Stores an order with its items, all unsaved, as the act that `written` records.

    It bears the record's number and time. Its total is the sum of those of its items.
    """
    order.number, order.created_at = written.number, written.at
    order.purchased_by = (
        PurchasedBy.CUSTOMER if isinstance(by, CustomerUser) else PurchasedBy.PARTNER
    )
    order.buyer_id, order.buyer_name = by.actor_id, by.user_principal_name
    amounts = [item.amount for item in items if item.amount is not None]
    order.amount = sum(amounts, Decimal(0)) if amounts else None
    order.save(force_insert=True)
    for line_number, item in enumerate(items, start=1):
        item.order, item.line_number = order, line_number
        item.save(force_insert=True)
    return order


def reserve(*, reservation: Reservation, item: OrderItem, starts_at: dt.datetime) -> Reservation:
    """Stores the reservation that a placed item bought; its term begins at `starts_at` (aware).

    `reservation` is unsaved and bears its scope, and what it renews or replaces. Without a name it
    is called by its SKU and its first day.
    """
    product, subscription, amount = item.product, item.subscription, item.amount
    assert product and subscription and amount is not None  # noqa: S101, PT018 (of the catalogue)
    reservation.item = item
    reservation.customer = item.order.customer
    reservation.name = reservation.name or f"{product.sku}_{starts_at:%Y-%m-%d}"[:64]
    reservation.product, reservation.quantity = product, item.quantity
    reservation.subscription = subscription
    reservation.billing_cycle = item.order.billing_cycle
    reservation.currency, reservation.amount = item.order.currency, amount
    reservation.starts_at = starts_at
    reservation.ends_at = reservation.term_ends_at = end_of_term(starts_at, item.term)
    reservation.save(force_insert=True)
    return reservation
