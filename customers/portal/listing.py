"""The rows of the portal's lists, made in Python once instead of by filters in templates."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.formats import date_format

from activitylog import clock
from customers.listing.reservations import Lifetime
from customers.models import CustomerUser, Order, Reservation, Subscription
from customers.operations.purchase_rules import why_not_on_each
from partnercenter.operations import Refused


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A subscription, the roles that the user holds on it, and why he cannot buy on it.

    `refusal` leaves the permission aside, which is one for all subscriptions.
    """

    subscription: Subscription
    roles: list[str]
    refusal: Refused | None

    @property
    def is_ready(self) -> bool:
        return self.refusal is None


def subscription_rows(user: CustomerUser) -> list[SubscriptionRow]:
    """All that the partner bought for the user's company, the Azure ones first; three queries."""
    everything = user.customer.subscriptions.not_deleted().order_by("created_at", "id")
    subscriptions = sorted(everything, key=lambda subscription: not subscription.is_azure)
    refusals, roles = why_not_on_each(subscriptions, user), _roles_of(user)
    return [
        SubscriptionRow(subscription, roles[subscription.pk], refusals[subscription.pk])
        for subscription in subscriptions
    ]


def _roles_of(user: CustomerUser) -> dict[UUID, list[str]]:
    roles: dict[UUID, list[str]] = defaultdict(list)
    for assignment in user.role_assignments.order_by("role"):
        roles[assignment.subscription_id].append(assignment.get_role_display())
    return roles


@dataclass(frozen=True, slots=True)
class ReservationRow:
    reservation: Reservation
    term: str
    scope: str
    purchased: str
    expires: str
    status: str
    is_good: bool
    purchased_by: str

    @classmethod
    def of(cls, reservation: Reservation) -> "ReservationRow":
        """The reservation was read with its product and its order."""
        lifetime = Lifetime(reservation, clock.now())
        return cls(
            reservation=reservation,
            term=reservation.product.get_term_display(),
            scope=reservation.get_scope_display(),
            purchased=_day(reservation.starts_at),
            expires=_day(reservation.ends_at),
            status=lifetime.label,
            is_good=lifetime.is_good,
            purchased_by=_purchaser(reservation.item.order),
        )


def _day(moment: dt.datetime) -> str:
    return date_format(moment.astimezone(dt.UTC), "DATE_FORMAT")


def _purchaser(order: Order) -> str:
    """The colleague by name; of the partner no more than its name, whichever agent it was."""
    partner: str = settings.PARTNER_NAME
    return order.buyer_name if order.is_customers else partner
