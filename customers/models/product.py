"""The catalogue: reserved instances that can be bought, and what they cost from which day on."""

import datetime as dt
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from activitylog.search import folded, search_text
from customers.codes import identity
from customers.models.customer import Customer
from customers.models.fields import CodeField, ExactDecimalField
from customers.models.instances import Instances
from customers.models.subscription import BillingCycle
from customers.money import CURRENCIES, Money, currency_choices, percent_text, places

validate_code = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_. -]*\Z",
    _("Use letters, digits, spaces, “_”, “.”, and “-”, and begin with a letter or a digit."),
)
not_negative = MinValueValidator(0)
# With a thousand instances and the largest margin, the total is still an amount that is stored.
possible_price = MaxValueValidator(Decimal(9_999_999_999))
possible_margin = MaxValueValidator(Decimal(1_000))


def validate_digits(field: str, amount: Decimal | None, currency: str) -> None:
    """Raises ValidationError at the field for more digits after the point than the currency has,
    zeros too: “1.000” may have been meant as a thousand.
    """
    digits = CURRENCIES.get(currency)
    if amount is not None and digits is not None and places(amount) > digits:
        error = ValidationError(
            _("Amounts in %(currency)s have %(digits)s digits after the point at most."),
            code="digits",
            params={"currency": currency, "digits": digits},
        )
        raise ValidationError({field: error})


class ProductType(models.TextChoices):
    """What is reserved, under Azure's names. Exchanges stay within one of these."""

    VIRTUAL_MACHINES = "VirtualMachines", _("Virtual machines")
    SQL_DATABASES = "SqlDatabases", _("SQL databases")
    COSMOS_DB = "CosmosDb", _("Azure Cosmos DB")
    SYNAPSE = "SqlDataWarehouse", _("Azure Synapse Analytics")
    APP_SERVICE = "AppService", _("App Service")
    BLOCK_BLOB = "BlockBlob", _("Blob storage")


class Term(models.TextChoices):
    """How long a reservation lasts, as ISO 8601 and the API write it."""

    ONE_YEAR = "P1Y", _("1 year")
    THREE_YEARS = "P3Y", _("3 years")

    @property
    def years(self) -> int:
        return int(self.value[1])

    @property
    def months(self) -> int:
        return 12 * self.years


# Terms as Microsoft's own lists write them, by `identity`: the Azure Retail Prices API has "1 Year"
# and "3 Years" (https://learn.microsoft.com/rest/api/cost-management/retail-prices/
# azure-retail-prices), provisioning contexts of orders "1Year" and "3Years".
TERM_WORDS = {
    "1year": Term.ONE_YEAR.value,
    "3year": Term.THREE_YEARS.value,
    "3years": Term.THREE_YEARS.value,
}


class BillingFrequency(models.TextChoices):
    """How a product can be billed. The total is the same (partner-center facts, section 7)."""

    ONE_TIME = "one_time", _("One-time")
    MONTHLY = "monthly", _("Monthly")
    EITHER = "either", _("One-time or monthly")

    @property
    def cycles(self) -> list[BillingCycle]:
        """The cycles among which a buyer chooses."""
        if self == BillingFrequency.EITHER:
            return [BillingCycle.ONE_TIME, BillingCycle.MONTHLY]
        return [BillingCycle(self.value)]


class ReservationProductQuerySet(models.QuerySet["ReservationProduct"]):
    def matching(self, text: str) -> Self:
        """Any part of the SKU or the region, without regard to case or blanks."""
        if not text:
            return self
        spelled, key = folded(text), identity(text)
        as_written = models.Q(search__contains=spelled)
        return self.filter(as_written | models.Q(search__contains=key) if key else as_written)

    def in_currency(self, currency: str) -> Self:
        return self.filter(currency=currency)

    def on_sale(self, day: dt.date) -> Self:
        """Those whose sale has not ended by the day (UTC)."""
        return self.filter(models.Q(end_of_sale__isnull=True) | models.Q(end_of_sale__gt=day))


