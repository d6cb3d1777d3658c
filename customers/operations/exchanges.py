"""Exchanging a reservation for another one of the same type.

Source: partner-center facts, section 7, *Exchange*: the same product type, a new commitment of at
least the remaining one, a fresh term, no fee, and a credit for the unused part of what was paid.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor
from customers.events import CustomerActivity
from customers.models import (
    Order,
    OrderItem,
    RefundReason,
    Reservation,
    ReservationStatus,
    TransactionType,
)
from customers.money import Money, nothing
from customers.operations.locking import hold_log
from customers.operations.orders import place_order, reserve
from customers.operations.purchase_rules import Purchase, refuse_bad_shape, why_no_purchase
from customers.operations.purchasing import order_item
from customers.operations.reservations import (
    end_early,
    give_back,
    held,
    serving_until,
    why_unchangeable,
    write_down,
)
from customers.refunds import Balance, balance_of, codes
from partnercenter.authority import act
from partnercenter.operations import Refused


@dataclass(frozen=True, slots=True)
class Exchange:
    """What an exchange comes to: a purchase, less the credit for what it takes the place of."""

    purchase: Purchase
    balance: Balance

    @property
    def credit(self) -> Money:
        return self.balance.credit

    @property
    def to_pay(self) -> Money:
        """The total of its order. Below zero it goes back to the partner."""
        return self.purchase.total - self.credit

    @property
    def facts(self) -> dict[str, Any]:
        """The figures as records keep them, those of the old reservation's balance included."""
        return {
            **self.purchase.facts,
            **self.balance.facts,
            **codes({"to_pay": self.to_pay}),
        }


def exchange_of(reservation: Reservation, purchase: Purchase) -> Exchange:
    """What exchanging the reservation for this purchase comes to now."""
    return Exchange(purchase, balance_of(reservation))


def why_no_exchange(reservation: Reservation, exchange: Exchange) -> Refused | None:
    """The first rule of exchanges that is broken, or None if none is.

    The rules of purchases hold besides.
    """
    return (
        why_unchangeable(reservation)
        or _why_not_for(reservation, exchange.purchase)
        or _why_too_small(exchange)
    )


def _why_not_for(reservation: Reservation, purchase: Purchase) -> Refused | None:
    if purchase.product.product_type != reservation.product.product_type:
        return Refused(
            _(
                "A reservation is exchanged for one of the same product type only. Choose another "
                "product, or cancel this reservation and buy the other one."
            ),
            code="other_type",
        )
    if purchase.product.currency != reservation.currency:
        return Refused(
            _("A reservation is exchanged within its currency only. Choose another product."),
            code="other_currency",
        )
    return None


def _why_too_small(exchange: Exchange) -> Refused | None:
    if exchange.balance.remaining <= exchange.purchase.total:
        return None
    amounts = {"total": exchange.purchase.total, "remaining": exchange.balance.remaining}
    return Refused(
        _(
            "The new commitment is %(total)s, and must be at least the remaining one, "
            "%(remaining)s. Choose a greater quantity or another product."
        )
        % amounts,
        code="too_small",
    )


@act("customers.change_reservation")
def exchange_reservation(
    *, reservation: Reservation, purchase: Purchase, expected_credit: Money, by: Actor
) -> Reservation:
    """Ends the reservation now and buys the other one, by one order that bears the credit too.

    Exchanging again for the same purchase does nothing more. Returns the new reservation.

    Raises Refused (through_partner, no_relationship, not_active, other_type, other_currency,
    too_small, credit_changed where the credit is not the reviewed one, and as a purchase does).
    """
    reservation = held(reservation, by)
    done = Reservation.objects.filter(replaces=reservation).first()
    if done and _is_bought_by(purchase, done):
        return done
    refuse_bad_shape(reservation.customer, purchase)
    hold_log()
    exchange = exchange_of(reservation, purchase)
    refusal = why_no_exchange(reservation, exchange) or why_no_purchase(
        reservation.customer, purchase, by
    )
    if refusal:
        raise refusal
    if exchange.credit != expected_credit:
        raise Refused(
            _("The credit has changed since the review. Review the exchange again."),
            code="credit_changed",
        )
    return _exchange(reservation, exchange, by)


def _is_bought_by(purchase: Purchase, reservation: Reservation) -> bool:
    """Whether the reservation is what the purchase chose."""
    chosen = (purchase.product.pk, purchase.quantity, purchase.billing_cycle, purchase.scope)
    bought = (
        reservation.product_id,
        reservation.quantity,
        reservation.billing_cycle,
        reservation.scope,
    )
    return chosen == bought and purchase.subscription_id == reservation.subscription_id


def _exchange(reservation: Reservation, exchange: Exchange, by: Actor) -> Reservation:
    purchase = exchange.purchase
    order = Order(
        customer=reservation.customer,
        billing_cycle=purchase.billing_cycle,
        currency=reservation.currency,
    )
    new = Reservation(scope=purchase.scope, replaces=reservation)
    written = write_down(
        CustomerActivity.EXCHANGE_RESERVATION,
        reservation,
        old=serving_until(reservation),
        new={
            "status": str(ReservationStatus.EXCHANGED),
            "reservation": str(new.pk),
            "order": str(order.pk),
            **exchange.facts,
        },
        by=by,
    )
    item = order_item(purchase)
    items = [item, _credit_item(reservation, exchange.credit)]
    place_order(order=order, items=items, written=written, by=by)
    end_early(reservation, ReservationStatus.EXCHANGED, written.at)
    no_fee = nothing(reservation.currency)
    give_back(reservation, RefundReason.EXCHANGE, exchange.credit, no_fee, written)
    return reserve(reservation=new, item=item, starts_at=written.at)


def _credit_item(reservation: Reservation, credit: Money) -> OrderItem:
    """The line that gives back what was unused. It buys nothing, so it has no product."""
    return OrderItem(
        transaction_type=TransactionType.CREDIT,
        friendly_name=f"Credit for {reservation.item.friendly_name}"[:255],
        subscription=reservation.subscription,
        unit_amount=(-credit).amount,
        amount=(-credit).amount,
    )
