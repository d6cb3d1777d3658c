"""What the pages of API access accept."""

from typing import Any

from allauth.idp.oidc.models import Client
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from partnercenter.agents.forms import ActiveForm
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.models import Application
from partnercenter.applications.operations import register_application, update_application
from partnercenter.forms import KeyField

CONFIDENTIAL, PUBLIC = Client.Type.CONFIDENTIAL.value, Client.Type.PUBLIC.value
__all__ = ["ActiveForm", "ApplicationForm"]


class ApplicationForm(forms.Form):
    """A new application, or what an application is from now on."""

    key = KeyField()
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Agents see it when they are asked, and the Activity log keeps it."),
    )
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[
            (CONFIDENTIAL, _("With a secret: a service, a script or a website that you run")),
            (PUBLIC, _("Public: a program on people's own computers, such as a desktop app")),
        ],
        initial=CONFIDENTIAL,
        widget=forms.RadioSelect,
        help_text=_(
            "A public application has no secret, because everyone who has the program could read "
            "it. It acts for agents only and must use PKCE. You can't change the type later."
        ),
    )
    roles = forms.TypedMultipleChoiceField(
        label=_("Roles that it has by itself"),
        choices=Role.choices,
        coerce=Role,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "It signs in by itself with its id and secret, and may do what these roles may. "
            "Choose none if it only acts for agents."
        ),
    )
    redirect_uris = forms.CharField(
        label=_("Redirect addresses"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_(
            "One a line: where agents are sent back to who let it act for them. Leave it empty if "
            "it never acts for an agent. For a program on the agent's computer enter "
            "http://localhost, which includes every port."
        ),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        application: Application | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """`application` is the one that is changed; without one it is a new one."""
        self.application = application
        stored = _stored(application) if application else {}
        super().__init__(data, initial={**stored, **(initial or {})}, label_suffix="")
        if application:
            del self.fields["type"], self.fields["key"]
            if application.is_public:
                del self.fields["roles"]

    def clean_redirect_uris(self) -> list[str]:
        """The lines that say something, each once."""
        lines = [line.strip() for line in self.cleaned_data["redirect_uris"].splitlines()]
        return list(dict.fromkeys(filter(None, lines)))

    def register(self, *, by: Agent) -> tuple[Application, str]:
        """The new application with its secret, which is kept nowhere in clear; a public one with
        none.
        """
        facts = dict(self.cleaned_data)
        public, key = facts.pop("type") == PUBLIC, facts.pop("key")
        return register_application(
            by=by, public=public, client_id=str(key) if key else None, **facts
        )

    def update(self, *, by: Agent) -> None:
        assert self.application is not None  # noqa: S101 (the view gave one)
        update_application(
            application=self.application, by=by, **{"roles": [], **self.cleaned_data}
        )


def _stored(application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "roles": application.role_names,
        "redirect_uris": "\n".join(application.client.get_redirect_uris()),
    }
