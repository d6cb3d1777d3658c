"""Cancelling a reservation, with the refund that was reviewed.

Source: partner-center facts, section 7, *Cancel*.
"""

from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor
from customers.events import CustomerActivity
from customers.models import (
    OrderStatus,
    Refund,
    RefundReason,
    RefundTerms,
    Reservation,
    ReservationStatus,
)
from customers.money import Money
from customers.operations.reservations import (
    end_early,
    give_back,
    held,
    serving_until,
    why_not_active,
    write_down,
)
from customers.refunds import Cancellation, cancellation_of, no_terms, terms_in_force
from partnercenter.authority import act
from partnercenter.operations import Refused


def why_no_cancellation(reservation: Reservation, terms: RefundTerms | None) -> Refused | None:
    """Why it cannot be cancelled under the terms in force, or None if it can.

    It can after the relationship has ended too: what was paid is the partner's money.
    """
    return why_not_active(reservation) or (no_terms() if terms is None else None)


@act("customers.change_reservation")
def cancel_reservation(*, reservation: Reservation, expected_refund: Money, by: Actor) -> Refund:
    """Ends the reservation now, and its order with it, with the refund that the review showed.

    Cancelling again at the same refund does nothing more and returns what was refunded.

    Raises Refused (through_partner, not_active, no_terms), and refund_changed where the refund is
    no longer the one that was reviewed.
    """
    reservation = held(reservation, by)
    refund = Refund.objects.filter(reservation=reservation, reason=RefundReason.CANCEL).first()
    if refund and refund.refunded == expected_refund:
        return refund
    cancellation = reviewed(reservation)
    if cancellation.refund != expected_refund:
        raise Refused(
            _("The refund has changed since the review. Review it again; nothing was cancelled."),
            code="refund_changed",
        )
    return _cancel(reservation, cancellation, by)


def reviewed(reservation: Reservation) -> Cancellation:
    """What cancelling gives back now. Raises Refused where it cannot be cancelled."""
    terms = terms_in_force(reservation.currency)
    refusal = why_no_cancellation(reservation, terms)
    if refusal or terms is None:
        raise refusal or no_terms()
    return cancellation_of(reservation, terms)


def _cancel(reservation: Reservation, cancellation: Cancellation, by: Actor) -> Refund:
    written = write_down(
        CustomerActivity.CANCEL_RESERVATION,
        reservation,
        old=serving_until(reservation),
        new={"status": str(ReservationStatus.CANCELLED), **cancellation.facts},
        by=by,
    )
    end_early(reservation, ReservationStatus.CANCELLED, written.at)
    order = reservation.item.order
    order.status = OrderStatus.CANCELLED
    order.save(update_fields=["status"])
    return give_back(
        reservation, RefundReason.CANCEL, cancellation.refund, cancellation.fee, written
    )
