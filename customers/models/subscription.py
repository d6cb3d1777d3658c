"""Subscriptions that the partner bought for a customer, and who holds roles on them."""

import calendar
import datetime as dt
import uuid
from itertools import count
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from activitylog import clock
from customers.etags import etag_of
from customers.models.customer import Customer, CustomerUser
from partnercenter.labels import label_of
from partnercenter.one_line import LineField


class Product(models.TextChoices):
    """What a subscription is of, as far as the rules of this program tell products apart."""

    AZURE_PLAN = "azure_plan", _("Azure plan")
    AZURE_GLOBAL = "azure_global", _("Azure Global")
    LICENSE = "license", _("License-based")


AZURE_PRODUCTS = (Product.AZURE_PLAN, Product.AZURE_GLOBAL)


class SubscriptionStatus(models.TextChoices):
    """The API's enumeration. Purchases need `active`."""

    ACTIVE = "active", _("Active")
    PENDING = "pending", _("Pending")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")
    DISABLED = "disabled", _("Disabled")
    DELETED = "deleted", _("Deleted")


LIVING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.SUSPENDED)  # until their end


class BillingCycle(models.TextChoices):
    MONTHLY = "monthly", _("Monthly")
    ANNUAL = "annual", _("Annual")
    ONE_TIME = "one_time", _("One-time")


class SubscriptionTerm(models.TextChoices):
    """For how long a license is bought at once, as ISO 8601 and the API write it."""

    ONE_MONTH = "P1M", _("1 month")
    ONE_YEAR = "P1Y", _("1 year")
    THREE_YEARS = "P3Y", _("3 years")

    @property
    def months(self) -> int:
        return {"P1M": 1, "P1Y": 12, "P3Y": 36}[self.value]


def end_of_commitment(start: dt.date, term: str, *, not_before: dt.date) -> dt.date:
    """The first day on which a term ends that began on `start` (UTC) and renews itself, and that
    isn't before `not_before`: the same day of a later month, or the last one of a shorter month.

    Raises ValueError for what isn't a term.
    """
    months = SubscriptionTerm(term).months
    ends = (_months_later(start, months * number) for number in count(1))
    return next(end for end in ends if end >= not_before)


def _months_later(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> Self:
        return self.filter(status=SubscriptionStatus.ACTIVE)

    def azure(self) -> Self:
        """Azure plan and Azure Global: the usage-based ones on which reservations can be bought."""
        return self.filter(product__in=AZURE_PRODUCTS)

    def azure_plans(self) -> Self:
        return self.filter(product=Product.AZURE_PLAN)

    def not_deleted(self) -> Self:
        return self.exclude(status=SubscriptionStatus.DELETED)


class Subscription(models.Model):
    id = models.UUIDField(_("subscription ID"), primary_key=True, default=uuid.uuid4)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="subscriptions", verbose_name=_("customer")
    )
    product = models.CharField(_("product"), max_length=16, choices=Product.choices)
    offer_name = LineField(_("offer"), max_length=255)
    friendly_name = LineField(_("name"), max_length=255)
    # As the catalogue of whoever placed the order calls it; empty where nobody said.
    offer_id = models.CharField(_("offer ID"), max_length=128, blank=True, default="")
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=SubscriptionStatus.choices,
        default=SubscriptionStatus.ACTIVE,
    )
    billing_cycle = models.CharField(
        _("billing"), max_length=16, choices=BillingCycle.choices, default=BillingCycle.MONTHLY
    )
    term = models.CharField(
        _("term"), max_length=3, choices=SubscriptionTerm.choices, blank=True, default=""
    )
    created_at = models.DateTimeField(_("start"), editable=False)
    # Of the term that ran when it was bought, or when its renewal was last turned on or off.
    commitment_end_date = models.DateField(_("end"), null=True, blank=True)
    auto_renew = models.BooleanField(_("auto renew"), default=True)

    objects = SubscriptionQuerySet.as_manager()
    shows_whole_id = False

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        default_permissions = ("add", "change", "view")
        indexes = [models.Index(fields=["customer", "status"], name="subscription_status")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name and the end of its ID: a customer may have several of one name."""
        return label_of(self.friendly_name, self.pk, whole=self.shows_whole_id)

    @property
    def is_azure(self) -> bool:
        return self.product in AZURE_PRODUCTS

    @property
    def is_active(self) -> bool:
        return self.current_status == SubscriptionStatus.ACTIVE

    @property
    def current_status(self) -> SubscriptionStatus:
        """By its time: a license whose end has passed is expired, unless it renews itself."""
        return SubscriptionStatus.EXPIRED if self._has_ended else SubscriptionStatus(self.status)

    @property
    def _has_ended(self) -> bool:
        may_end = self.is_license and self.status in LIVING and not self.auto_renew
        end = self.commitment_end_date
        return may_end and end is not None and end < clock.now().date()

    @property
    def current_end(self) -> dt.date | None:
        """The day (UTC) on which its term ends, of one that renewed itself the latest term; None
        for what has no end.
        """
        end, today = self.commitment_end_date, clock.now().date()
        renews = self.auto_renew and self.term and self.status == SubscriptionStatus.ACTIVE
        if end is None or end >= today or not renews:
            return end
        return end_of_commitment(self.created_at.date(), self.term, not_before=today)

    @property
    def is_license(self) -> bool:
        return self.product == Product.LICENSE

    @property
    def etag(self) -> str:
        """Another one after each change of what programs may change."""
        return etag_of(
            self.pk, self.friendly_name, self.quantity, self.auto_renew, self.current_status
        )

    @property
    def is_suspended(self) -> bool:
        return self.current_status == SubscriptionStatus.SUSPENDED


class AzureRole(models.TextChoices):
    """The role-based access of Azure. A purchase needs Owner."""

    OWNER = "Owner", _("Owner")
    CONTRIBUTOR = "Contributor", _("Contributor")
    READER = "Reader", _("Reader")


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def owners(self) -> Self:
        return self.filter(role=AzureRole.OWNER, user__is_active=True)


class RoleAssignment(models.Model):
    """A customer's user holds a role on one of the customer's Azure subscriptions."""

    subscription = models.ForeignKey(
        Subscription,
        models.PROTECT,
        related_name="role_assignments",
        verbose_name=_("subscription"),
    )
    user = models.ForeignKey(
        CustomerUser, models.PROTECT, related_name="role_assignments", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=16, choices=AzureRole.choices)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        default_permissions = ("add", "delete", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "user", "role"], name="one_role_assignment_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
