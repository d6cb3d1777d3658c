"""What is recorded of customers. The two of the permission read as Partner Center writes them
(“Give customers permission”, the note under *Turn on or turn off customer permissions*)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomerActivity(models.TextChoices):
    CREATE_PURCHASE_PERMISSION = (
        "create_customer_purchase_permissions",
        _("Create Customer Purchase Permissions"),
    )
    DELETE_PURCHASE_PERMISSION = (
        "delete_customer_purchase_permissions",
        _("Delete Customer Purchase Permissions"),
    )
    ADD_CUSTOMER = "add_customer", _("Add Customer")
    EXPORT_CUSTOMERS = "export_customers", _("Export Customers")
    UPDATE_BILL_TO = "update_customer_billing_profile", _("Update Customer Billing Profile")
    REMOVE_RELATIONSHIP = "remove_partner_customer_relationship", _("Remove Reseller Relationship")
    CREATE_CUSTOMER_USER = "create_customer_user", _("Create Customer User")
    DELETE_CUSTOMER_USER = "delete_customer_user", _("Delete Customer User")
    CREATE_SUBSCRIPTION = "create_subscription", _("Create Subscription")
    SUSPEND_SUBSCRIPTION = "suspend_subscription", _("Suspend Subscription")
    REACTIVATE_SUBSCRIPTION = "reactivate_subscription", _("Reactivate Subscription")
    CREATE_ROLE_ASSIGNMENT = "create_role_assignment", _("Create Role Assignment")
    DELETE_ROLE_ASSIGNMENT = "delete_role_assignment", _("Delete Role Assignment")


PERMISSION_ACTIVITIES = (
    CustomerActivity.CREATE_PURCHASE_PERMISSION,
    CustomerActivity.DELETE_PURCHASE_PERMISSION,
)
