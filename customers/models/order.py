"""Orders: what was bought for or by a customer, and the forms that were confirmed."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.fields import ExactDecimalField
from customers.models.product import ReservationProduct, Term
from customers.models.subscription import BillingCycle, Subscription
from customers.money import Money, currency_choices


class OrderStatus(models.TextChoices):
    """Of the API's enumeration, what can become of an order here."""

    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")


class PurchasedBy(models.TextChoices):
    """Who decided to spend the partner's money."""

    PARTNER = "partner", _("Partner")
    CUSTOMER = "customer", _("Customer")


class TransactionType(models.TextChoices):
    """The API's enumeration, as far as it happens here."""

    NEW = "new", _("New")
    RENEW = "renew", _("Renewal")
    CREDIT = "customerCredit", _("Credit")


class OrderQuerySet(models.QuerySet["Order"]):
    def purchased_by_customer(self) -> Self:
        return self.filter(purchased_by=PurchasedBy.CUSTOMER)

    def newest_first(self) -> Self:
        return self.order_by("-number")


class Order(models.Model):
    """One purchase. It never changes but for its status; prices are copies of what held then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The number of the record of the purchase: unique, and one click from who, when and where.
    number = models.BigIntegerField(_("order number"), unique=True)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="orders", verbose_name=_("customer")
    )
    created_at = models.DateTimeField(_("date"))
    billing_cycle = models.CharField(_("billing"), max_length=16, choices=BillingCycle.choices)
    status = models.CharField(
        _("status"), max_length=16, choices=OrderStatus.choices, default=OrderStatus.COMPLETED
    )
    # Empty where nothing has a price: usage is billed later, licenses are not priced here.
    currency = models.CharField(
        _("currency"), max_length=3, choices=currency_choices, blank=True, default=""
    )
    amount = ExactDecimalField(_("total"), null=True, blank=True)
    purchased_by = models.CharField(
        _("purchased by"), max_length=8, choices=PurchasedBy.choices, default=PurchasedBy.PARTNER
    )
    buyer_id = models.CharField(max_length=64, blank=True)
    buyer_name = models.CharField(_("buyer"), max_length=255)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        default_permissions = ("add", "view")
        indexes = [
            models.Index(fields=["customer", "-number"], name="order_of_customer"),
            models.Index(fields=["purchased_by", "-number"], name="order_by_purchaser"),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def total(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.currency)

    @property
    def is_customers(self) -> bool:
        return self.purchased_by == PurchasedBy.CUSTOMER


class OrderItemQuerySet(models.QuerySet["OrderItem"]):
    def of_subscriptions(self) -> Self:
        """Those that bought a subscription. A reservation has a product, and a credit buys nothing:
        both name a subscription too, to which they are billed.
        """
        return self.filter(product=None).exclude(transaction_type=TransactionType.CREDIT)


class OrderItem(models.Model):
    """A line of an order. Its total is the unit price times the quantity, rounded once."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="items")
    line_number = models.PositiveSmallIntegerField(_("line"), default=1)
    transaction_type = models.CharField(
        _("transaction"),
        max_length=16,
        choices=TransactionType.choices,
        default=TransactionType.NEW,
    )
    friendly_name = models.CharField(_("item"), max_length=255)
    # What was bought, or what a reservation is billed to.
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="order_items", null=True
    )
    product = models.ForeignKey(
        ReservationProduct, models.PROTECT, related_name="order_items", null=True
    )
    term = models.CharField(_("term"), max_length=3, choices=Term.choices, blank=True, default="")
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_amount = ExactDecimalField(_("unit price"), null=True)
    amount = ExactDecimalField(_("total"), null=True)

    objects = OrderItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("order item")
        verbose_name_plural = _("order items")
        default_permissions = ()
        ordering = ["line_number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "line_number"], name="one_item_a_line")
        ]

    def __str__(self) -> str:
        return self.friendly_name

    @property
    def bought_subscription(self) -> Subscription | None:
        """As `of_subscriptions` tells them."""
        buys = self.product_id is None and self.transaction_type != TransactionType.CREDIT
        return self.subscription if buys else None

    @property
    def unit_price(self) -> Money | None:
        return None if self.unit_amount is None else Money(self.unit_amount, self.order.currency)

    @property
    def total(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.order.currency)


class PurchaseForm(models.Model):
    """A form that was confirmed: what came of it, so that confirming again buys nothing more.

    Stored in the transaction of the purchase, or of the record of its refusal.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    key = models.UUIDField()
    buyer_id = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    order = models.ForeignKey(Order, models.PROTECT, related_name="forms", null=True)
    # The record of a refusal; a form has one at most.
    failed_record = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "buyer_id", "key"], name="one_purchase_a_form"
            )
        ]

    def __str__(self) -> str:
        return str(self.key)
