"""What the pages of prices accept."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.products import ProductSearchForm
from customers.models import CustomerPrice, PriceAdjustment, RefundTerms, Term
from customers.money import CURRENCIES
from customers.operations.prices import why_not_from
from customers.price_lists import PriceList, read_price_list
from customers.pricing import today
from partnercenter.forms import AnyModelForm
from partnercenter.tables import TableForm
from partnercenter.typed import DayField, WholeNumberField


class CatalogueFilterForm(ProductSearchForm):
    field_order = ["q", "currency", "term", "size", "cursor"]

    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[("", _("All currencies")), *((code, code) for code in CURRENCIES)],
        required=False,
    )
    term = forms.ChoiceField(
        label=_("Term"), choices=[("", _("All terms")), *Term.choices], required=False
    )


class CustomerPriceFilterForm(ProductSearchForm):
    field_order = ["q", "own", "size", "cursor"]

    own = forms.ChoiceField(
        label=_("Price"),
        choices=[("", _("All prices")), ("yes", _("Own price only"))],
        required=False,
    )


class FromADay(forms.Form):
    """What holds from a day on, today at the earliest."""

    valid_from = DayField(
        label=_("Valid from (UTC)"),
        initial=today,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_valid_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_from"]
        refusal = why_not_from(day)
        if refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code)
        return day


class AdjustmentForm(FromADay):
    field_order = ["percent", "valid_from"]

    percent = PriceAdjustment._meta.get_field("percent").formfield()


class CustomerPriceForm(FromADay):
    """A price of the customer's own; left empty, the default price."""

    field_order = ["amount", "valid_from"]

    amount = CustomerPrice._meta.get_field("amount").formfield(
        label=_("Price for the whole term"),
        help_text=_("For one instance. Left empty, the default price holds again."),
    )


class RefundTermsForm(FromADay, AnyModelForm):
    field_order = ["currency", "valid_from"]

    class Meta:
        model = RefundTerms
        fields = ("currency", "free_days", "fee_percent", "yearly_cap", "renewal_days")
        field_classes = {"free_days": WholeNumberField, "renewal_days": WholeNumberField}

    def _post_clean(self) -> None:
        """The day is a field of its own here, so it is put into the terms by hand."""
        self.instance.valid_from = self.cleaned_data.get("valid_from")
        super()._post_clean()  # type: ignore[misc]


class _DayOrNone(DayField):
    """A day (UTC) that may stay empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            **kwargs,
        )


class EndOfSaleForm(forms.Form):
    """The first day on which a product isn't offered. Whether it may be that is the operation's."""

    end_of_sale = _DayOrNone(
        label=_("Not offered from (UTC)"), help_text=_("Leave empty to keep selling the product.")
    )

    def clean(self) -> dict[str, Any]:
        """An empty field sells the product without end; a form without the field says nothing."""
        if "end_of_sale" not in self.data:
            raise forms.ValidationError(_("The date is missing. Fill in the form again."))
        return super().clean() or self.cleaned_data


class PriceListForm(TableForm, FromADay):
    """A price list and its first day; valid, `price_list` is what was read of it."""

    field_order = ["file", "text", "valid_from", "missing_end_on", "rounding"]

    missing_end_on = _DayOrNone(
        label=_("Products missing from this list end on (UTC)"),
        help_text=_(
            "Only products of the types and currencies in the list. Leave empty to keep selling "
            "them."
        ),
    )
    rounding = forms.BooleanField(
        label=_("Round half up"),
        required=False,
        help_text=_("For prices with more decimal places than their currency has."),
    )

    price_list: PriceList | None = None

    @property
    def choices(self) -> dict[str, Any]:
        """The list and its days, as plans and imports take them from a valid form."""
        days = {name: self.cleaned_data[name] for name in ("valid_from", "missing_end_on")}
        return {"price_list": self.read, **days}

    @property
    def read(self) -> PriceList:
        """What a valid form has read."""
        assert self.price_list  # noqa: S101 (a valid form has a text)
        return self.price_list

    def clean(self) -> dict[str, Any]:
        """The errors of the lines stand in `price_list`; they are none of the form."""
        cleaned = super().clean()
        if not self.errors:
            self.price_list = read_price_list(cleaned["text"], rounding=cleaned["rounding"])
        return cleaned
