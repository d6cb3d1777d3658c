"""Customers in the site administration: added through the operations, otherwise to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from customers.cultures import DEFAULT
from customers.forms.customers import ADDRESS, CultureField
from customers.models import (
    BillingProfile,
    Customer,
    CustomerPrice,
    CustomerUser,
    PriceAdjustment,
    PurchasePermission,
    RefundTerms,
    ReservationProduct,
    RoleAssignment,
    Subscription,
)
from customers.models.product import WebDirectPrice
from customers.operations.catalogue import add_product
from customers.operations.customers import add_customer
from customers.operations.prices import (
    set_customer_price,
    set_price_adjustment,
    set_refund_terms,
)
from customers.operations.role_assignments import assign_role
from customers.operations.subscriptions import add_subscription
from customers.operations.users import add_customer_user
from customers.pricing import today
from partnercenter.names import in_order_of_names
from partnercenter.operation_admin import OperationAdmin, OperationForm, ReadOnlyAdmin
from partnercenter.typed import DayField


class CustomerForm(OperationForm):
    """A customer, with the language and the currency of its bill-to."""

    culture = CultureField(initial=DEFAULT)
    currency = BillingProfile._meta.get_field("currency").formfield()

    def act(self) -> None:
        add_customer(
            customer=self.instance,
            culture=self.cleaned_data["culture"],
            currency=self.cleaned_data["currency"],
            by=self.request.user,
        )


class CustomerUserForm(OperationForm):
    def act(self) -> None:
        add_customer_user(user=self.instance, by=self.request.user)


class SubscriptionForm(OperationForm):
    def act(self) -> None:
        add_subscription(subscription=self.instance, by=self.request.user)


class RoleAssignmentForm(OperationForm):
    def act(self) -> None:
        self.instance = assign_role(assignment=self.instance, by=self.request.user)


@admin.register(Customer)
class CustomerAdmin(OperationAdmin):
    form = CustomerForm
    list_display = ("company_name", "domain", "id", "relationship", "account_status")
    search_fields = ("search",)
    ordering = ("sort_name",)
    fields = (
        "company_name",
        "domain",
        "relationship",
        "account_status",
        *ADDRESS,
        "contact_first_name",
        "contact_last_name",
        "contact_email",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The bill-to's language and currency are asked for once, when the customer is added."""
        fields = in_order_of_names(self.fields)
        return fields if obj else [*fields, "culture", "currency"]


@admin.register(CustomerUser)
class CustomerUserAdmin(OperationAdmin):
    form = CustomerUserForm
    list_display = ("display_name", "user_principal_name", "customer", "is_active")
    list_select_related = ("customer",)
    search_fields = ("display_name", "user_principal_name")
    ordering = ("display_name",)
    autocomplete_fields = ("customer",)
    fields = ("customer", "user_principal_name", "first_name", "last_name", "display_name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return in_order_of_names(self.fields)


@admin.register(Subscription)
class SubscriptionAdmin(OperationAdmin):
    form = SubscriptionForm
    list_display = ("friendly_name", "customer", "product", "status", "id")
    list_select_related = ("customer",)
    search_fields = ("friendly_name", "customer__search")
    ordering = ("friendly_name",)
    autocomplete_fields = ("customer",)
    fields = (
        "customer",
        "product",
        "offer_name",
        "friendly_name",
        "quantity",
        "status",
        "billing_cycle",
        "commitment_end_date",
        "auto_renew",
    )


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(OperationAdmin):
    form = RoleAssignmentForm
    list_display = ("user", "role", "subscription")
    list_select_related = ("user", "subscription")
    search_fields = ("user__display_name", "subscription__friendly_name")
    ordering = ("user__display_name",)
    autocomplete_fields = ("subscription", "user")
    fields = ("subscription", "user", "role")


@admin.register(PurchasePermission)
class PurchasePermissionAdmin(ReadOnlyAdmin):
    list_display = ("customer", "resource", "allowed", "changed_at", "changed_by")
    list_select_related = ("customer",)
    search_fields = ("customer__search",)
    ordering = ("customer__sort_name", "resource")


# The catalogue and its prices


class ReservationProductForm(OperationForm):
    """A product with its first price."""

    amount = WebDirectPrice._meta.get_field("amount").formfield()
    valid_from = WebDirectPrice._meta.get_field("valid_from").formfield(
        form_class=DayField, initial=today
    )

    def act(self) -> None:
        add_product(
            product=self.instance,
            amount=self.cleaned_data["amount"],
            valid_from=self.cleaned_data["valid_from"],
            by=self.request.user,
        )


class PriceAdjustmentForm(OperationForm):
    def act(self) -> None:
        wanted: PriceAdjustment = self.instance
        self.instance = set_price_adjustment(
            percent=wanted.percent, valid_from=wanted.valid_from, by=self.request.user
        )


class CustomerPriceForm(OperationForm):
    def act(self) -> None:
        wanted: CustomerPrice = self.instance
        stored = set_customer_price(
            customer=wanted.customer,
            product=wanted.product,
            amount=wanted.amount,
            valid_from=wanted.valid_from,
            by=self.request.user,
        )
        self.instance = stored or wanted


class RefundTermsForm(OperationForm):
    def act(self) -> None:
        self.instance = set_refund_terms(terms=self.instance, by=self.request.user)


class PricesAdmin(OperationAdmin):
    """Prices have no permissions of their own but one, to change them."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("customers.view_reservationproduct")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("customers.change_prices")


@admin.register(ReservationProduct)
class ReservationProductAdmin(OperationAdmin):
    form = ReservationProductForm
    list_display = ("sku", "region", "term", "billing_frequency", "currency")
    search_fields = ("search",)
    ordering = ("currency", "sku", "region", "term")
    fields = ("product_type", "sku", "region", "term", "billing_frequency", "currency")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The first price is asked for once, when the product is added."""
        return self.fields if obj else (*self.fields, "amount", "valid_from")


@admin.register(PriceAdjustment)
class PriceAdjustmentAdmin(PricesAdmin):
    form = PriceAdjustmentForm
    list_display = ("__str__", "valid_from", "record_number")
    ordering = ("-valid_from",)
    fields = ("percent", "valid_from")


@admin.register(CustomerPrice)
class CustomerPriceAdmin(PricesAdmin):
    form = CustomerPriceForm
    list_display = ("customer", "product", "__str__", "valid_from", "record_number")
    list_select_related = ("customer", "product")
    search_fields = ("customer__search", "product__search")
    ordering = ("customer__sort_name", "product__sku", "-valid_from")
    autocomplete_fields = ("customer", "product")
    fields = ("customer", "product", "amount", "valid_from")


@admin.register(RefundTerms)
class RefundTermsAdmin(OperationAdmin):
    form = RefundTermsForm
    list_display = (
        "currency",
        "valid_from",
        "free_days",
        "fee_percent",
        "yearly_cap",
        "renewal_days",
    )
    ordering = ("currency", "-valid_from")
    fields = list_display
