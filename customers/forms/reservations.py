"""What the pages of reservations accept: filters, and what changes one on the customer's behalf."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import (
    BillingCycle,
    Customer,
    PurchasedBy,
    Reservation,
    ReservationProduct,
    ReservationStatus,
    Scope,
    Subscription,
)
from customers.models.fields import DIGITS, PLACES
from customers.money import Money, rounded
from customers.operations.purchase_rules import LARGEST_QUANTITY, Purchase
from partnercenter.labels import told_apart
from partnercenter.lists import FilterForm
from partnercenter.typed import NumberField, WholeNumberField


class ReservationFilterForm(FilterForm):
    """A reservation whose end has come counts as expired, whatever is stored of it."""

    field_order = ["purchased_by", "status", "size", "cursor"]

    purchased_by = forms.ChoiceField(
        label=_("Purchased by"),
        choices=[("", _("Partner or customer")), *PurchasedBy.choices],
        required=False,
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("", _("All")), *ReservationStatus.choices],
        required=False,
    )


class AmountField(NumberField):
    """An amount that a review showed, as the form sends it back unseen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=DIGITS, decimal_places=PLACES, widget=forms.HiddenInput, **kwargs
        )


class ReviewedForm(forms.Form):
    """What confirms a review. A form without its amounts has confirmed nothing."""

    amounts: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        if any(name in self.errors for name in self.amounts):
            for name in self.amounts:
                self.errors.pop(name, None)
            raise forms.ValidationError(
                _("The form did not say which figures were reviewed. Review them again."),
                code="not_reviewed",
            )
        return self.cleaned_data

    def amount(self, name: str, currency: str) -> Money:
        amount: Decimal = self.cleaned_data[name]
        return rounded(amount, currency)


class CancellationForm(ReviewedForm):
    refund = AmountField()
    amounts = ("refund",)


class RenewalForm(ReviewedForm):
    unit_price = AmountField()
    amounts = ("unit_price",)


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64)


class _SubscriptionField(forms.TypedChoiceField):
    """One of a customer's active Azure subscriptions."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid_choice": _("This customer has no such active Azure subscription.")}
        super().__init__(label=_("Subscription"), error_messages=messages, **kwargs)

    def offer(self, customer: Customer) -> None:
        found = customer.subscriptions.azure().active().order_by("friendly_name", "id")
        offered = {str(each.pk): each for each in told_apart(found)}
        self.choices = [("", "–"), *((key, each.label) for key, each in offered.items())]
        self.coerce, self.empty_value = offered.__getitem__, None


class _WithSubscription(forms.Form):
    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["subscription"]
        assert isinstance(field, _SubscriptionField)  # noqa: S101 (it stands below)
        field.offer(customer)


class ScopeForm(_WithSubscription):
    """The scope that is wanted; a single one says which subscription it is of."""

    scope = forms.ChoiceField(label=_("Scope"), choices=Scope.choices)
    subscription = _SubscriptionField(
        required=False,
        help_text=_("Only for a single subscription: the one that the reservation serves."),
    )

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        is_missing = "subscription" in chosen and chosen["subscription"] is None
        if is_missing and chosen.get("scope") == Scope.SINGLE:
            self.add_error("subscription", _("Choose the subscription that it is to serve."))
        return chosen


class ExchangeForm(_WithSubscription):
    """What a reservation is exchanged for, of one product; a purchase that is still to review."""

    quantity = WholeNumberField(label=_("Quantity"), min_value=1, max_value=LARGEST_QUANTITY)
    billing_cycle = forms.ChoiceField(label=_("Billing"))
    scope = forms.ChoiceField(label=_("Scope"), choices=Scope.choices)
    subscription = _SubscriptionField(
        help_text=_("To which it is billed, and which a single scope is of."),
    )

    def __init__(
        self, *args: Any, reservation: Reservation, product: ReservationProduct, **kwargs: Any
    ) -> None:
        super().__init__(*args, customer=reservation.customer, **kwargs)
        self.product, self.reservation = product, reservation
        billing = self.fields["billing_cycle"]
        assert isinstance(billing, forms.ChoiceField)  # noqa: S101 (it stands above)
        billing.choices = [(cycle.value, cycle.label) for cycle in product.billing_cycles]

    def purchase_at(self, unit_price: Money) -> Purchase:
        """What the valid form chose, at this price. The reservation itself is the form's key."""
        subscription: Subscription = self.cleaned_data["subscription"]
        return Purchase(
            product=self.product,
            quantity=self.cleaned_data["quantity"],
            billing_cycle=BillingCycle(self.cleaned_data["billing_cycle"]),
            scope=Scope(self.cleaned_data["scope"]),
            subscription_id=subscription.pk,
            unit_price=unit_price,
            key=self.reservation.pk,
        )


class ConfirmedExchangeForm(ExchangeForm, ReviewedForm):
    """The same with the figures that the review showed."""

    unit_price = AmountField()
    credit = AmountField()
    amounts = ("unit_price", "credit")
