"""Whether a customer's purchases would go through.

Source: “Give customers permission”, sections *Verify the customer has an existing Azure
subscription* and *Verify the customer has been assigned the correct role in Azure*.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.markets import Market, market_without_reservations
from customers.models import Customer, RoleAssignment, Subscription
from partnercenter.labels import told_apart


@dataclass(frozen=True, slots=True)
class Readiness:
    """The two conditions beside the switch, with what fulfils them.

    `suspended` are Azure subscriptions that would fulfil the first one, were they reactivated.
    `market` is that of a customer to whom Microsoft offers no reservations; it warns, and no more.
    """

    subscriptions: list[Subscription]
    suspended: list[Subscription]
    owners: list[RoleAssignment]
    market: Market | None = None

    @property
    def owners_by_user(self) -> list[RoleAssignment]:
        """One assignment of each Owner, however many subscriptions he owns."""
        return list({owner.user_id: owner for owner in reversed(self.owners)}.values())[::-1]

    @property
    def obstacle(self) -> Promise | None:
        return obstacle(has_subscription=bool(self.subscriptions), has_owner=bool(self.owners))


def readiness_of(customer: Customer) -> Readiness:
    """Reads both conditions in two queries."""
    azure = told_apart(customer.subscriptions.azure().order_by("created_at", "id"))
    owners = (
        _owners().filter(subscription__customer=customer).select_related("user", "subscription")
    )
    return Readiness(
        subscriptions=[each for each in azure if each.is_active],
        suspended=[each for each in azure if each.is_suspended],
        owners=list(owners.order_by("user__display_name", "pk")),
        market=market_without_reservations(customer.country),
    )


def with_readiness(customers: models.QuerySet[Customer]) -> models.QuerySet[Customer]:
    """Each customer with `has_azure` and `has_owner`, for lists."""
    azure = Subscription.objects.active().azure().filter(customer=models.OuterRef("pk"))
    owners = _owners().filter(subscription__customer=models.OuterRef("pk"))
    return customers.annotate(has_azure=models.Exists(azure), has_owner=models.Exists(owners))


def obstacle(*, has_subscription: bool, has_owner: bool) -> Promise | None:
    """Why a purchase would be refused although the switch is on, or None if it would not."""
    if not has_subscription:
        return _("On, purchases refused: no active subscription")
    if not has_owner:
        return _("On, purchases refused: no Owner")
    return None


def standing_obstacle(customer: Customer) -> Promise | None:
    """The obstacle of a customer who is on for anything; what an agent is warned of."""
    is_on = customer.purchase_permissions.allowed().exists()
    return readiness_of(customer).obstacle if is_on else None


def _owners() -> models.QuerySet[RoleAssignment]:
    """Active users who hold Owner on an active Azure plan or Azure Global subscription."""
    azure = Subscription.objects.active().azure()
    return RoleAssignment.objects.owners().filter(subscription__in=azure)
