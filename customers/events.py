"""What is recorded of customers. The two of the permission read as Partner Center writes them
(“Give customers permission”, the note under *Turn on or turn off customer permissions*)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from activitylog.events import Documented, Facts
from customers.self_serve_policies import policy_facts


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
    UPDATE_SUBSCRIPTION = "update_subscription", _("Update Subscription")
    SUSPEND_SUBSCRIPTION = "suspend_subscription", _("Suspend Subscription")
    REACTIVATE_SUBSCRIPTION = "reactivate_subscription", _("Reactivate Subscription")
    CREATE_ROLE_ASSIGNMENT = "create_role_assignment", _("Create Role Assignment")
    DELETE_ROLE_ASSIGNMENT = "delete_role_assignment", _("Delete Role Assignment")
    CREATE_ORDER = "create_order", _("Create Order")
    EXCHANGE_RESERVATION = "exchange_reservation", _("Exchange Reservation")
    CANCEL_RESERVATION = "cancel_reservation", _("Cancel Reservation")
    RENEW_RESERVATION = "renew_reservation", _("Renew Reservation")
    CHANGE_SCOPE = "change_reservation_scope", _("Change Reservation Scope")
    RENAME_RESERVATION = "rename_reservation", _("Rename Reservation")
    EXPIRE_RESERVATION = "expire_reservation", _("Expire Reservation")
    ADD_RESERVED_INSTANCE = "add_reserved_instance", _("Add Reserved Instance")
    EXPORT_PRICE_LIST = "export_price_list", _("Export Price List")
    IMPORT_PRICE_LIST = "import_price_list", _("Import Price List")
    MERGE_RESERVED_INSTANCES = "merge_reserved_instances", _("Merge Reserved Instances")
    SET_END_OF_SALE = "set_end_of_sale", _("Set End of Sale")
    SET_PRICE_ADJUSTMENT = "set_price_adjustment", _("Set Default Margin or Discount")
    SET_CUSTOMER_PRICE = "set_customer_price", _("Set Customer Price")
    SET_REFUND_TERMS = "set_refund_terms", _("Set Refund Terms")
    IMPORT_USAGE = "import_usage", _("Import Usage")
    MERGE_USAGE = "merge_usage", _("Merge Usage")
    SEND_SIGN_IN_LINK = "send_sign_in_link", _("Send Sign-in Link")
    WITHDRAW_SIGN_IN_LINK = "withdraw_sign_in_link", _("Withdraw Sign-in Link")
    SIGN_OUT_CUSTOMER_USER = "sign_out_customer_user", _("Sign Out Customer User")


PERMISSION_ACTIVITIES = (
    CustomerActivity.CREATE_PURCHASE_PERMISSION,
    CustomerActivity.DELETE_PURCHASE_PERMISSION,
)


@dataclass(frozen=True, slots=True)
class DocumentedPolicy(Documented):
    """To programs a customer's switches together are one self-serve policy, which the first one
    creates and the last one deletes; whatever moves between them updates it. A call that moves
    several switches has a record of each, and did one thing to the policy.
    """

    def of(self, old: Facts | None, new: Facts | None) -> Documented:
        before, after = (old or {}).get("resources"), (new or {}).get("resources")
        if before and after:
            return _policy("update")
        return _policy("delete" if before else "create")

    def value(self, facts: Facts | None, customer_id: str) -> Facts | None:
        """The policy that the switches made; None while all were off."""
        resources = (facts or {}).get("resources")
        return policy_facts(customer_id, resources) if resources else None

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(_policy(verb).event for verb in ("create", "update", "delete"))


def _policy(verb: str) -> Documented:
    return Documented(
        f"{verb}_self_serve_policy", "self_serve_policy", f"self-serve-policy-{verb}d"
    )


POLICY = DocumentedPolicy(resource="self_serve_policy", one_a_call=True)


@dataclass(frozen=True, slots=True)
class DocumentedOrder(Documented):
    """An order of several subscriptions, each with a record, is one order to programs."""

    def of_several(self, facts: Facts | None) -> Facts | None:
        """The order alone, which has them all."""
        return {"order": facts["order"]} if facts and "order" in facts else facts


SUBSCRIPTION_UPDATED = Documented("update_subscription", "subscription", "subscription-updated")
RESERVATION_CHANGED = Documented("update_order", "order", "order-updated")

# A subscription is bought by an order, so that its record is one of an order too. What customers'
# users may do on a subscription, and what things cost, has no name in the API.
DOCUMENTED = {
    CustomerActivity.CREATE_PURCHASE_PERMISSION: POLICY,
    CustomerActivity.DELETE_PURCHASE_PERMISSION: POLICY,
    CustomerActivity.ADD_CUSTOMER: Documented("add_customer", "customer", "customer-added"),
    CustomerActivity.UPDATE_BILL_TO: Documented(
        "update_customer_billing_profile", "customer", "customer-updated"
    ),
    CustomerActivity.REMOVE_RELATIONSHIP: Documented(
        "remove_partner_customer_relationship",
        "partner_customer_relationship",
        "customer-relationship-removed",
    ),
    CustomerActivity.CREATE_CUSTOMER_USER: Documented("create_customer_user", "customer_user"),
    CustomerActivity.DELETE_CUSTOMER_USER: Documented("delete_customer_user", "customer_user"),
    CustomerActivity.CREATE_SUBSCRIPTION: DocumentedOrder(
        "create_order", "order", "order-created", one_a_call=True
    ),
    CustomerActivity.UPDATE_SUBSCRIPTION: SUBSCRIPTION_UPDATED,
    CustomerActivity.SUSPEND_SUBSCRIPTION: SUBSCRIPTION_UPDATED,
    CustomerActivity.REACTIVATE_SUBSCRIPTION: SUBSCRIPTION_UPDATED,
    CustomerActivity.CREATE_ROLE_ASSIGNMENT: Documented(resource="subscription"),
    CustomerActivity.DELETE_ROLE_ASSIGNMENT: Documented(resource="subscription"),
    CustomerActivity.CREATE_ORDER: Documented("create_order", "order", "order-created"),
    CustomerActivity.RENEW_RESERVATION: Documented("create_order", "order", "order-created"),
    CustomerActivity.EXCHANGE_RESERVATION: RESERVATION_CHANGED,
    CustomerActivity.CANCEL_RESERVATION: RESERVATION_CHANGED,
    CustomerActivity.CHANGE_SCOPE: RESERVATION_CHANGED,
    CustomerActivity.RENAME_RESERVATION: RESERVATION_CHANGED,
    CustomerActivity.EXPIRE_RESERVATION: RESERVATION_CHANGED,
    CustomerActivity.SEND_SIGN_IN_LINK: Documented(resource="customer_user"),
    CustomerActivity.WITHDRAW_SIGN_IN_LINK: Documented(resource="customer_user"),
    CustomerActivity.SIGN_OUT_CUSTOMER_USER: Documented(resource="customer_user"),
}
