"""Customers as such: adding them, whom bills name, and the end of the relationship."""

from typing import Any

from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from activitylog import clock
from activitylog.recording import Actor, record
from customers.cultures import DEFAULT
from customers.events import CustomerActivity
from customers.models import BillingProfile, Customer, Relationship, Resource
from customers.models.customer import own_currency
from customers.operations.locking import locked, locked_reseller_customer
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.authority import act
from partnercenter.operations import Refused

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
BILL_TO = (*SHARED_WITH_BILL_TO, "first_name", "last_name", "email", "culture", "currency")


@act("customers.add_customer")
def add_customer(
    *, customer: Customer, culture: str = DEFAULT, currency: str | None = None, by: Actor
) -> Customer:
    """Stores a new customer, with a bill-to that starts as a copy of the company's details.

    `customer` is filled and unsaved. Bills and mails are in `culture`, and the amounts of bills in
    `currency`, or in the installation's own. Raises ValidationError, for example for a domain that
    another customer has.
    """
    customer.full_clean(exclude=Customer.DERIVED)
    written = record(
        CustomerActivity.ADD_CUSTOMER,
        resource_type="customer",
        resource_id=str(customer.pk),
        customer=customer.affected,
        new=model_to_dict(customer, ("company_name", "domain", "relationship", "country")),
        by=by,
    )
    customer.validate_unique()  # again, now that nobody else can add one
    customer.created_at = written.at
    customer.save(force_insert=True)
    bill_to = _bill_to(customer, culture, currency or own_currency())
    bill_to.full_clean(exclude=["customer"])
    bill_to.save(force_insert=True)
    return customer


def _bill_to(customer: Customer, culture: str, currency: str) -> BillingProfile:
    return BillingProfile(
        customer=customer,
        first_name=customer.contact_first_name,
        last_name=customer.contact_last_name,
        email=customer.contact_email,
        culture=culture,
        currency=currency,
        **{name: getattr(customer, name) for name in SHARED_WITH_BILL_TO},
    )


@act("customers.change_billingprofile")
def change_bill_to(
    *, bill_to: BillingProfile, etag: str | None = None, by: Actor
) -> BillingProfile:
    """Stores whom the partner's bills to this customer name; does nothing where it is the same.

    `bill_to` bears the wanted values, unsaved. Raises ValidationError for malformed ones, and
    Refused (no_relationship, stale_etag where `etag` is given and no longer that of the bill-to).
    """
    customer = locked_reseller_customer(bill_to.customer)
    stored = customer.billing_profile
    if etag is not None and etag != stored.etag:
        raise Refused(
            _("The bill-to was changed since you read it. Read it again, then change it."),
            code="stale_etag",
        )
    bill_to.full_clean()
    old = _facts(stored)
    if old == _facts(bill_to):
        return bill_to
    bill_to.save()
    record(
        CustomerActivity.UPDATE_BILL_TO,
        resource_type="customer",
        resource_id=str(customer.pk),
        customer=customer.affected,
        old=old,
        new=_facts(bill_to),
        by=by,
    )
    return bill_to


def _facts(bill_to: BillingProfile) -> dict[str, Any]:
    return model_to_dict(bill_to, BILL_TO)


@act("customers.remove_reseller_relationship")
def remove_reseller_relationship(*, customer: Customer, by: Actor) -> Customer:
    """Ends the relationship, and with it every permission to purchase, in one transaction.

    Does nothing where it has ended. Raises Refused (active_subscriptions, active_reservations)
    while any subscription or reservation is active.
    """
    customer = locked(customer)
    if not customer.is_reseller_customer:
        return customer
    refusal = why_relationship_stays(customer)
    if refusal:
        raise refusal
    for resource in Resource:
        set_purchase_permission(customer=customer, resource=resource, allowed=False, by=by)
    customer.relationship = Relationship.NONE
    customer.save(update_fields=["relationship"])
    record(
        CustomerActivity.REMOVE_RELATIONSHIP,
        resource_type="customer",
        resource_id=str(customer.pk),
        customer=customer.affected,
        old={"relationship": Relationship.RESELLER.value},
        new={"relationship": Relationship.NONE.value},
        by=by,
    )
    return customer


def why_relationship_stays(customer: Customer) -> Refused | None:
    """Why the relationship cannot be removed now, or None if it can."""
    if customer.subscriptions.active().exists():
        return Refused(
            _(
                "This customer has active subscriptions. Suspend them first; then the relationship "
                "can be removed."
            ),
            code="active_subscriptions",
        )
    if customer.reservations.active_at(clock.now()).exists():
        return Refused(
            _(
                "This customer has active reservations. Cancel them first; then the relationship "
                "can be removed."
            ),
            code="active_reservations",
        )
    return None
