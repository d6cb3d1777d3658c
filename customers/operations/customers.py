"""Adding customers and the people who work there."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import BillingProfile, Customer, CustomerUser
from customers.operations.locking import locked

SHARED_WITH_BILL_TO = (
    "company_name",
    "country",
    "region",
    "city",
    "address_line1",
    "address_line2",
    "postal_code",
    "phone_number",
)


@transaction.atomic
def add_customer(*, customer: Customer, culture: str = "en-US", by: Actor) -> Customer:
    """Stores a new customer, with a bill-to that starts as a copy of the company's details.

    `customer` is filled and unsaved. Raises ValidationError, for example for a domain that another
    customer has.
    """
    customer.domain = customer.domain.lower()
    customer.full_clean(exclude=Customer.DERIVED)
    written = record(
        CustomerActivity.ADD_CUSTOMER,
        resource_type="customer",
        resource_id=str(customer.pk),
        customer=customer.affected,
        new=_facts(customer, ("company_name", "domain", "relationship", "country")),
        by=by,
    )
    customer.validate_unique()  # again, now that nobody else can add one
    customer.created_at = written.at
    customer.save(force_insert=True)
    _bill_to(customer, culture).save(force_insert=True)
    return customer


def _bill_to(customer: Customer, culture: str) -> BillingProfile:
    return BillingProfile(
        customer=customer,
        first_name=customer.contact_first_name,
        last_name=customer.contact_last_name,
        email=customer.contact_email,
        culture=culture,
        language=culture.partition("-")[0],
        **{name: getattr(customer, name) for name in SHARED_WITH_BILL_TO},
    )


@transaction.atomic
def add_customer_user(*, user: CustomerUser, by: Actor) -> CustomerUser:
    """Stores a new user of a customer. Raises ValidationError for a name that is taken."""
    customer = locked(user.customer)
    user.user_principal_name = user.user_principal_name.lower()
    user.full_clean(exclude=["created_at"])
    written = record(
        CustomerActivity.CREATE_CUSTOMER_USER,
        resource_type="customer_user",
        resource_id=str(user.pk),
        customer=customer.affected,
        new=_facts(user, ("user_principal_name", "display_name")),
        by=by,
    )
    user.validate_unique()  # again, now that nobody else can add one
    user.created_at = written.at
    user.save(force_insert=True)
    return user


def _facts(instance: Customer | CustomerUser, names: Iterable[str]) -> dict[str, Any]:
    return model_to_dict(instance, fields=list(names))
