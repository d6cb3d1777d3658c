"""What happens to every request, whatever its view."""

import re
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from activitylog.origin import Channel, Origin, acting_from
from partnercenter.access import METHODS
from partnercenter.addresses import client_address
from partnercenter.http import AgentRequest, BadInput
from partnercenter.unsent import keep

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
            request.session["seen_at"] = now
        return get_response(request)

    return middleware


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


def _way_back(request: HttpRequest, view: Callable[..., HttpResponseBase]) -> str:
    htmx = cast("AgentRequest", request).htmx
    if htmx:
        return _path_of(htmx.current_url or "", request)
    if request.method in ("GET", "HEAD") or "GET" in getattr(view, METHODS, ()):
        return request.get_full_path()
    return _path_of(request.headers.get("Referer", ""), request)


def _path_of(address: str, request: HttpRequest) -> str:
    """The path and query of one of our own pages; Home for any other address."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return "/"
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
