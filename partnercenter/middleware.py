"""What happens to every request, whatever its view and whoever sent it."""

import logging
import re
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

GetResponse = Callable[[HttpRequest], HttpResponse]
requests = logging.getLogger("partnercenter.requests")

# NUL and the other control characters but TAB, CR and LF; surrogates; and the characters that
# turn the direction of what follows. Marks that Arabic, Persian and emoji need are left alone.
BAD_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)


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


def _texts(request: HttpRequest) -> Iterable[str]:
    yield request.path_info
    yield from request.COOKIES.values()
    for fields in (request.GET, request.POST):
        for name, values in fields.lists():
            yield name
            yield from (value for value in values if isinstance(value, str))
