"""What becomes of a reservation: another name, another scope, the end of its term.

Source: “Give customers permission”, section *Help customers manage reservations they purchase*:
customers ask their partner to exchange, cancel or renew a reservation, or to change its scope.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _

from activitylog import clock
from activitylog.models import ActivityRecord
from activitylog.recording import Actor, System, record
from customers.events import CustomerActivity
from customers.models import (
    CustomerUser,
    Refund,
    RefundReason,
    Reservation,
    ReservationStatus,
    Scope,
    Subscription,
)
from customers.money import Money
from customers.operations.locking import locked, no_relationship
from customers.operations.purchase_rules import why_not_on
from partnercenter.authority import act
from partnercenter.operations import Refused

RESOURCE_TYPE = "reservation"
logger = logging.getLogger(__name__)

OVER = {
    ReservationStatus.EXPIRED: _(
        "The term of this reservation is over, so nothing about it can be changed any more."
    ),
    ReservationStatus.CANCELLED: _(
        "This reservation was cancelled, so nothing about it can be changed any more."
    ),
    ReservationStatus.EXCHANGED: _(
        "This reservation was exchanged for another one, so nothing about it can be changed any "
        "more."
    ),
}


# The rules


def why_not_active(reservation: Reservation) -> Refused | None:
    """Why it is too late for any change, or None for a reservation that serves or will serve."""
    status = reservation.status_at(clock.now())
    return Refused(OVER[status], code="not_active") if status in OVER else None


def why_unchangeable(reservation: Reservation) -> Refused | None:
    """Why it can be neither renamed, scoped anew nor exchanged, or None if it can."""
    if not reservation.customer.is_reseller_customer:
        return no_relationship()
    return why_not_active(reservation)


# What every act begins and ends with


def held(reservation: Reservation, by: Actor) -> Reservation:
    """The reservation, freshly read behind its customer's lock.

    Raises Refused (through_partner) for a customer's user.
    """
    if isinstance(by, CustomerUser):
        raise Refused(
            _(
                "Reservations are exchanged, cancelled, renewed and changed through your partner. "
                "Ask your partner to do this for you."
            ),
            code="through_partner",
        )
    customer = locked(reservation.customer)
    found = Reservation.objects.select_related("product", "subscription", "item__order").get(
        pk=reservation.pk
    )
    found.customer = customer
    return found


def write_down(
    activity: CustomerActivity,
    reservation: Reservation,
    *,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    by: Actor,
) -> ActivityRecord:
    """The record of an act on the reservation."""
    return record(
        activity,
        resource_type=RESOURCE_TYPE,
        resource_id=str(reservation.pk),
        customer=reservation.customer.affected,
        old=old,
        new=new,
        by=by,
    )


def end_early(reservation: Reservation, status: ReservationStatus, at: dt.datetime) -> None:
    """It serves no longer than until `at`; one that has not begun never serves."""
    reservation.status = status
    reservation.ends_at = min(reservation.ends_at, max(at, reservation.starts_at))
    reservation.save(update_fields=["status", "ends_at"])


def give_back(
    reservation: Reservation,
    reason: RefundReason,
    amount: Money,
    fee: Money,
    written: ActivityRecord,
) -> Refund:
    """Stores what went back to the partner, by the act that `written` records."""
    return Refund.objects.create(
        reservation=reservation,
        reason=reason,
        currency=amount.currency,
        amount=amount.amount,
        fee_amount=fee.amount,
        created_at=written.at,
        record_number=written.number,
    )


def serving_until(reservation: Reservation) -> dict[str, str]:
    """The facts that an early end replaces."""
    return {"status": reservation.status, "ends_at": reservation.ends_at.isoformat()}


# The acts


@act("customers.change_reservation")
def rename_reservation(*, reservation: Reservation, name: str, by: Actor) -> Reservation:
    """Gives the reservation another name; does nothing where it has it.

    Raises ValidationError for a name that is empty or too long, and Refused (through_partner,
    no_relationship, not_active).
    """
    reservation = held(reservation, by)
    old = {"name": reservation.name}
    reservation.name = Reservation._meta.get_field("name").clean(name.strip(), reservation)
    if reservation.name == old["name"]:
        return reservation
    refusal = why_unchangeable(reservation)
    if refusal:
        raise refusal
    reservation.save(update_fields=["name"])
    new = {"name": reservation.name}
    write_down(CustomerActivity.RENAME_RESERVATION, reservation, old=old, new=new, by=by)
    return reservation


@act("customers.change_reservation")
def change_scope(
    *, reservation: Reservation, scope: Scope, subscription: Subscription | None = None, by: Actor
) -> Reservation:
    """The reservation serves one subscription or all; does nothing where it does so already.

    A single scope is that of `subscription`, or of the one to which the reservation is billed. A
    shared one leaves the bill where it is.

    Raises Refused (through_partner, no_relationship, not_active, and as for a purchase
    other_subscription, not_azure, subscription not_active).
    """
    reservation = held(reservation, by)
    wanted = reservation.subscription
    if scope == Scope.SINGLE and subscription:
        wanted = subscription
    old, new = _scope(reservation), {"scope": str(scope), "subscription": str(wanted.pk)}
    if old == new:
        return reservation
    refusal = why_unchangeable(reservation) or _why_not_for(reservation, scope, wanted)
    if refusal:
        raise refusal
    reservation.scope, reservation.subscription = scope, wanted
    written = write_down(CustomerActivity.CHANGE_SCOPE, reservation, old=old, new=new, by=by)
    until = written.at.astimezone(dt.UTC).date().isoformat()
    reservation.earlier_scopes = [*reservation.earlier_scopes, {"until": until, **old}]
    reservation.save(update_fields=["scope", "subscription", "earlier_scopes"])
    return reservation


def _scope(reservation: Reservation) -> dict[str, str]:
    return {"scope": reservation.scope, "subscription": str(reservation.subscription_id)}


def _why_not_for(
    reservation: Reservation, scope: Scope, subscription: Subscription
) -> Refused | None:
    if scope == Scope.SHARED:
        return None
    return why_not_on(reservation.customer.subscriptions.filter(pk=subscription.pk).first())


# The end of a term


@dataclass(frozen=True, slots=True)
class Expired:
    """How many reservations expired, and how many the database did not let expire."""

    number: int
    failed: int


def expire_reservations(*, now: dt.datetime) -> Expired:
    """Those whose term is over at `now` (aware) become expired, each in its own transaction.

    One that fails is written to the server's log and tried again next time.
    """
    ended = Reservation.objects.ended_by(now).order_by("ends_at", "pk")
    number = failed = 0
    for pk in list(ended.values_list("pk", flat=True)):
        try:
            number += _expire(pk, now)
        except DatabaseError:
            logger.exception("The reservation %s could not expire.", pk)
            failed += 1
    return Expired(number, failed)


@transaction.atomic
def _expire(pk: UUID, now: dt.datetime) -> bool:
    """Whether it was still to expire when its customer's lock was held."""
    reservation = held(Reservation.objects.select_related("customer").get(pk=pk), System())
    if not reservation.is_active or reservation.ends_at > now:
        return False
    old, new = {"status": reservation.status}, {"status": str(ReservationStatus.EXPIRED)}
    reservation.status = ReservationStatus.EXPIRED
    reservation.save(update_fields=["status"])
    write_down(CustomerActivity.EXPIRE_RESERVATION, reservation, old=old, new=new, by=System())
    return True
