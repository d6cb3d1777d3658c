"""Renewing a reservation: the same again, at today's price.

Source: partner-center facts, section 7, *Renew*. A renewal is a purchase, so that a product whose
sale has ended isn't renewed either.
"""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from activitylog import clock
from activitylog.recording import Actor
from customers.events import CustomerActivity
from customers.models import (
    BillingCycle,
    Order,
    RefundTerms,
    Reservation,
    ReservationStatus,
    Scope,
    TransactionType,
)
from customers.money import Money
from customers.operations.locking import hold_log, no_relationship
from customers.operations.orders import place_order, reserve
from customers.operations.purchase_rules import (
    Purchase,
    not_on_sale,
    refuse_bad_shape,
    why_no_purchase,
)
from customers.operations.purchasing import order_item
from customers.operations.reservations import OVER, held, write_down
from customers.pricing import price_of, today
from customers.refunds import no_terms, terms_in_force
from partnercenter.authority import act
from partnercenter.operations import Refused


def why_no_renewal(reservation: Reservation, terms: RefundTerms | None) -> Refused | None:
    """Why it cannot be renewed now, under the terms in force, or None if it can.

    Whether it can be bought at today's price is asked as for every purchase.
    """
    if not reservation.customer.is_reseller_customer:
        return no_relationship()
    status = reservation.status_at(clock.now())
    if status in (ReservationStatus.CANCELLED, ReservationStatus.EXCHANGED):
        return Refused(OVER[status], code="not_active")
    if hasattr(reservation, "renewed_by"):
        return Refused(_("This reservation was renewed already."), code="renewed")
    if status == ReservationStatus.EXPIRED:
        return None
    return no_terms() if terms is None else _why_too_early(reservation, terms)


def _why_too_early(reservation: Reservation, terms: RefundTerms) -> Refused | None:
    first = reservation.ends_at - dt.timedelta(days=terms.renewal_days)
    if first <= clock.now():
        return None
    day = date_format(first.astimezone(dt.UTC), "DATE_FORMAT")
    return Refused(
        _("This reservation can be renewed from %(day)s on.") % {"day": day}, code="too_early"
    )


def renewal_at(reservation: Reservation, price: Money) -> Purchase:
    """The purchase that renews the reservation at this unit price."""
    return Purchase(
        product=reservation.product,
        quantity=reservation.quantity,
        billing_cycle=BillingCycle(reservation.billing_cycle),
        scope=Scope(reservation.scope),
        subscription_id=reservation.subscription_id,
        unit_price=price,
        key=reservation.pk,
    )


def renewal_of(reservation: Reservation) -> Purchase:
    """The same at today's price. Raises Refused: no_price for a product that has none, end_of_sale
    for one that is no longer sold.
    """
    price = price_of(reservation.product, reservation.customer, today())
    if price is None:
        raise Refused(
            _(
                "This product has no price any more. Buy another reservation when this one has "
                "ended, or exchange it before."
            ),
            code="no_price",
        )
    if not price.product.is_on_sale(today()):
        raise not_on_sale()
    return renewal_at(reservation, price.unit)


def start_of_renewal(reservation: Reservation) -> dt.datetime:
    """Where the reservation ends, or now if it has ended."""
    return max(reservation.ends_at, clock.now())


@act("customers.change_reservation")
def renew_reservation(*, reservation: Reservation, expected_price: Money, by: Actor) -> Reservation:
    """Buys the same again from the end of its term on, or from now on if it is over.

    `expected_price` is the unit price of the review. Renewing again at the same price does nothing
    more. Returns the new reservation.

    Raises Refused (through_partner, no_relationship, not_active, renewed, too_early, no_terms, and
    as a purchase does).
    """
    reservation = held(reservation, by)
    purchase = renewal_at(reservation, expected_price)
    done = Reservation.objects.filter(renews=reservation).first()
    if done and done.commitment == purchase.total:
        return done
    refuse_bad_shape(reservation.customer, purchase)
    hold_log()
    refusal = why_no_renewal(reservation, terms_in_force(reservation.currency)) or why_no_purchase(
        reservation.customer, purchase, by
    )
    if refusal:
        raise refusal
    return _renew(reservation, purchase, by)


def _renew(reservation: Reservation, purchase: Purchase, by: Actor) -> Reservation:
    order = Order(
        customer=reservation.customer,
        billing_cycle=purchase.billing_cycle,
        currency=reservation.currency,
    )
    new = Reservation(scope=purchase.scope, renews=reservation)
    written = write_down(
        CustomerActivity.RENEW_RESERVATION,
        reservation,
        old=None,
        new={"reservation": str(new.pk), "order": str(order.pk), **purchase.facts},
        by=by,
    )
    item = order_item(purchase)
    item.transaction_type = TransactionType.RENEW
    place_order(order=order, items=[item], written=written, by=by)
    return reserve(reservation=new, item=item, starts_at=max(reservation.ends_at, written.at))
