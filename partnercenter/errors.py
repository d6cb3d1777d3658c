"""Error pages in the house's style: what happened, what is unchanged, what to do.

Programs that call the API get the same sentences in their own form.
"""

import math
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activitylog.clock import ClockAhead
from activitylog.origin import Channel, current_origin
from partnercenter.agents.rate_limits import OF_VIEWS, longest_wait
from partnercenter.agents.roles import roles_granting
from partnercenter.api.faults import BAD_INPUT, NOT_FOUND, SERVER_ERROR, Fault, fault_response
from partnercenter.api.middleware import is_of_api
from partnercenter.applications.sign_in_errors import is_of_sign_in, sign_in_error
from partnercenter.authority import RoleNeeded, SignedOut
from partnercenter.http import BadInput
from partnercenter.logs import note_refusal
from partnercenter.outages import is_outage

DATABASE_RETRY_SECONDS = 5
CLOCK_RETRY_SECONDS = 300


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. `BadInput` says what was wrong; other malformed requests are told so in general.

    A session that could not be stored comes here too, when it was the database that failed.
    """
    if is_outage(exception):
        return unavailable(request)
    if isinstance(exception, RequestDataTooBig):
        return request_too_large(request)
    note_refusal(type(exception).__name__)
    sentence = (
        str(exception.sentence)
        if isinstance(exception, BadInput)
        else _("The request was malformed and could not be read.")
    )
    return _page(request, 400, _("Bad request"), sentence)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the names of the roles that may; or because the session ended while acting."""
    note_refusal(getattr(exception, "permission", ""))
    if isinstance(exception, SignedOut):
        sentence = _("You were signed out in the meantime, so nothing was changed. Sign in again.")
        return _page(request, 403, _("You are signed out"), sentence)
    sentence = _("Your role does not allow this.")
    roles = roles_granting(exception.permission) if isinstance(exception, RoleNeeded) else []
    if roles:
        names = get_text_list([str(role.label) for role in roles], _("or"))
        sentence = _("This needs the role %(roles)s, which you do not have.") % {"roles": names}
    return _page(request, 403, _("Not allowed"), sentence)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is not this session's, most often because of another sign-in.

    `reason` is Django's; after a dash it quotes the request.
    """
    note_refusal(reason.partition(" - ")[0])
    return _page(
        request,
        403,
        _("This page is out of date"),
        _("The page was opened before your last sign-in. Reload it and try again."),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what does not exist and for what the agent may not know of."""
    sentence = (
        _("There is nothing at this address.")
        if _is_of_portal()
        else _("There is nothing at this address. Check it, or search for the customer.")
    )
    return _page(request, 404, _("Page not found"), sentence)


def request_too_large(request: HttpRequest) -> HttpResponse:
    """413, for a body of more bytes than anything here needs."""
    note_refusal("too_large")
    sentence = _("The request is larger than %(size)s. Send less at once.") % {
        "size": filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    }
    return _page(request, 413, _("Request too large"), sentence)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 with Retry-After in seconds, which are those of the limit that was met."""
    seconds = longest_wait(request, [(action, None) for action in OF_VIEWS]) or 1
    response = _page(request, 429, _("Too many attempts"), wait_in_words(seconds))
    response["Retry-After"] = str(seconds)
    return response


def wait_in_words(seconds: int) -> str:
    """The sentence that tells somebody to wait so long, in seconds or in whole minutes."""
    if seconds < 60:
        return ngettext(
            "There were too many attempts. Try again in %(seconds)s second.",
            "There were too many attempts. Try again in %(seconds)s seconds.",
            seconds,
        ) % {"seconds": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "There were too many attempts. Try again in %(minutes)s minute.",
        "There were too many attempts. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}


def server_error(request: HttpRequest) -> HttpResponse:
    """500; or 503 where it is the database that failed, wherever in the request that was."""
    error = sys.exc_info()[1]
    if isinstance(error, ClockAhead):
        return clock_ahead(request, error)
    if is_outage(error):
        return unavailable(request)
    sentence = _(
        "The server met an error of its own. Reload the page to see what is stored; if it happens "
        "again, give this request id to whoever runs the server."
    )
    return _page_alone(request, 500, _("Something went wrong"), sentence)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After in seconds. Whether the last commit arrived may be unknown."""
    sentence = _(
        "The database does not answer. Wait a moment, reload the page to see what is stored, then "
        "try again."
    )
    response = _page_alone(request, 503, _("The database does not answer"), sentence)
    response["Retry-After"] = str(DATABASE_RETRY_SECONDS)
    return response


def clock_ahead(request: HttpRequest, error: ClockAhead) -> HttpResponse:
    """503 with Retry-After in seconds: a clock is wrong, and nothing was changed."""
    note_refusal("clock_ahead")
    response = _page_alone(request, 503, _("The clock is wrong"), str(error.sentence))
    response["Retry-After"] = str(CLOCK_RETRY_SECONDS)
    return response


def _page_alone(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """From a template that needs no database, nor anything that one would be asked for."""
    if is_of_api(request) or is_of_sign_in(request):
        return _for_program(request, status, sentence)
    context = {
        "title": title,
        "sentence": sentence,
        "status": status,
        "request_id": getattr(request, "request_id", ""),
    }
    page = loader.get_template("errors/alone.html").render(context)
    return HttpResponse(page, status=status)


def _page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    if is_of_api(request) or is_of_sign_in(request):
        return _for_program(request, status, sentence)
    context = {"title": title, "sentence": sentence, "status": status}
    template = "errors/portal.html" if _is_of_portal() else "errors/error.html"
    return render(request, template, context, status=status)


def _for_program(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """In the form that clients of the API know, or that of the sign-in that comes before."""
    if is_of_sign_in(request):
        return sign_in_error(status, sentence)
    codes = {400: BAD_INPUT, 404: NOT_FOUND, 500: SERVER_ERROR}
    return fault_response(Fault(status, codes.get(status, str(status)), sentence))


def https_required(request: HttpRequest) -> HttpResponse:
    """403 for a program that speaks plain http, in its own form."""
    note_refusal("plain_http")
    sentence = _(
        "Use https. What you sent wasn't encrypted, so replace the secret or token that was in it."
    )
    return _for_program(request, 403, sentence)


def _is_of_portal() -> bool:
    """Whether a customer reads it, whom nothing of the dashboard concerns."""
    return current_origin().channel == Channel.PORTAL
