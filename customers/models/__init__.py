"""The nouns of this app, one a file."""

from customers.models.customer import (
    AccountStatus,
    BillingProfile,
    Customer,
    CustomerUser,
    Relationship,
)
from customers.models.order import (
    Order,
    OrderItem,
    OrderStatus,
    PurchasedBy,
    PurchaseForm,
    TransactionType,
)
from customers.models.product import (
    BillingFrequency,
    CustomerPrice,
    PriceAdjustment,
    ProductType,
    ReservationProduct,
    Term,
    WebDirectPrice,
)
from customers.models.purchase_permission import PurchasePermission, Resource
from customers.models.reservation import (
    Refund,
    RefundReason,
    RefundTerms,
    Reservation,
    ReservationStatus,
    Scope,
)
from customers.models.sign_in_link import SignInLink
from customers.models.subscription import (
    AzureRole,
    BillingCycle,
    Product,
    RoleAssignment,
    Subscription,
    SubscriptionStatus,
    SubscriptionTerm,
)
from customers.models.usage import UsageRecord

__all__ = [
    "AccountStatus",
    "AzureRole",
    "BillingCycle",
    "BillingFrequency",
    "BillingProfile",
    "Customer",
    "CustomerPrice",
    "CustomerUser",
    "Order",
    "OrderItem",
    "OrderStatus",
    "PriceAdjustment",
    "Product",
    "ProductType",
    "PurchaseForm",
    "PurchasePermission",
    "PurchasedBy",
    "Refund",
    "RefundReason",
    "RefundTerms",
    "Relationship",
    "Reservation",
    "ReservationProduct",
    "ReservationStatus",
    "Resource",
    "RoleAssignment",
    "Scope",
    "SignInLink",
    "Subscription",
    "SubscriptionStatus",
    "SubscriptionTerm",
    "Term",
    "TransactionType",
    "UsageRecord",
    "WebDirectPrice",
]
