"""Agents and roles: the list, one agent, and what Admin agents do for others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from partnercenter.access import requires
from partnercenter.agents.forms import ActiveForm, EditAgentForm, InviteForm
from partnercenter.agents.models import RECOVERY_CODES, Agent
from partnercenter.agents.operations import (
    remove_second_factors,
    set_active,
    set_one_time_password,
)
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.handover import hand_over, take_over
from partnercenter.http import AgentRequest, BadInput, answers_fragment, at_address
from partnercenter.lists import FilterForm
from partnercenter.operations import Refused
from partnercenter.paging import Page
from partnercenter.times import ago, exact

VIEW, ADD, CHANGE = "agents.view_agent", "agents.add_agent", "agents.change_agent"
FORM = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class AgentRow:
    """What a row shows, made once here instead of by filters in the template."""

    agent: Agent
    roles: str
    has_second_factor: bool
    signed_in: tuple[str, str] | None

    @classmethod
    def of(cls, agent: Agent) -> "AgentRow":
        return cls(
            agent=agent,
            roles=", ".join(agent.role_labels) or "–",
            has_second_factor=agent.has_second_factor,  # type: ignore[attr-defined]
            signed_in=_moment(agent),
        )


def _moment(agent: Agent) -> tuple[str, str] | None:
    """When he signed in last: how long ago, and exactly; None if never."""
    return (ago(agent.last_login), exact(agent.last_login)) if agent.last_login else None


@requires(VIEW)
def agents(request: AgentRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    page = _page(form, request.path) if form.is_valid() else None
    fragment = answers_fragment(request)
    context = {
        "form": form,
        "rows": [AgentRow.of(agent) for agent in page.rows] if page else [],
        "links": form.links(page),
    }
    template = "agents/agents.html#agents" if fragment else "agents/agents.html"
    response = render(request, template, context, status=200 if page else 400)
    return at_address(response, request, form.here) if fragment and page else response


def _page(form: FilterForm, path: str) -> Page[Agent]:
    return form.page(
        _with_details(),
        order=("display_name", "id"),
        path=path,
    )


def _with_details() -> QuerySet[Agent]:
    factors = Authenticator.objects.exclude(type=RECOVERY_CODES)
    has_second_factor = Exists(factors.filter(user=OuterRef("pk")))
    found = Agent.objects.annotate(has_second_factor=has_second_factor)
    return found.prefetch_related("groups")


@requires(ADD, methods=FORM)
def invite(request: AgentRequest) -> HttpResponse:
    """Makes an account; the next page shows its one-time password, once."""
    form = form_of(InviteForm, request, label_suffix="")
    invited: list[str] = []
    if attempt(form, lambda: invited.append(form.invite(by=request.user))):
        name = form.cleaned_data["username"].lower()
        return _to_password(request, Agent.objects.get(username=name), invited[0], invited=True)
    return render(request, "agents/invite.html", {"form": form}, status=status_of(form))


def _to_password(
    request: AgentRequest, agent: Agent, password: str, *, invited: bool = False
) -> HttpResponse:
    hand_over(request, str(agent.pk), {"password": password, "invited": "yes" if invited else ""})
    return redirect("agents:one_time_password", agent.pk)


def _password_page(request: AgentRequest, agent: Agent) -> HttpResponse:
    """The one-time password that was just made, once; otherwise the question whether to set one."""
    shown = take_over(request, str(agent.pk))
    if not shown:
        context = {"agent": agent, "is_oneself": agent == request.user}
        return render(request, "agents/one_time_password.html", context)
    sign_in = request.build_absolute_uri(reverse("account_login"))
    context = {"agent": agent, "sign_in": sign_in, **shown}
    return render(request, "agents/password_once.html", context)


@requires(VIEW)
def agent(request: AgentRequest, agent_id: UUID) -> HttpResponse:
    return _agent_page(request, get_object_or_404(Agent, pk=agent_id))


def _agent_page(
    request: AgentRequest, found: Agent, *, refusal: Refused | None = None
) -> HttpResponse:
    context = {
        "agent": found,
        "second_factors": [_kind(kind) for kind in found.second_factors],
        "signed_in": _moment(found),
        "activity": f"{reverse('activitylog:activity_log')}?{urlencode({'agent': found.username})}",
        "is_oneself": found == request.user,
        "refusal": refusal,
    }
    return render(request, "agents/agent.html", context, status=422 if refusal else 200)


def _kind(kind: str) -> str:
    return _("Passkey") if kind == "webauthn" else _("Authenticator app")


@requires(CHANGE, methods=FORM)
def edit(request: AgentRequest, agent_id: UUID) -> HttpResponse:
    found = get_object_or_404(Agent, pk=agent_id)
    form = form_of(EditAgentForm, request, agent=found, by=request.user)
    if attempt(form, form.act):
        messages.success(request, _("The changes were saved."))
        return redirect("agents:agent", found.pk)
    context = {"agent": found, "form": form, "is_oneself": found == request.user}
    return render(request, "agents/edit.html", context, status=status_of(form))


@requires(CHANGE, methods=("POST",))
def active(request: AgentRequest, agent_id: UUID) -> HttpResponse:
    """Deactivates or reactivates: the form says which."""
    found = get_object_or_404(Agent, pk=agent_id)
    form = ActiveForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The form must say whether the agent is active. Nothing was changed."))
    wanted = form.cleaned_data["active"]
    sentence = (
        _("%(agent)s can sign in again.")
        if wanted
        else _("%(agent)s was deactivated and is signed out everywhere.")
    )
    return _done(
        request, found, lambda: set_active(agent=found, active=wanted, by=request.user), sentence
    )


@requires(CHANGE, methods=FORM)
def one_time_password(request: AgentRequest, agent_id: UUID) -> HttpResponse:
    """Asks, then sets it. The page that follows shows it, once."""
    found = get_object_or_404(Agent, pk=agent_id)
    if request.method != "POST":
        return _password_page(request, found)
    try:
        password = set_one_time_password(agent=found, by=request.user)
    except Refused as refusal:
        return _agent_page(request, found, refusal=refusal)
    return _to_password(request, found, password)


@requires(CHANGE, methods=FORM)
def second_factors(request: AgentRequest, agent_id: UUID) -> HttpResponse:
    """Removes all of them, for somebody who lost his telephone."""
    found = get_object_or_404(Agent, pk=agent_id)
    if request.method != "POST":
        context = {"agent": found, "is_oneself": found == request.user}
        return render(request, "agents/second_factors.html", context)
    return _done(
        request,
        found,
        lambda: remove_second_factors(agent=found, by=request.user),
        _("The second factors of %(agent)s were removed."),
    )


def _done(
    request: AgentRequest, found: Agent, act: Callable[[], Any], sentence: str
) -> HttpResponse:
    """Back to the agent's page with the sentence, or that page with the refusal."""
    try:
        act()
    except Refused as refusal:
        return _agent_page(request, found, refusal=refusal)
    messages.success(request, sentence % {"agent": found.display_name})
    return redirect("agents:agent", found.pk)