class ReservationProduct(Instances):
    """A reserved instance as price lists have it: what, where, how long, in which currency.

    SKU and region are shown as they were spelled first; `customers.codes.identity` compares them.
    """

    product_type = models.CharField(
        _("product type"),
        max_length=32,
        choices=ProductType.choices,
        default=ProductType.VIRTUAL_MACHINES,
    )
    sku = CodeField(_("SKU"), max_length=64, validators=[validate_code])
    region = CodeField(_("region"), max_length=64, validators=[validate_code])
    term = models.CharField(_("term"), max_length=3, choices=Term.choices)
    billing_frequency = models.CharField(
        _("billing frequency"),
        max_length=8,
        choices=BillingFrequency.choices,
        default=BillingFrequency.EITHER,
    )
    currency = models.CharField(_("currency"), max_length=3, choices=currency_choices)

    # The first day (UTC) on which it isn't offered any more, and the record that says so.
    end_of_sale = models.DateField(_("end of sale"), null=True, blank=True)
    end_of_sale_record = models.BigIntegerField(null=True, editable=False)

    # What the list is searched by, folded; made anew at each save.
    search = models.TextField(editable=False)

    objects = ReservationProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("reserved instance")
        verbose_name_plural = _("reserved instances")
        default_permissions = ("add", "view")
        permissions = [("change_prices", _("Can change prices"))]
        constraints = [
            models.UniqueConstraint(
                fields=["sku_key", "region_key", "term", "currency"],
                name="one_reserved_instance_each",
                violation_error_message=_("This reserved instance is already in the catalog."),
            )
        ]
        indexes = [
            models.Index(fields=["currency", "sku", "region", "term"], name="product_by_sku")
        ]

    def __str__(self) -> str:
        return f"{self.sku}, {self.region}, {self.get_term_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.make_searchable()
        super().save(*args, **kwargs)

    def make_searchable(self) -> None:
        """What `save` does first, for those that are stored many at once."""
        keys = [identity(self.sku), identity(self.region)]
        self.search = search_text(*dict.fromkeys([self.sku, self.region, *keys]))

    def is_on_sale(self, day: dt.date) -> bool:
        """Whether it can be bought on the day (UTC), as far as its end of sale says."""
        return self.end_of_sale is None or day < self.end_of_sale

    @property
    def friendly_name(self) -> str:
        """The name that orders copy, the same in every language."""
        years = Term(self.term).years
        return f"Reserved instance {self.sku}, {self.region}, {years} year{'s' * (years > 1)}"

    @property
    def billing_cycles(self) -> list[BillingCycle]:
        return BillingFrequency(self.billing_frequency).cycles


class Dated(models.Model):
    """What holds from a day (in UTC) until another of its kind begins."""

    valid_from = models.DateField(_("valid from"))
    record_number = models.BigIntegerField(_("record"), editable=False)

    class Meta:
        abstract = True


class WebDirectPrice(Dated):
    """What Azure itself asks for one instance for the whole term."""

    product = models.ForeignKey(
        ReservationProduct, models.PROTECT, related_name="web_direct_prices"
    )
    amount = ExactDecimalField(_("Web Direct price"), validators=[not_negative, possible_price])

    class Meta:
        verbose_name = _("Web Direct price")
        verbose_name_plural = _("Web Direct prices")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["product", "valid_from"], name="one_price_a_day")
        ]

    def __str__(self) -> str:
        return str(Money(self.amount, self.product.currency))

    def clean(self) -> None:
        if hasattr(self, "product"):
            validate_digits("amount", self.amount, self.product.currency)


class PriceAdjustment(Dated):
    """The partner's margin (above zero) or discount (below) on every Web Direct price."""

    percent = ExactDecimalField(
        _("margin or discount in percent"),
        validators=[MinValueValidator(-100), possible_margin],
        help_text=_("Such as 5 for a margin, and -5 for a discount of five percent."),
    )

    class Meta:
        verbose_name = _("default margin or discount")
        verbose_name_plural = _("default margins and discounts")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["valid_from"], name="one_adjustment_a_day")]

    def __str__(self) -> str:
        return percent_text(self.percent, signed=True)


class CustomerPrice(Dated):
    """What one customer pays for one instance for the whole term; without an amount, the default
    price holds again."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="prices", verbose_name=_("customer")
    )
    product = models.ForeignKey(
        ReservationProduct,
        models.PROTECT,
        related_name="customer_prices",
        verbose_name=_("product"),
    )
    amount = ExactDecimalField(
        _("price"), null=True, blank=True, validators=[not_negative, possible_price]
    )

    class Meta:
        verbose_name = _("customer's price")
        verbose_name_plural = _("customers' prices")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "product", "valid_from"], name="one_customer_price_a_day"
            )
        ]

    def __str__(self) -> str:
        if self.amount is None:
            return str(_("Default price"))
        return str(Money(self.amount, self.product.currency))

    def clean(self) -> None:
        if hasattr(self, "product"):
            validate_digits("amount", self.amount, self.product.currency)
