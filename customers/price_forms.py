"""What the pages of prices accept."""

import datetime as dt
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerPrice, PriceAdjustment, RefundTerms, Term
from customers.money import CURRENCIES
from customers.operations.prices import why_not_from
from customers.price_lists import LARGEST_BYTES, PriceList, read_price_list
from customers.pricing import today
from partnercenter.forms import AnyModelForm
from partnercenter.lists import FilterForm
from partnercenter.middleware import BAD_CHARACTERS


class CatalogueFilterForm(FilterForm):
    field_order = ["q", "currency", "term", "size", "cursor"]

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("SKU or region"), "autocomplete": "off"}
        ),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[("", _("All currencies")), *((code, code) for code in CURRENCIES)],
        required=False,
    )
    term = forms.ChoiceField(
        label=_("Term"), choices=[("", _("All terms")), *Term.choices], required=False
    )


class CustomerPriceFilterForm(FilterForm):
    field_order = ["q", "own", "size", "cursor"]

    q = CatalogueFilterForm.base_fields["q"]
    own = forms.ChoiceField(
        label=_("Price"),
        choices=[("", _("All prices")), ("yes", _("Own price only"))],
        required=False,
    )


class FromADay(forms.Form):
    """What holds from a day on, today at the earliest."""

    valid_from = forms.DateField(
        label=_("Valid from (UTC)"),
        initial=today,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Enter a day as year-month-day, such as 2026-01-31.")},
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

    def _post_clean(self) -> None:
        """The day is a field of its own here, so it is put into the terms by hand."""
        self.instance.valid_from = self.cleaned_data.get("valid_from")
        super()._post_clean()  # type: ignore[misc]


class PriceListForm(FromADay):
    """A price list, as a file or as text; cleaned, `price_list` is what was read of it."""

    field_order = ["file", "text", "valid_from"]

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(
        label=_("or its text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    price_list: PriceList | None = None

    @property
    def read(self) -> PriceList:
        """What a valid form has read."""
        assert self.price_list  # noqa: S101 (a valid form has a text)
        return self.price_list

    def clean(self) -> dict[str, Any]:
        """Reads the file, or else the text. The lines' errors stand in `price_list`."""
        text = self._text()
        if text:
            self.cleaned_data["text"] = text
            self.price_list = read_price_list(text)
        elif not self.errors:
            self.add_error("file", _("Choose a file, or paste its text."))
        return self.cleaned_data

    def _text(self) -> str:
        file = self.cleaned_data.get("file")
        raw = file.read(LARGEST_BYTES + 1) if file else self.cleaned_data.get("text", "").encode()
        if len(raw) > LARGEST_BYTES:
            size = filesizeformat(LARGEST_BYTES)
            self.add_error(
                "file", _("The price list has more than %(size)s. Divide it.") % {"size": size}
            )
            return ""
        try:
            text: str = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", _("The file is not in UTF-8. Save it as “CSV UTF-8”."))
            return ""
        if BAD_CHARACTERS.search(text):
            self.add_error("file", _("The file holds control characters, so it is no price list."))
            return ""
        return text
