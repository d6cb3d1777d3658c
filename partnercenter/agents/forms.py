"""What the agents' pages accept."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from partnercenter.agents.models import Agent, Appearance
from partnercenter.agents.operations import (
    change_roles,
    create_agent,
    rename_agent,
    set_preferences,
)
from partnercenter.agents.passwords import new_one_time_password
from partnercenter.agents.roles import Role
from partnercenter.lists import PAGE_SIZES


def _display_name() -> forms.CharField:
    return forms.CharField(label=_("Display name"), max_length=256)


def _roles() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        coerce=Role,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one role: an agent without any can do nothing.")
        },
    )


class InviteForm(forms.Form):
    display_name = _display_name()
    username = forms.CharField(
        label=_("User principal name"),
        max_length=113,
        help_text=_("With which the agent signs in, such as name@example.com."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    roles = _roles()

    def invite(self, *, by: Agent) -> str:
        """Creates the agent and returns the one-time password, which is kept nowhere in clear."""
        password = new_one_time_password()
        create_agent(password=password, by=by, **self.cleaned_data)
        return password


class EditAgentForm(forms.Form):
    display_name = _display_name()
    roles = _roles()

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        agent: Agent,
        by: Agent,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """`agent` is changed by `by`; for oneself there is no field for the roles."""
        self.agent, self.by = agent, by
        stored = {"display_name": agent.display_name, "roles": agent.role_names}
        super().__init__(data, initial={**stored, **(initial or {})}, label_suffix="")
        if agent == by:
            del self.fields["roles"]

    def act(self) -> None:
        wanted = self.cleaned_data
        rename_agent(agent=self.agent, display_name=wanted["display_name"], by=self.by)
        if "roles" in wanted:
            change_roles(agent=self.agent, roles=wanted["roles"], by=self.by)


class ActiveForm(forms.Form):
    """The state that is wanted, never “the other one”: pressing twice is harmless."""

    active = forms.TypedChoiceField(
        choices=[("true", _("Active")), ("false", _("Deactivated"))],
        coerce=lambda value: value == "true",
    )


def _languages() -> list[tuple[str, str]]:
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=_languages)


class PreferencesForm(forms.Form):
    appearance = forms.ChoiceField(label=_("Appearance"), choices=Appearance.choices)
    rows_per_page = forms.TypedChoiceField(
        label=_("Rows a page"),
        choices=[(size, str(size)) for size in PAGE_SIZES],
        coerce=int,
        help_text=_("In every list, unless you choose otherwise there."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=lambda: [("", _("As the browser")), *_languages()],
        required=False,
    )

    def save(self, agent: Agent) -> None:
        set_preferences(agent=agent, by=agent, **self.cleaned_data)
