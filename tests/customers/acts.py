"""What operations are given in these tests, filled and not stored yet, and what the log says."""

from typing import Any

from activitylog.models import ActivityRecord
from customers.models import Customer, CustomerUser, RoleAssignment, Subscription

ADDRESS = {
    "country": "SE",
    "region": "Skåne",
    "city": "Lund",
    "address_line1": "Storgatan 1",
    "address_line2": "Box 7",
    "postal_code": "222 22",
    "phone_number": "+46 46 000 00",
}


def adatum(**details: Any) -> Customer:
    return Customer(
        **{
            "company_name": "Adatum",
            "domain": "adatum.example",
            "contact_first_name": "Kim",
            "contact_last_name": "Berg",
            "contact_email": "kim@adatum.example",
            **ADDRESS,
            **details,
        }
    )


def olga(customer: Customer, **details: Any) -> CustomerUser:
    names = {"first_name": "Olga", "last_name": "Owner", "display_name": "Olga Owner"}
    return CustomerUser(
        customer=customer, **{"user_principal_name": "olga@adatum.example", **names, **details}
    )


def azure_plan(customer: Customer, **details: Any) -> Subscription:
    names = {"offer_name": "Azure plan", "friendly_name": "Azure plan"}
    return Subscription(customer=customer, **{"product": "azure_plan", **names, **details})


def owner(subscription: Subscription, user: CustomerUser, role: str = "Owner") -> RoleAssignment:
    return RoleAssignment(subscription=subscription, user=user, role=role)


def the_record() -> ActivityRecord:
    """The log's only record; a log with none or with two fails the test."""
    return ActivityRecord.objects.get()


def actions() -> list[str]:
    return list(ActivityRecord.objects.order_by("number").values_list("action", flat=True))
