"""What happens to every request, whatever its view and whoever sent it."""

import logging
import time
import uuid
from collections.abc import Callable, Iterable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from activitylog.origin import Channel, Origin, acting_from, current_origin
from partnercenter import bodies, logs
from partnercenter.addresses import client_address
from partnercenter.agents.models import Agent
from partnercenter.errors import request_too_large
from partnercenter.http import BadInput
from partnercenter.sent import BAD_CHARACTERS, own_cookies, refuse_files_twice, single_values

GetResponse = Callable[[HttpRequest], HttpResponse]
requests = logging.getLogger("partnercenter.requests")


def origins(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Gives each request an id; its answer, its records and its lines in the server's log bear it.

    Outermost, so that whatever happens to the request happens inside. Doors other than the
    dashboard name their channel themselves, and the API's clients bring ids of their own.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        origin = Origin(Channel.DASHBOARD, client_address(request), request.request_id)  # type: ignore[attr-defined]
        with acting_from(origin):
            response = get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def request_lines(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Writes a line into the server's log for each answer, and for refusals why.

    Of the address only the path: queries hold what people search for.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        start = time.monotonic()
        with logs.noting() as noted:
            response = get_response(request)
        facts = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "milliseconds": round(1000 * (time.monotonic() - start)),
            "address": current_origin().address,
            "agent": _agent_seen(request),
            **noted,
        }
        requests.log(_level(response.status_code), "Request answered.", extra=facts)
        return response

    return middleware


def _level(status: int) -> int:
    if status >= 500:
        return logging.ERROR
    return logging.WARNING if status >= 400 else logging.INFO


def _agent_seen(request: HttpRequest) -> str:
    """The id of the agent who asks, if anybody has looked already: looking costs a query."""
    user = getattr(request, "user", None)
    seen = getattr(user, "_wrapped", user)
    return seen.actor_id if isinstance(seen, Agent) else ""


def private_answers(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Nothing that was made for one agent, or for htmx, is kept by a cache for another."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        patch_vary_headers(response, ("HX-Request",))
        response["Cache-Control"] = "no-store"
        return response

    return middleware


def cookies_of_ours(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Before anything looks at cookies: one that can't be ours is nobody's, and breaks nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.COOKIES = own_cookies(request.COOKIES)
        return get_response(request)

    return middleware


def readable_bodies(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Refuses what `bodies.whole_bodies` could not read, before anybody takes it for an empty form:
    413 for what is too large, else 400.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        reason = request.META.get(bodies.UNREADABLE)
        if reason == bodies.TOO_LARGE:
            return request_too_large(request)
        if reason == bodies.CUT_OFF:
            raise BadInput(_("The request was cut off before all of it arrived. Send it again."))
        if reason:
            raise BadRequest(reason)
        return get_response(request)

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


def said_once(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Of a field that holds one value and is sent twice, none is taken: see `SingleValues`.

    The API reads its addresses and bodies itself, and as strictly.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if current_origin().channel != Channel.API:
            refuse_files_twice(request)
            request.GET = single_values(request.GET)  # type: ignore[assignment]
            request.POST = single_values(request.POST)  # type: ignore[assignment]
        return get_response(request)

    return middleware


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path_info
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from (value for value in values if isinstance(value, str))
