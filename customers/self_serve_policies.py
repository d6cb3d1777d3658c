"""What a customer's switches are to programs: a self-serve policy while any is on.

Source: partner-center facts, section 3: its id is `{partner's tenant}_{customer's tenant}`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from customers.etags import etag_of
from customers.models import Customer, PurchasePermission, Resource


@dataclass(frozen=True, slots=True)
class Policy:
    """The customer and what is on; `number` is that of the last record that moved a switch."""

    customer: Customer
    resources: tuple[Resource, ...]
    number: int

    @property
    def id(self) -> str:
        return policy_id(self.customer.pk)

    @property
    def facts(self) -> dict[str, Any]:
        """As programs read it, but for its etag."""
        return policy_facts(self.customer.pk, self.resources)

    @property
    def etag(self) -> str:
        """Another one after each move."""
        return etag_of(self.id, self.number)

    @classmethod
    def of(cls, customer: Customer, switches: Sequence[PurchasePermission]) -> Self | None:
        """The policy that all of the customer's switches make; None while all are off."""
        on = {switch.resource for switch in switches if switch.allowed}
        if not on:
            return None
        return cls(
            customer=customer,
            resources=tuple(resource for resource in Resource if resource in on),
            number=max(switch.record_number for switch in switches),
        )


def policy_id(customer_id: object) -> str:
    return f"{settings.TENANT_ID}_{customer_id}"


def policy_facts(customer_id: object, resources: Iterable[str]) -> dict[str, Any]:
    """The policy of a customer for whom these resources are on, as the API writes it."""
    return {
        "id": policy_id(customer_id),
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(customer_id)},
        "grantor": {"grantorType": "billToPartner", "tenantID": settings.TENANT_ID},
        "permissions": [
            {"resource": str(resource), "action": "Purchase"} for resource in resources
        ],
    }


def policy_of(customer: Customer) -> Policy | None:
    """The customer's policy, or None where nothing is on."""
    return Policy.of(customer, list(customer.purchase_permissions.all()))


def with_policies() -> QuerySet[Customer]:
    """Customers with a policy, whose switches are read for `policy_of`."""
    switches = Prefetch("purchase_permissions", PurchasePermission.objects.order_by("resource"))
    return Customer.objects.able_to_purchase().prefetch_related(switches)
