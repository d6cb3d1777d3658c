"""Agents and roles in the site administration. Saving walks through the operations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partnercenter.agents.models import Agent
from partnercenter.agents.operations import (
    change_roles,
    create_agent,
    rename_agent,
    set_active,
    set_password,
)
from partnercenter.agents.roles import Role
from partnercenter.operation_admin import OperationAdmin, OperationForm


class _AgentForm(OperationForm):
    roles = forms.TypedMultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        coerce=Role,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AddAgentForm(_AgentForm):
    class Meta:
        model = Agent
        fields = ("username", "display_name")

    def act(self) -> None:
        self.instance = create_agent(
            username=self.cleaned_data["username"],
            display_name=self.cleaned_data["display_name"],
            password=self.cleaned_data["password"],
            roles=self.cleaned_data["roles"],
            by=self.request.user,
        )


class ChangeAgentForm(_AgentForm):
    field_order = ("display_name", "roles", "is_active", "password")

    class Meta:
        model = Agent
        fields = ("display_name", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["password"].help_text = _("Leave empty to keep the password.")
        self.initial["roles"] = self.instance.role_names

    def act(self) -> None:
        agent, by, wanted = self.instance, self.request.user, self.cleaned_data
        rename_agent(agent=agent, display_name=wanted["display_name"], by=by)
        change_roles(agent=agent, roles=wanted["roles"], by=by)
        set_active(agent=agent, active=wanted["is_active"], by=by)
        if wanted["password"]:
            set_password(agent=agent, password=wanted["password"], by=by)


@admin.register(Agent)
class AgentAdmin(OperationAdmin):
    list_display = ("display_name", "username", "roles", "is_active")
    search_fields = ("display_name", "username")
    ordering = ("display_name",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form = ChangeAgentForm if obj else AddAgentForm
        return type(form.__name__, (form,), {"request": request})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return ("display_name", "roles", "is_active", "password")
        return ("username", "display_name", "roles", "password")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, agent: Agent) -> str:
        return ", ".join(group.name for group in agent.groups.all())
