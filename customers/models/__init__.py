"""The nouns of this app, one a file."""

from customers.models.customer import (
    AccountStatus,
    BillingProfile,
    Customer,
    CustomerUser,
    Relationship,
)
from customers.models.purchase_permission import PurchasePermission, Resource
from customers.models.subscription import (
    AzureRole,
    BillingCycle,
    Product,
    RoleAssignment,
    Subscription,
    SubscriptionStatus,
)

__all__ = [
    "AccountStatus",
    "AzureRole",
    "BillingCycle",
    "BillingProfile",
    "Customer",
    "CustomerUser",
    "Product",
    "PurchasePermission",
    "Relationship",
    "Resource",
    "RoleAssignment",
    "Subscription",
    "SubscriptionStatus",
]
