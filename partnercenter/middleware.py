"""What happens to every request, whatever its view."""

import re
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from activitylog.origin import Channel, Origin, acting_from
from partnercenter.addresses import client_address
from partnercenter.agents.models import Agent
from partnercenter.http import AgentRequest, BadInput, own_path
from partnercenter.lists import rows_a_page

GetResponse = Callable[[HttpRequest], HttpResponse]

# NUL and the other control characters but TAB, CR and LF; surrogates; and the characters that
# turn the direction of what follows. Marks that Arabic, Persian and emoji need are left alone.
BAD_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)


def request_ids(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Gives each request an id, which its records and its answer bear."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def private_answers(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Nothing that was made for one agent, or for htmx, is kept by a cache for another."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        response["Cache-Control"] = "no-store"
        return response

    return middleware


def good_characters(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses characters that no path, query or form needs, before any view sees them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if any(BAD_CHARACTERS.search(text) for text in _texts(request)):
            raise BadInput(
                _("The request holds characters that cannot be used, such as control characters.")
            )
        return get_response(request)

    return middleware


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path_info
    yield from request.COOKIES.values()
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from (value for value in values if isinstance(value, str))


def origins(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Records that the request causes bear its id and address; other doors say so themselves."""

    def middleware(request: HttpRequest) -> HttpResponse:
        origin = Origin(
            channel=Channel.DASHBOARD,
            address=client_address(request),
            request_id=cast("AgentRequest", request).request_id,
        )
        with acting_from(origin):
            return get_response(request)

    return middleware


def session_limits(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Ends a session that was idle too long or is too old, whatever its cookie says."""

    def middleware(request: HttpRequest) -> HttpResponse:
        now = int(time.time())
        if request.user.is_authenticated and _is_over(request, now):
            logout(request)
        elif request.user.is_authenticated and now - request.session["seen_at"] > NOTED_EVERY:
            _note_seen(request, now)
        return get_response(request)

    return middleware


def _note_seen(request: HttpRequest, now: int) -> None:
    """In the session, and in the list of sessions that My account shows."""
    request.session["seen_at"] = now
    sessions = UserSession.objects.filter(session_key=request.session.session_key)
    sessions.update(last_seen_at=timezone.now())


NOTED_EVERY = timedelta(minutes=5).total_seconds()


def start_session_clock(request: HttpRequest) -> None:
    """At sign-in: from here the session's age and idle time are counted, in seconds."""
    now = int(time.time())
    request.session["signed_in_at"] = request.session["seen_at"] = now


def _is_over(request: HttpRequest, now: int) -> bool:
    signed_in_at = request.session.get("signed_in_at", 0)
    seen_at = request.session.get("seen_at", 0)
    return bool(
        now - signed_in_at > settings.SESSION_ABSOLUTE_SECONDS
        or now - seen_at > settings.SESSION_IDLE_SECONDS
    )


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

    An htmx request gets HX-Redirect, or the sign-in page would land inside the page's fragment;
    and the way back leads to the page on which a form stood, not to where it was posted.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> Any:
        redirect = redirect_to_login(
            _way_back(request), resolve_url(self.get_login_url(view_func)), "next"
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


def _way_back(request: HttpRequest) -> str:
    htmx = cast("AgentRequest", request).htmx
    if htmx:
        return own_path(htmx.current_url or "", request)
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return own_path(request.headers.get("Referer", ""), request)
