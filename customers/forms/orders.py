"""What Order history accepts."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Order, PurchasedBy
from partnercenter.lists import FilterForm


class OrderFilterForm(FilterForm):
    field_order = ["purchased_by", "size", "cursor"]

    purchased_by = forms.ChoiceField(
        label=_("Purchased by"),
        choices=[("", _("Partner or customer")), *PurchasedBy.choices],
        required=False,
    )

    def apply(self, orders: models.QuerySet[Order]) -> models.QuerySet[Order]:
        """Those of the orders that the valid form asks for."""
        by = self.cleaned_data["purchased_by"]
        return orders.filter(purchased_by=by) if by else orders
