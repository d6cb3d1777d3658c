"""What customers' pages accept."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.cultures import COMMON, DEFAULT, normalized
from customers.models import (
    AzureRole,
    BillingProfile,
    Customer,
    CustomerUser,
    SubscriptionStatus,
)
from partnercenter.forms import AnyModelForm
from partnercenter.lists import FilterForm
from partnercenter.names import full_name, in_order_of_names
from partnercenter.typed import GuidField, WholeNumberField
from partnercenter.widgets import SuggestingInput

ADDRESS = (
    "address_line1",
    "address_line2",
    "postal_code",
    "city",
    "region",
    "country",
    "phone_number",
)

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
    undoes = WholeNumberField(min_value=1, max_value=2**63 - 1, required=False)


class CultureField(forms.CharField):
    """A language with a region, in any letters; common ones are offered."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        super().__init__(
            label=_("Language"),
            max_length=16,
            widget=SuggestingInput([(culture, "") for culture in COMMON], attrs=attrs),
            help_text=_(
                "Language and region, for example en-US. Mails to the customer's users are in this "
                "language if it's available here, otherwise in English."
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        return normalized(super().clean(value))


class _WithCountry(AnyModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].widget.attrs["autocapitalize"] = "characters"
        self.fields["country"].help_text = _("Two letters, such as DE.")
        self.order_fields(in_order_of_names(self.fields))


class CustomerForm(_WithCountry):
    """A new customer, with the Microsoft ID of its tenant if there is one; and how bills and mails
    to it are written.
    """

    id = GuidField(
        label=_("Microsoft ID"),
        required=False,
        help_text=_("The customer's tenant, if there is one already. Left empty, one is made."),
        error_messages={
            "invalid": _("Enter a Microsoft ID such as 11111111-2222-3333-4444-555555555555.")
        },
    )
    culture = CultureField(initial=DEFAULT)
    currency = BillingProfile._meta.get_field("currency").formfield(
        help_text=_("The customer is offered the prices in this currency.")
    )

    class Meta:
        model = Customer
        fields = (
            "company_name",
            "domain",
            *ADDRESS,
            "contact_first_name",
            "contact_last_name",
            "contact_email",
            "id",
        )
        labels = {
            "contact_first_name": _("Contact: first name"),
            "contact_last_name": _("Contact: last name"),
            "contact_email": _("Contact: email"),
        }

    def clean_id(self) -> uuid.UUID:
        wanted: uuid.UUID = self.cleaned_data["id"] or self.instance.pk
        return wanted


class BillToForm(_WithCountry):
    culture = CultureField()

    class Meta:
        model = BillingProfile
        fields = (
            "company_name",
            *ADDRESS,
            "first_name",
            "last_name",
            "email",
            "culture",
            "currency",
        )
        help_texts = {"currency": _("The customer is offered the prices in this currency.")}


class CustomerUserForm(AnyModelForm):
    """A new user of the customer that the instance belongs to."""

    class Meta:
        model = CustomerUser
        fields = ("first_name", "last_name", "display_name", "user_principal_name")
        help_texts = {
            "display_name": _("Left empty, it is the first and the last name."),
            "user_principal_name": _("Such as kim@example.com."),
        }
        widgets = {
            "user_principal_name": forms.TextInput(
                attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = False
        self.order_fields(in_order_of_names(self.fields))

    def clean_display_name(self) -> str:
        first, last = (self.cleaned_data.get(name, "") for name in ("first_name", "last_name"))
        return self.cleaned_data["display_name"] or full_name(first, last)[:256]

    def clean_user_principal_name(self) -> str:
        name: str = self.cleaned_data["user_principal_name"]
        return name.lower()


class RoleForm(forms.Form):
    """Which user is wanted to hold which role: one of the customer's own, one of Azure's."""

    user = forms.TypedChoiceField(
        label=_("User"), error_messages={"invalid_choice": _("This customer has no such user.")}
    )
    role = forms.ChoiceField(label=_("Role"), choices=AzureRole.choices)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.users = {
            str(user.pk): user
            for user in CustomerUser.objects.active().by_name().filter(customer=customer)
        }
        field = self.fields["user"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 (it stands above)
        field.choices = [("", "–"), *((key, str(user)) for key, user in self.users.items())]
        field.coerce = self.users.__getitem__


class StatusForm(forms.Form):
    """The status that is wanted, of the two between which an agent moves a subscription."""

    status = forms.ChoiceField(
        choices=[
            (status.value, status.label)
            for status in (SubscriptionStatus.ACTIVE, SubscriptionStatus.SUSPENDED)
        ]
    )
