"""The filters of the log, as they stand in its address."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from activitylog import events
from activitylog.agents import Agents, ids_of
from activitylog.models import ActivityRecord, ActivityRecordQuerySet
from partnercenter.lists import FilterForm
from partnercenter.typed import AnyDayField
from partnercenter.widgets import SuggestingInput


def _day(label: Any) -> AnyDayField:
    return AnyDayField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def _text(label: Any, hint: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search", "placeholder": hint, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=200, widget=widget)


class ActivityFilterForm(FilterForm):
    """From and To are UTC days, both included; there is no default period."""

    field_order = ["from", "to", "customer", "agent", "action", "purchased_by", "size", "cursor"]

    customer = _text(_("Affected customer"), _("Name or Microsoft ID"))
    agent = forms.CharField(
        label=_("Partner user"),
        required=False,
        max_length=200,
        widget=SuggestingInput(
            attrs={"type": "search", "placeholder": _("Name or ID"), "autocomplete": "off"}
        ),
    )
    action = forms.ChoiceField(label=_("Action"), required=False)
    purchased_by = forms.ChoiceField(
        label=_("Purchased by"),
        choices=[("", _("All activity")), ("customer", _("Customer"))],
        required=False,
    )

    def __init__(self, data: QueryDict, *, agents: Agents | None = None, **kwargs: Any) -> None:
        """`agents` are those whom the reader may know: offered, and found by their names of now."""
        super().__init__(data, **kwargs)
        self.agents = agents
        self.fields["agent"].widget.suggestions = _suggested(agents)
        self.fields["from"] = _day(_("From"))
        self.fields["to"] = _day(_("To"))
        self.fields["action"].choices = [("", _("All actions")), *events.choices()]  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and first > last:
            raise forms.ValidationError(_("The first day is after the last. Exchange From and To."))
        return cleaned

    def apply(self, records: ActivityRecordQuerySet) -> ActivityRecordQuerySet:
        """Those of the records that the valid form asks for."""
        wanted = self.cleaned_data
        if wanted["from"]:
            records = records.since_day(wanted["from"])
        if wanted["to"]:
            records = records.until_day(wanted["to"])
        if wanted.get("customer"):
            records = records.customer_matching(wanted["customer"])
        if wanted["agent"]:
            ids = ids_of(wanted["agent"], self.agents) if self.agents is not None else []
            records = records.agent_matching(wanted["agent"], ids=ids)
        if wanted["action"]:
            records = records.of_action(wanted["action"])
        if wanted["purchased_by"]:
            records = records.purchased_by_customers()
        return records


class CustomerActivityFilterForm(ActivityFilterForm):
    """The same for one customer's Activity page, where the customer is no question."""

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        del self.fields["customer"]


def _suggested(agents: Agents | None) -> Any:
    """What the field offers, read when the page is written; a fragment has no field."""
    return lazy(lambda: [(username, name) for username, name, _pk in agents or ()], list)()


def all_records() -> ActivityRecordQuerySet:
    """The whole log, typed as the queryset that speaks its filters."""
    records: ActivityRecordQuerySet = ActivityRecord.objects.all()
    return records
