"""How products are looked for, on every page that lists them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnercenter.lists import FilterForm


class ProductSearchForm(FilterForm):
    """Any part of the SKU or the region."""

    field_order = ["q", "size", "cursor"]

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("SKU or region"), "autocomplete": "off"}
        ),
    )
