"""What a purchase is, and the conditions of every one: each stands here once.

Source: “Give customers permission”, sections *Overview of customer permissions* and *Verify the
customer has been assigned the correct role in Azure*: a customer needs the permission, an active
Azure subscription that the partner bought, and the role Owner on it. Agents need the subscription.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor
from customers.models import (
    BillingCycle,
    Customer,
    CustomerUser,
    ReservationProduct,
    Resource,
    RoleAssignment,
    Scope,
    Subscription,
    Term,
)
from customers.models.subscription import RoleAssignmentQuerySet
from customers.money import Money
from customers.operations.locking import no_relationship
from customers.pricing import price_of, today
from partnercenter.operations import Refused

LARGEST_QUANTITY = 1000


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a buyer confirms: the choices of the form, and the price that the review showed.

    `key` is the form's own; confirming with the same key again buys nothing more.
    """

    product: ReservationProduct
    quantity: int
    billing_cycle: BillingCycle
    scope: Scope
    subscription_id: UUID
    unit_price: Money
    key: UUID

    @property
    def total(self) -> Money:
        return self.unit_price.times(self.quantity)

    @property
    def instalments(self) -> list[Money]:
        """What is billed month by month from the first day on; nothing where it is paid at once."""
        if self.billing_cycle != BillingCycle.MONTHLY:
            return []
        return self.total.parts(Term(self.product.term).months)

    @property
    def facts(self) -> dict[str, Any]:
        """The purchase as records keep it: codes and plain digits."""
        product = self.product
        return {
            "sku": product.sku,
            "region": product.region,
            "term": product.term,
            "quantity": self.quantity,
            "billing": str(self.billing_cycle),
            "scope": str(self.scope),
            "subscription": str(self.subscription_id),
            "unit_price": self.unit_price.code,
            "total": self.total.code,
            "currency": self.unit_price.currency,
        }


def why_no_purchase(customer: Customer, purchase: Purchase, by: Actor) -> Refused | None:
    """The rule of every purchase: the first condition that is not met, or None if all are."""
    if not customer.is_reseller_customer:
        return _no_relationship(by)
    chosen = customer.subscriptions.filter(pk=purchase.subscription_id)
    return (
        why_not_permitted(customer, by)
        or why_not_on(chosen.first())
        or _why_not_owner(chosen, by)
        or _why_not_at_this_price(customer, purchase)
    )


def why_nothing_can_be_bought(customer: Customer, by: Actor) -> Refused | None:
    """Why no purchase would go through, whatever is chosen; None if some would."""
    if not customer.is_reseller_customer:
        return _no_relationship(by)
    azure = list(customer.subscriptions.azure().active())
    if not azure:
        return _no_azure_subscription()
    return why_not_permitted(customer, by) or _why_not_owner(azure, by)


def _no_relationship(by: Actor) -> Refused:
    """In the words of whoever asks."""
    if not isinstance(by, CustomerUser):
        return no_relationship()
    return Refused(
        _("Your company has no relationship with this partner any more, so nothing can be bought."),
        code="no_relationship",
    )


def _no_azure_subscription() -> Refused:
    return Refused(
        _(
            "There is no active Azure plan or Azure Global subscription to buy reservations on. "
            "One has to be bought or reactivated first."
        ),
        code="no_azure_subscription",
    )


def why_not_permitted(customer: Customer, by: Actor) -> Refused | None:
    """Why a customer's user cannot buy at all: the permission is off. Agents do not need it."""
    switches = customer.purchase_permissions.allowed()
    if not isinstance(by, CustomerUser) or switches.filter(resource=Resource.AZURE_RESERVATIONS):
        return None
    return Refused(
        _(
            "Your partner has not allowed your company to purchase Azure reservations. Ask your "
            "partner to turn the permission on, or to buy the reservation for you."
        ),
        code="not_permitted",
    )


def why_not_on(subscription: Subscription | None) -> Refused | None:
    """Why nobody can buy on the subscription; None stands for one of somebody else."""
    if subscription is None:
        return Refused(
            _("The subscription is not one of this customer's. Choose another one."),
            code="other_subscription",
        )
    if not subscription.is_azure:
        return Refused(
            _(
                "Reservations are bought on an Azure plan or Azure Global subscription only. "
                "Choose another subscription."
            ),
            code="not_azure",
        )
    if not subscription.is_active:
        return Refused(
            _("The subscription is not active. Choose another one, or have it reactivated."),
            code="not_active",
        )
    return None


def _why_not_owner(subscriptions: Iterable[Subscription], by: Actor) -> Refused | None:
    """None if a customer's user holds Owner on one of them, and for agents, who need not."""
    if not isinstance(by, CustomerUser):
        return None
    owned = _owned_by(by).filter(subscription__in=subscriptions)
    return None if owned.exists() else _not_owner()


def _owned_by(user: CustomerUser) -> RoleAssignmentQuerySet:
    """The roles with which the user may buy: Owner, on his own company's subscriptions."""
    return RoleAssignment.objects.owners().filter(user=user, user__customer=user.customer_id)


def _not_owner() -> Refused:
    return Refused(
        _(
            "Purchases need the role Owner on the subscription, which you do not hold. Ask your "
            "partner, or another Owner, to assign it to you."
        ),
        code="not_owner",
    )


def why_not_on_each(
    subscriptions: Iterable[Subscription], user: CustomerUser
) -> dict[UUID, Refused | None]:
    """For each of his company's subscriptions why the user cannot buy on it, None where he can.

    The permission stands apart, in `why_not_permitted`. One query for all of them.
    """
    owned = set(_owned_by(user).values_list("subscription_id", flat=True))
    return {
        each.pk: why_not_on(each) or (None if each.pk in owned else _not_owner())
        for each in subscriptions
    }


def _why_not_at_this_price(customer: Customer, purchase: Purchase) -> Refused | None:
    price = price_of(purchase.product, customer, today())
    if price and not price.product.is_on_sale(today()):
        return not_on_sale()
    if price and price.unit == purchase.unit_price:
        return None
    return Refused(
        _("The price has changed since the review. Review the purchase again at the new price."),
        code="price_changed",
    )


def not_on_sale() -> Refused:
    """The rule of a product whose sale has ended: nothing of it is bought, renewed or exchanged
    for. What runs keeps running, and can be canceled or exchanged.
    """
    return Refused(
        _("This product is no longer sold, so it can't be bought or renewed. Choose another one."),
        code="end_of_sale",
    )


def refuse_bad_shape(customer: Customer, purchase: Purchase) -> None:
    """Raises Refused for what no form of ours sends."""
    if not 1 <= purchase.quantity <= LARGEST_QUANTITY:
        raise Refused(_("This quantity cannot be bought at once."), code="quantity")
    if purchase.billing_cycle not in purchase.product.billing_cycles:
        raise Refused(_("This product is not billed in this way."), code="billing")
    if purchase.product.currency != customer.billing_profile.currency:
        raise Refused(
            _("The customer is billed in another currency. Choose the product again."),
            code="currency",
        )
