"""What happens to every request because of who is there: sessions, sign-in, preferences."""

from collections.abc import Callable
from typing import Any, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from partnercenter import session_clock
from partnercenter.access import METHODS
from partnercenter.agents.models import Agent
from partnercenter.http import AgentRequest, own_path
from partnercenter.lists import rows_a_page
from partnercenter.unsent import keep, note_whose_session_ends

GetResponse = Callable[[HttpRequest], HttpResponse]


def session_limits(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Ends a session that was idle too long or is too old, whatever its cookie says."""

    def middleware(request: HttpRequest) -> HttpResponse:
        note_whose_session_ends(request)
        if request.user.is_authenticated:
            if session_clock.is_over(request.session):
                logout(request)
            elif session_clock.note_seen(request.session):
                _list_as_seen(request)
        return get_response(request)

    return middleware


def _list_as_seen(request: HttpRequest) -> None:
    """In the list of sessions that My account shows."""
    sessions = UserSession.objects.filter(session_key=request.session.session_key)
    sessions.update(last_seen_at=timezone.now())


def preferences(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """The agent's own language and rows a page, where the browser's and ours would count."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        agent = cast("AgentRequest", request).user
        if agent.language in dict(settings.LANGUAGES):
            translation.activate(agent.language)
            request.LANGUAGE_CODE = agent.language
        with rows_a_page(agent.rows_per_page):
            return get_response(request)

    return middleware


class SignInRequired(LoginRequiredMiddleware):
    """Sends strangers to sign-in, and back to a page they can open afterwards.

    An htmx request gets HX-Redirect, or the sign-in page would land inside the page's fragment.
    The way back from a form leads to the form's own page, with what was typed, or to the page on
    which it stood where its address takes nothing but posts.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> Any:
        if request.method == "POST":
            keep(request)
        redirect = redirect_to_login(
            _way_back(request, view_func), resolve_url(self.get_login_url(view_func)), "next"
        )
        if cast("AgentRequest", request).htmx:
            return HttpResponseClientRedirect(redirect.url)
        return redirect


class FirstThingsFirst:
    """Before anything else a one-time password is changed, and a demanded second factor set up.

    Until then every page leads to the one on which that is done; an htmx request by HX-Redirect.
    Views that are open to everyone, such as signing out, stay open.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], *_arguments: Any
    ) -> HttpResponseBase | None:
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        first = _first_thing(cast("AgentRequest", request).user)
        match = request.resolver_match
        if not first or (match and match.url_name in WAYS_THROUGH[first]):
            return None
        if cast("AgentRequest", request).htmx:
            return HttpResponseClientRedirect(resolve_url(first))
        return redirect(first)


CHANGE_PASSWORD, SECOND_FACTOR = "account_change_password", "mfa_index"
# The pages that stay open while somebody is led to the page of that name.
WAYS_THROUGH = {
    CHANGE_PASSWORD: {CHANGE_PASSWORD, "language"},
    SECOND_FACTOR: {
        SECOND_FACTOR,
        CHANGE_PASSWORD,
        "language",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
    },
}


def _first_thing(agent: Agent) -> str | None:
    """The name of the page that comes before all others, None where nothing is in the way."""
    if agent.must_change_password:
        return CHANGE_PASSWORD
    if agent.second_factor_is_demanded and not agent.second_factors:
        return SECOND_FACTOR
    return None


def _way_back(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> str:
    htmx = cast("AgentRequest", request).htmx
    if htmx:
        return own_path(htmx.current_url or "", request)
    if request.method in ("GET", "HEAD") or "GET" in getattr(view, METHODS, ()):
        return request.get_full_path()
    return own_path(request.headers.get("Referer", ""), request)
