"""Reservations: what was bought, for how long, whom it serves, and how it ended."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.fields import ExactDecimalField
from customers.models.order import OrderItem
from customers.models.product import Dated, ReservationProduct, Term, not_negative, validate_digits
from customers.models.subscription import BillingCycle, Subscription
from customers.money import Money, currency_choices, percent_text
from partnercenter.labels import label_of
from partnercenter.one_line import LineField

at_most_a_year = MaxValueValidator(366)


class Scope(models.TextChoices):
    """Whose matching usage a reservation covers, in the API's words."""

    SINGLE = "single", _("Single subscription")
    SHARED = "shared", _("Shared")


class ReservationStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")
    EXCHANGED = "exchanged", _("Exchanged")


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def active(self) -> Self:
        return self.filter(status=ReservationStatus.ACTIVE)

    def active_at(self, moment: dt.datetime) -> Self:
        """As `status_at` tells them: stored as active, and not over at `moment` (aware)."""
        return self.active().filter(ends_at__gt=moment)

    def ended_by(self, moment: dt.datetime) -> Self:
        """Stored as active, but over at `moment`: the ones that are to expire."""
        return self.active().filter(ends_at__lte=moment)

    def overlapping(self, first: dt.date, last: dt.date) -> Self:
        """Those that served at some moment of the days (UTC, both included)."""
        start = dt.datetime.combine(first, dt.time.min, tzinfo=dt.UTC)
        end = dt.datetime.combine(last, dt.time.max, tzinfo=dt.UTC)
        return self.filter(starts_at__lte=end, ends_at__gt=start)


class Reservation(models.Model):
    """Instances reserved for a term.

    `ends_at` is the end of the term, or the earlier moment at which it was cancelled or exchanged.
    The commitment is what the whole term costs, however it is billed.
    """

    id = models.UUIDField(_("reservation ID"), primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="reservations", verbose_name=_("customer")
    )
    item = models.OneToOneField(OrderItem, models.PROTECT, related_name="reservation")
    name = LineField(_("name"), max_length=64)
    product = models.ForeignKey(ReservationProduct, models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField(_("quantity"))
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices)
    # To which it is billed, and which alone it serves where the scope is a single subscription.
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="reservations", verbose_name=_("subscription")
    )
    billing_cycle = models.CharField(_("billing"), max_length=16, choices=BillingCycle.choices)
    currency = models.CharField(_("currency"), max_length=3, choices=currency_choices)
    amount = ExactDecimalField(_("commitment"))
    starts_at = models.DateTimeField(_("purchased"))
    term_ends_at = models.DateTimeField(_("end of the term"))
    ends_at = models.DateTimeField(_("expires"))
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=ReservationStatus.choices,
        default=ReservationStatus.ACTIVE,
    )
    # What `scope` and `subscription` were on the days before `until`, the earliest first.
    earlier_scopes = models.JSONField(default=list, editable=False)
    renews = models.OneToOneField(
        "self", models.PROTECT, related_name="renewed_by", null=True, blank=True
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, related_name="replaced_by", null=True, blank=True
    )

    objects = ReservationQuerySet.as_manager()
    shows_whole_id = False

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        default_permissions = ("change", "view")
        indexes = [
            models.Index(fields=["customer", "-starts_at", "-id"], name="reservation_of_customer"),
            models.Index(
                fields=["ends_at"],
                name="reservation_to_expire",
                condition=models.Q(status="active"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name and the end of its ID: two that are bought on one day are called the same."""
        return label_of(self.name, self.pk, whole=self.shows_whole_id)

    @property
    def commitment(self) -> Money:
        return Money(self.amount, self.currency)

    def scope_on(self, day: dt.date) -> tuple[str, uuid.UUID]:
        """The scope at the end of the day (UTC), and the subscription that it was about."""
        for earlier in self.earlier_scopes:
            if day.isoformat() < earlier["until"]:
                return earlier["scope"], uuid.UUID(earlier["subscription"])
        return self.scope, self.subscription_id

    @property
    def is_active(self) -> bool:
        return self.status == ReservationStatus.ACTIVE

    def status_at(self, moment: dt.datetime) -> ReservationStatus:
        """By its time: one whose end has come is expired, whether or not that was recorded yet."""
        if self.is_active and self.ends_at <= moment:
            return ReservationStatus.EXPIRED
        return ReservationStatus(self.status)

    @property
    def is_shared(self) -> bool:
        return self.scope == Scope.SHARED


class RefundTerms(Dated):
    """What a cancellation gives back, and when a reservation can be renewed, from a day on.

    The figures are the partner's to enter; Microsoft changes them from time to time.
    """

    currency = models.CharField(_("currency"), max_length=3, choices=currency_choices)
    free_days = models.PositiveSmallIntegerField(
        _("days without a fee"),
        validators=[at_most_a_year],
        help_text=_("Within them an unused reservation is refunded whole."),
    )
    fee_percent = ExactDecimalField(
        _("early termination fee in percent"),
        validators=[not_negative, MaxValueValidator(Decimal(100))],
        help_text=_("Of the remaining commitment, after the days without a fee."),
    )
    yearly_cap = ExactDecimalField(
        _("yearly limit of refunds"),
        validators=[not_negative],
        help_text=_("Of one customer in twelve months. Exchanges do not count."),
    )
    renewal_days = models.PositiveSmallIntegerField(
        _("days in which to renew"),
        validators=[at_most_a_year],
        help_text=_("So many days before its end a reservation can be renewed."),
    )

    class Meta:
        verbose_name = _("refund terms")
        verbose_name_plural = _("refund terms")
        default_permissions = ("add", "view")
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="one_terms_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_from}"

    def clean(self) -> None:
        validate_digits("yearly_cap", self.yearly_cap, self.currency)

    @property
    def fee(self) -> str:
        """The percentage, in the reader's language."""
        return percent_text(self.fee_percent)

    @property
    def cap(self) -> Money:
        return Money(self.yearly_cap, self.currency)


class RefundReason(models.TextChoices):
    CANCEL = "cancel", _("Cancelled")
    EXCHANGE = "exchange", _("Exchanged")


class Refund(models.Model):
    """What went back to the partner when a reservation ended before its term."""

    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="refund")
    reason = models.CharField(_("reason"), max_length=8, choices=RefundReason.choices)
    currency = models.CharField(_("currency"), max_length=3, choices=currency_choices)
    amount = ExactDecimalField(_("refund"), validators=[not_negative])
    fee_amount = ExactDecimalField(_("fee"), validators=[not_negative])
    created_at = models.DateTimeField(_("date"))
    record_number = models.BigIntegerField(_("record"))

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.refunded)

    @property
    def refunded(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def fee(self) -> Money:
        return Money(self.fee_amount, self.currency)


def end_of_term(start: dt.datetime, term: str) -> dt.datetime:
    """The same moment so many years later; from a 29th of February the last day of February."""
    year = start.year + Term(term).years
    try:
        return start.replace(year=year)
    except ValueError:
        return start.replace(year=year, day=28)
