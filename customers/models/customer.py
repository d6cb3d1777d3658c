"""Customers: who they are, where bills go, and the people who work there."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator, validate_domain_name
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from activitylog.recording import Affected
from activitylog.search import folded, guid_in, search_text
from customers.cultures import DEFAULT, language_of, validate_culture
from customers.etags import etag_of
from customers.models.fields import CountryField
from customers.money import currency_choices
from partnercenter.agents.models import user_principal_name_validator
from partnercenter.authority import SignedOut
from partnercenter.names import full_name
from partnercenter.one_line import DomainField, LineField

CUSTOMER_USER = gettext_noop("Customer user")

validate_country = RegexValidator(
    r"^[A-Z]{2}\Z", _("Enter the two capital letters of the country or region, such as DE.")
)


def own_currency() -> str:
    """The currency of the partner, which customers are billed in unless their bill-to differs."""
    currency: str = settings.CURRENCY
    return currency


class Relationship(models.TextChoices):
    """How the customer is related to the partner, in the API's terms and the dashboard's words."""

    RESELLER = "reseller", _("Cloud Reseller")
    NONE = "none", _("None")


class AccountStatus(models.TextChoices):
    APPROVED = "approved", _("Approved")
    UNDER_REVIEW = "under_review", _("Under review")
    NOT_APPROVED = "not_approved", _("Not approved")


class PostalAddress(models.Model):
    """Where somebody is, as Partner Center writes addresses."""

    country = CountryField(_("country or region"), max_length=2, validators=[validate_country])
    region = LineField(_("state or province"), max_length=128, blank=True)
    city = LineField(_("city"), max_length=128)
    address_line1 = LineField(_("address line 1"), max_length=255)
    address_line2 = LineField(_("address line 2"), max_length=255, blank=True)
    postal_code = LineField(_("postal code"), max_length=32, blank=True)
    phone_number = LineField(_("phone number"), max_length=32, blank=True)

    class Meta:
        abstract = True

    @property
    def address_lines(self) -> list[str]:
        """The address in lines, without empty ones."""
        place = " ".join(part for part in (self.postal_code, self.city) if part)
        land = ", ".join(part for part in (self.region, self.country) if part)
        lines = [self.address_line1, self.address_line2, place, land]
        return [line for line in lines if line]


class CustomerQuerySet(models.QuerySet["Customer"]):
    def matching(self, text: str) -> Self:
        """Any part of the name, the domain or the Microsoft ID, as `folded` compares them; a whole
        Microsoft ID however it is written.
        """
        guid = guid_in(text)
        return self.filter(search__contains=str(guid) if guid else folded(text)) if text else self

    def able_to_purchase(self, able: bool = True) -> Self:  # noqa: FBT001, FBT002 (reads as a word)
        """Whose switch is on for any resource, or for none."""
        on = models.Exists(_permissions_on())
        return self.filter(on if able else ~on)

    def by_name(self) -> Self:
        return self.order_by("sort_name", "id")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


def _permissions_on() -> models.QuerySet[Any]:
    from customers.models.purchase_permission import PurchasePermission

    return PurchasePermission.objects.allowed().filter(customer=models.OuterRef("pk"))


class Customer(PostalAddress):
    """A customer tenant. Its key is the Microsoft ID, a GUID that addresses and records bear."""

    id = models.UUIDField(_("Microsoft ID"), primary_key=True, default=uuid.uuid4)
    company_name = LineField(_("company name"), max_length=255)
    domain = DomainField(
        _("primary domain name"), max_length=253, unique=True, validators=[validate_domain_name]
    )
    relationship = models.CharField(
        _("relationship"),
        max_length=16,
        choices=Relationship.choices,
        default=Relationship.RESELLER,
    )
    account_status = models.CharField(
        _("account status"),
        max_length=16,
        choices=AccountStatus.choices,
        default=AccountStatus.APPROVED,
    )
    contact_first_name = LineField(_("first name"), max_length=128)
    contact_last_name = LineField(_("last name"), max_length=128)
    contact_email = models.EmailField(_("email"))
    created_at = models.DateTimeField(_("added"), editable=False)

    # What lists are sorted and searched by, folded; made anew at each save.
    sort_name = models.CharField(max_length=1024, editable=False)
    search = models.TextField(editable=False)

    # What nobody fills in: it follows from the rest, or from the record of adding.
    DERIVED = ("sort_name", "search", "created_at")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        default_permissions = ("add", "view")
        permissions = [
            ("remove_reseller_relationship", _("Can remove the reseller relationship")),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="customer_by_name"),
            models.Index(fields=["-created_at", "-id"], name="customer_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.company_name} ({self.domain})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = folded(self.company_name)
        self.search = search_text(self.company_name, self.domain, str(self.id))
        super().save(*args, **kwargs)

    @property
    def contact_name(self) -> str:
        return full_name(self.contact_first_name, self.contact_last_name)

    @property
    def is_reseller_customer(self) -> bool:
        """Whether the partner sells to the customer: the condition of every purchase and change."""
        return self.relationship == Relationship.RESELLER

    @property
    def affected(self) -> Affected:
        """The customer as records copy him."""
        return Affected(customer_id=str(self.pk), customer_name=self.company_name)


class BillingProfile(PostalAddress):
    """Bill-to: whom the partner's invoices to this customer name."""

    customer = models.OneToOneField(
        Customer, models.PROTECT, related_name="billing_profile", verbose_name=_("customer")
    )
    company_name = LineField(_("company name"), max_length=255)
    first_name = LineField(_("first name"), max_length=128)
    last_name = LineField(_("last name"), max_length=128)
    email = models.EmailField(_("email"))
    culture = models.CharField(
        _("language"), max_length=16, default=DEFAULT, validators=[validate_culture]
    )
    # What the culture begins with; made anew at each save.
    language = models.CharField(max_length=16, default="en", editable=False)
    # In which the customer is billed, and so the one of the prices he is offered.
    currency = models.CharField(
        _("currency"), max_length=3, choices=currency_choices, default=own_currency
    )

    class Meta:
        verbose_name = _("bill-to")
        verbose_name_plural = _("bill-to")
        default_permissions = ("change",)

    def __str__(self) -> str:
        return self.company_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.language = language_of(self.culture)
        super().save(*args, **kwargs)

    @property
    def contact_name(self) -> str:
        return full_name(self.first_name, self.last_name)

    @property
    def etag(self) -> str:
        """Another one after each change."""
        return etag_of(*(getattr(self, field.attname) for field in self._meta.concrete_fields))


