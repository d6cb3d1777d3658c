"""What customers' pages accept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnercenter.lists import FilterForm

SORTS = {
    "name": ("sort_name", "id"),
    "newest": ("-created_at", "-id"),
}


class CustomerFilterForm(FilterForm):
    field_order = ["q", "purchase", "sort", "size", "cursor"]

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": _("Name, domain or Microsoft ID"),
                "autocomplete": "off",
            }
        ),
    )
    purchase = forms.ChoiceField(
        label=_("Can purchase"),
        choices=[("", _("All customers")), ("on", _("On")), ("off", _("Off"))],
        required=False,
    )
    sort = forms.ChoiceField(
        label=_("Sort by"),
        choices=[("name", _("Name")), ("newest", _("Newest first"))],
        required=False,
    )

    defaults = {**FilterForm.defaults, "sort": "name"}

    @property
    def order(self) -> tuple[str, ...]:
        """The fields that the list is in the order of."""
        return SORTS[self.cleaned_data["sort"] or "name"]


class PurchasePermissionForm(forms.Form):
    """The state that is wanted, never “the other one”: pressing twice is harmless."""

    allowed = forms.TypedChoiceField(
        choices=[("true", _("On")), ("false", _("Off"))], coerce=lambda value: value == "true"
    )
    undoes = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
