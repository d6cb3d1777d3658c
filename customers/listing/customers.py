"""The list of customers: which ones its filters ask for, and what its rows show."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.utils.functional import Promise

from customers.forms.customers import CustomerFilterForm
from customers.models import Customer, PurchasePermission, SubscriptionStatus
from customers.models.customer import CustomerQuerySet
from customers.readiness import obstacle, with_readiness
from partnercenter.times import ago, exact


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """What a row shows, made once here instead of by filters in the template."""

    customer: Customer
    relationship: str
    active_subscriptions: int
    has_subscription: bool
    has_owner: bool
    on: list[PurchasePermission]

    @property
    def permissions(self) -> list[tuple[str, str, str]]:
        """Each resource that is on, with since when, exactly and in words."""
        return [
            (on.get_resource_display(), exact(on.changed_at), ago(on.changed_at)) for on in self.on
        ]

    @property
    def obstacle(self) -> Promise | None:
        """Why purchases would be refused, for a customer who is on for anything."""
        if not self.on:
            return None
        return obstacle(has_subscription=self.has_subscription, has_owner=self.has_owner)


def filtered(form: CustomerFilterForm) -> CustomerQuerySet:
    """Those of the customers that the valid form asks for."""
    found: CustomerQuerySet = Customer.objects.matching(form.cleaned_data["q"])
    if form.cleaned_data["purchase"]:
        found = found.able_to_purchase(form.cleaned_data["purchase"] == "on")
    return found


def rows_of(page: Iterable[Customer]) -> list[CustomerRow]:
    """Reads what the rows need beside the customers, in a fixed number of queries."""
    permissions = Prefetch(
        "purchase_permissions", PurchasePermission.objects.allowed().order_by("resource")
    )
    ids = [customer.pk for customer in page]
    details = (
        with_readiness(Customer.objects.filter(pk__in=ids))
        .annotate(
            active=Count("subscriptions", filter=Q(subscriptions__status=SubscriptionStatus.ACTIVE))
        )
        .prefetch_related(permissions)
        .in_bulk()
    )
    return [_row(details[pk]) for pk in ids if pk in details]


def _row(customer: Customer) -> CustomerRow:
    return CustomerRow(
        customer=customer,
        relationship=customer.get_relationship_display(),
        active_subscriptions=customer.active,  # type: ignore[attr-defined]
        has_subscription=customer.has_azure,  # type: ignore[attr-defined]
        has_owner=customer.has_owner,  # type: ignore[attr-defined]
        on=list(customer.purchase_permissions.all()),
    )