class CustomerUserQuerySet(models.QuerySet["CustomerUser"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def able_to_sign_in(self) -> Self:
        """To the portal: active, and of a customer to whom the partner sells."""
        return self.active().filter(customer__relationship=Relationship.RESELLER)

    def by_name(self) -> Self:
        return self.order_by("display_name", "id")


class CustomerUser(models.Model):
    """A person at the customer, who may hold roles on subscriptions.

    Users are deactivated, never deleted: the log speaks of them for ever.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="users", verbose_name=_("customer")
    )
    user_principal_name = models.CharField(
        _("user principal name"), max_length=113, validators=[user_principal_name_validator]
    )
    first_name = LineField(_("first name"), max_length=128)
    last_name = LineField(_("last name"), max_length=128)
    display_name = LineField(_("display name"), max_length=256)
    is_active = models.BooleanField(_("active"), default=True)
    # Sessions of the portal that began at an earlier number are over.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("added"), editable=False)

    objects = CustomerUserQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer user")
        verbose_name_plural = _("customer users")
        default_permissions = ("add", "delete", "view")
        constraints = [
            # Of those who are there: who was removed keeps his name in the past.
            models.UniqueConstraint(
                fields=["user_principal_name"],
                condition=models.Q(is_active=True),
                name="one_active_user_of_each_name",
                violation_error_message=_("There is a user with this user principal name already."),
            )
        ]
        indexes = [
            models.Index(fields=["customer", "display_name", "id"], name="user_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.user_principal_name})"

    @property
    def actor_id(self) -> str:
        """The user's id as records of the activity log copy it."""
        return str(self.pk)

    @property
    def role_names(self) -> list[str]:
        """What records say he was: no agent of the partner."""
        return [CUSTOMER_USER]

    def confirm(self, permission: str | None) -> None:
        """The user as an `Actor`: still there. Users hold no permissions; rules say what they may.

        Removing users, and signing them out, begins with the customer's lock, and so does this.
        Raises SignedOut.
        """
        Customer.objects.select_for_update(no_key=True).get(pk=self.customer_id)
        active = CustomerUser.objects.active()
        if not active.filter(pk=self.pk, session_epoch=self.session_epoch).exists():
            raise SignedOut
