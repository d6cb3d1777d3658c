"""My account: what each agent keeps for himself."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from activitylog.clock import is_in_the_future
from partnercenter.access import open_to_agents
from partnercenter.agents import operations
from partnercenter.agents.adapter import NO_ADDRESS
from partnercenter.agents.browsers import browser_of
from partnercenter.agents.forms import LanguageForm, PreferencesForm
from partnercenter.applications.listing import authorized_by
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest, BadInput, own_path
from partnercenter.times import ago, exact


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A browser in which the agent is signed in."""

    browser: str
    address: str
    signed_in: tuple[str, str]
    seen: tuple[str, str]
    is_this_one: bool

    @classmethod
    def of(cls, session: UserSession, this_one: str | None) -> "SessionRow":
        return cls(
            browser=browser_of(session.user_agent),
            address="–" if session.ip == NO_ADDRESS else session.ip,
            signed_in=(ago(session.created_at), exact(session.created_at)),
            seen=(ago(session.last_seen_at), exact(session.last_seen_at)),
            is_this_one=session.session_key == this_one,
        )


@open_to_agents(methods=("GET", "HEAD", "POST"))
def my_account(request: AgentRequest) -> HttpResponse:
    """The page, and its one form: the preferences."""
    agent = request.user
    stored = {name: getattr(agent, name) for name in PreferencesForm.base_fields}
    form = form_of(PreferencesForm, request, initial=stored, label_suffix="")
    if attempt(form, lambda: form.save(agent)):
        messages.success(request, _("Your preferences were saved."))
        return redirect("my_account")
    context = {
        "form": form,
        "sessions": _sessions(request),
        "second_factors": agent.second_factors,
        "applications": authorized_by(agent),
    }
    return render(request, "account/my_account.html", context, status=status_of(form))


def _sessions(request: AgentRequest) -> list[SessionRow]:
    """Those that still live, the latest first."""
    now, this_one = timezone.now(), request.session.session_key
    idle_since = now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    begun = now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    alive = [
        session
        for session in UserSession.objects.purge_and_list(request.user)
        if session.last_seen_at > idle_since
        and session.created_at > begun
        and not is_in_the_future(session.created_at)
    ]
    alive.sort(key=lambda session: session.created_at, reverse=True)
    return [SessionRow.of(session, this_one) for session in alive]


@open_to_agents(methods=("POST",))
def sign_out_everywhere(request: AgentRequest) -> HttpResponse:
    """Here too: the next page is sign-in."""
    operations.sign_out_everywhere(agent=request.user, by=request.user)
    logout(request)
    return redirect("account_login")


@open_to_agents(methods=("POST",))
def language(request: AgentRequest) -> HttpResponse:
    """Changes the language, from the gear menu of any page, and leads back to that page."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("This language is not on offer."))
    operations.set_preferences(
        agent=request.user, language=form.cleaned_data["language"], by=request.user
    )
    return HttpResponseRedirect(own_path(request.headers.get("Referer", ""), request))
