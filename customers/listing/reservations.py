"""A customer's reservations: which ones the filters ask for, and what is shown of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activitylog import clock
from customers.forms.reservations import ReservationFilterForm
from customers.listing.charts import shown_percent
from customers.models import (
    BillingCycle,
    Customer,
    Order,
    Reservation,
    ReservationStatus,
    Term,
)
from customers.models.reservation import ReservationQuerySet
from customers.money import Money
from customers.pricing import today
from customers.utilisation import ONE_DAY, Utilisation, utilisation_of
from partnercenter.labels import told_apart
from partnercenter.times import ago, ahead, exact

FULL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A reservation's status at a moment, by its time: nobody has to have run a command."""

    reservation: Reservation
    now: dt.datetime

    @property
    def status(self) -> ReservationStatus:
        return self.reservation.status_at(self.now)

    @property
    def label(self) -> str:
        if self.is_to_come:
            return _("Starts on %(day)s") % {"day": day(self.reservation.starts_at)}
        return str(self.status.label)

    @property
    def is_good(self) -> bool:
        return self.status == ReservationStatus.ACTIVE

    @property
    def is_to_come(self) -> bool:
        return self.is_good and self.reservation.starts_at > self.now

    @property
    def end(self) -> str:
        """How long it is to the end, or since then."""
        moment = self.reservation.ends_at
        return ahead(moment) if moment > self.now else ago(moment)


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """What a row shows, made once here instead of by filters in the template."""

    reservation: Reservation
    lifetime: Lifetime
    address: str
    product: str
    term: str
    scope: str
    utilisation: str
    purchased: str
    purchased_exactly: str
    expires: str
    expires_exactly: str
    purchased_by: str

    @property
    def order(self) -> Order:
        return self.reservation.item.order


def filtered(customer: Customer, form: ReservationFilterForm) -> ReservationQuerySet:
    """Those of the customer's reservations that the valid form asks for."""
    everything: ReservationQuerySet = Reservation.objects.filter(customer=customer)
    found = everything.select_related("product", "subscription", "item__order")
    if form.cleaned_data["purchased_by"]:
        found = found.filter(item__order__purchased_by=form.cleaned_data["purchased_by"])
    if form.cleaned_data["status"]:
        found = _of_status(found, form.cleaned_data["status"])
    return found


def rows_of(customer: Customer, reservations: Sequence[Reservation]) -> list[ReservationRow]:
    """The rows, with the utilisation of the last full days, in two queries."""
    found = utilisation_of(reservations, *full_days(FULL_DAYS))
    address, now = reverse("customers:reservations", args=[customer.pk]), clock.now()
    told_apart(each.subscription for each in reservations)
    return [_row(each, found[each.pk], address, now) for each in told_apart(reservations)]


def full_days(number: int) -> tuple[dt.date, dt.date]:
    """The first and the last of the latest days (UTC) that are over."""
    return today() - number * ONE_DAY, today() - ONE_DAY


def instalment(reservation: Reservation) -> str:
    """What is billed each month, where that is how it is billed; else nothing."""
    if reservation.billing_cycle != BillingCycle.MONTHLY:
        return ""
    parts = reservation.commitment.parts(12 * Term(reservation.product.term).years)
    return _instalments(len(parts), min(parts), max(parts))


def day(moment: dt.datetime) -> str:
    """The day of the moment in UTC, in the form of the reader's language."""
    return date_format(moment.astimezone(dt.UTC), "DATE_FORMAT")


def _instalments(number: int, least: Money, most: Money) -> str:
    if least == most:
        return _("%(number)s × %(amount)s") % {"number": number, "amount": least}
    return _("%(number)s × %(least)s to %(most)s") % {
        "number": number,
        "least": least,
        "most": most,
    }


def _of_status(reservations: ReservationQuerySet, status: str) -> ReservationQuerySet:
    now = clock.now()
    if status == ReservationStatus.ACTIVE:
        return reservations.active_at(now)
    if status == ReservationStatus.EXPIRED:
        return reservations.filter(status=status) | reservations.ended_by(now)
    return reservations.filter(status=status)


def _row(
    reservation: Reservation, utilisation: Utilisation, address: str, now: dt.datetime
) -> ReservationRow:
    product, lifetime = reservation.product, Lifetime(reservation, now)
    return ReservationRow(
        reservation=reservation,
        lifetime=lifetime,
        address=f"{address}{reservation.pk}/",
        product=f"{product.sku}, {product.region}",
        term=product.get_term_display(),
        scope=reservation.get_scope_display(),
        utilisation=shown_percent(utilisation),
        purchased=day(reservation.item.order.created_at),
        purchased_exactly=exact(reservation.item.order.created_at),
        expires=day(reservation.ends_at),
        expires_exactly=exact(reservation.ends_at),
        purchased_by=reservation.item.order.get_purchased_by_display(),
    )
