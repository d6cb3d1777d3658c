"""Customers in the site administration: added through the operations, otherwise to look at."""

from django.contrib import admin

from customers.forms import ADDRESS
from customers.models import (
    Customer,
    CustomerUser,
    PurchasePermission,
    RoleAssignment,
    Subscription,
)
from customers.operations.customers import add_customer
from customers.operations.role_assignments import assign_role
from customers.operations.subscriptions import add_subscription
from customers.operations.users import add_customer_user
from partnercenter.operation_admin import OperationAdmin, OperationForm, ReadOnlyAdmin


class CustomerForm(OperationForm):
    def act(self) -> None:
        add_customer(customer=self.instance, by=self.request.user)


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


@admin.register(CustomerUser)
class CustomerUserAdmin(OperationAdmin):
    form = CustomerUserForm
    list_display = ("display_name", "user_principal_name", "customer", "is_active")
    list_select_related = ("customer",)
    search_fields = ("display_name", "user_principal_name")
    ordering = ("display_name",)
    autocomplete_fields = ("customer",)
    fields = ("customer", "user_principal_name", "first_name", "last_name", "display_name")


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
