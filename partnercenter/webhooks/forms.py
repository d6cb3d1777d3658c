"""What the pages of webhooks accept."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from activitylog.events import webhook_events
from partnercenter.agents.models import Agent
from partnercenter.forms import KeyField
from partnercenter.lists import FilterForm
from partnercenter.webhooks.models import (
    LONGEST_ADDRESS,
    Delivery,
    DeliveryQuerySet,
    DeliveryState,
    Webhook,
)
from partnercenter.webhooks.operations import create_webhook, update_webhook


def _events() -> list[tuple[str, str]]:
    """Each by its own name, which is what programs read."""
    return [(event, event) for event in webhook_events()]


class WebhookForm(forms.Form):
    key = KeyField()
    name = forms.CharField(label=_("Name"), max_length=128)
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_ADDRESS,
        help_text=_("Where events are posted to, such as https://example.com/webhooks."),
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=_events,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one event: a webhook without any is told nothing.")
        },
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        webhook: Webhook | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Of `webhook`, or of a new one, which listens to everything unless one says otherwise."""
        stored: dict[str, Any] = {"events": webhook_events()}
        if webhook:
            stored = {"name": webhook.name, "url": webhook.url, "events": webhook.events}
        super().__init__(data, initial={**stored, **(initial or {})}, label_suffix="")
        if webhook:
            del self.fields["key"]

    def create(self, *, by: Agent) -> tuple[Webhook, str]:
        """The new webhook and its secret."""
        return create_webhook(by=by, **self.cleaned_data)

    def update(self, webhook: Webhook, *, by: Agent) -> None:
        update_webhook(webhook=webhook, by=by, **self.cleaned_data)


class DeliveriesForm(FilterForm):
    """The delivery log's address."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *DeliveryState.choices], required=False
    )
    field_order = ["state", "size", "cursor"]

    def deliveries_of(self, webhook: Webhook) -> DeliveryQuerySet:
        """Those that the valid form asks for."""
        found = Delivery.objects.filter(webhook=webhook)
        wanted = self.cleaned_data["state"]
        return found.filter(state=wanted) if wanted else found
