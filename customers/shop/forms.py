"""What the pages of the shop accept."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.forms.products import ProductSearchForm
from customers.models import (
    BillingCycle,
    Customer,
    ReservationProduct,
    Scope,
    Subscription,
    Term,
)
from customers.models.fields import DIGITS, PLACES
from customers.models.product import ReservationProductQuerySet
from customers.money import CURRENCIES, Money
from customers.operations.purchase_rules import LARGEST_QUANTITY, Purchase
from partnercenter.labels import told_apart
from partnercenter.typed import GuidField, NumberField, WholeNumberField

CHOICES = ("quantity", "billing_cycle", "scope", "subscription")


class ProductFilterForm(ProductSearchForm):
    field_order = ["q", "term", "size", "cursor"]

    term = forms.ChoiceField(
        label=_("Term"), choices=[("", _("All terms")), *Term.choices], required=False
    )

    def apply(self, products: ReservationProductQuerySet) -> ReservationProductQuerySet:
        """Those of the products that the valid form asks for."""
        found = products.matching(self.cleaned_data["q"])
        term = self.cleaned_data["term"]
        return found.filter(term=term) if term else found


class ChoicesForm(forms.Form):
    """How many of a product, how billed, whom they serve, and on which subscription.

    Any subscription can be named: whether it will do is a rule of the operation.
    """

    use_required_attribute = True

    quantity = WholeNumberField(
        label=_("Quantity"), min_value=1, max_value=LARGEST_QUANTITY, initial=1
    )
    billing_cycle = forms.TypedChoiceField(
        label=_("Billing"),
        coerce=BillingCycle,
        help_text=_("The total is the same."),
    )
    subscription = GuidField(
        label=_("Subscription"), help_text=_("The reservation is billed to it.")
    )
    scope = forms.TypedChoiceField(
        label=_("Scope"),
        choices=Scope.choices,
        coerce=Scope,
        initial=Scope.SHARED,
        widget=forms.RadioSelect,
        help_text=_(
            "Shared: matching usage of all subscriptions that the partner bought for this "
            "customer gets the benefit. Single subscription: only that of the chosen one."
        ),
    )

    def __init__(
        self, customer: Customer, product: ReservationProduct, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        cycles = [(cycle.value, cycle.label) for cycle in product.billing_cycles]
        self.fields["billing_cycle"].choices = cycles  # type: ignore[attr-defined]
        azure = told_apart(customer.subscriptions.azure().order_by("created_at", "id"))
        self.fields["subscription"].widget = forms.Select(choices=_subscriptions(azure))
        self.fields["subscription"].initial = next((s.pk for s in azure if s.is_active), None)

    def purchase(self, *, unit_price: Money, key: UUID) -> Purchase:
        """What the valid form asks for, at this price."""
        chosen = self.cleaned_data
        return Purchase(
            product=self.product,
            quantity=chosen["quantity"],
            billing_cycle=chosen["billing_cycle"],
            scope=chosen["scope"],
            subscription_id=chosen["subscription"],
            unit_price=unit_price,
            key=key,
        )


class ConfirmForm(ChoicesForm):
    """The same, unseen, with the price that the review showed and the key of the form."""

    unit_price = NumberField(max_digits=DIGITS, decimal_places=PLACES, min_value=0)
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    key = GuidField()

    def clean(self) -> dict[str, Any]:
        """The price has the digits of its currency, as the review wrote it."""
        chosen = super().clean() or {}
        try:
            Money(chosen["unit_price"], chosen["currency"])
        except (KeyError, ValueError) as error:
            raise forms.ValidationError(
                gettext("The price of the review is missing. Review the purchase again.")
            ) from error
        return chosen

    def confirmed(self) -> Purchase:
        price: Decimal = self.cleaned_data["unit_price"]
        return self.purchase(
            unit_price=Money(price, self.cleaned_data["currency"]), key=self.cleaned_data["key"]
        )


def choices_of(purchase: Purchase) -> dict[str, str]:
    """The fields of `ChoicesForm` that ask for this purchase."""
    return {
        "quantity": str(purchase.quantity),
        "billing_cycle": purchase.billing_cycle.value,
        "scope": purchase.scope.value,
        "subscription": str(purchase.subscription_id),
    }


def confirmation_of(purchase: Purchase) -> dict[str, str]:
    """The fields of `ConfirmForm` that confirm this purchase."""
    return {
        **choices_of(purchase),
        "unit_price": purchase.unit_price.code,
        "currency": purchase.unit_price.currency,
        "key": str(purchase.key),
    }


def query_of(purchase: Purchase) -> str:
    return urlencode(choices_of(purchase))


def _subscriptions(azure: list[Subscription]) -> list[tuple[str, str]]:
    return [("", "–"), *((str(each.pk), _named(each)) for each in azure)]


def _named(subscription: Subscription) -> str:
    """Its label, with its status where that stands in the way."""
    if subscription.is_active:
        return subscription.label
    names = {
        "subscription": subscription.label,
        "status": subscription.get_status_display(),
    }
    return gettext("%(subscription)s (%(status)s)") % names
