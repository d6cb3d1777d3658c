"""Error pages in the house's style: what happened, what is unchanged, what to do."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnercenter.agents.roles import roles_granting
from partnercenter.http import BadInput, RoleNeeded

RETRY_AFTER_SECONDS = 300


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. `BadInput` says what was wrong; other malformed requests are told so in general."""
    sentence = (
        str(exception.sentence)
        if isinstance(exception, BadInput)
        else _("The request was malformed and could not be read.")
    )
    return _page(request, 400, _("Bad request"), sentence)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403, with the names of the roles that may."""
    sentence = _("Your role does not allow this.")
    roles = roles_granting(exception.permission) if isinstance(exception, RoleNeeded) else []
    if roles:
        names = get_text_list([str(role.label) for role in roles], _("or"))
        sentence = _("This needs the role %(roles)s, which you do not have.") % {"roles": names}
    return _page(request, 403, _("Not allowed"), sentence)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is not this session's, most often because of another sign-in."""
    return _page(
        request,
        403,
        _("This page is out of date"),
        _("The page was opened before your last sign-in. Reload it and try again."),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, the same for what does not exist and for what the agent may not know of."""
    return _page(
        request,
        404,
        _("Page not found"),
        _("There is nothing at this address. Check it, or search for the customer."),
    )


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429 with Retry-After in seconds."""
    minutes = math.ceil(RETRY_AFTER_SECONDS / 60)
    sentence = ngettext(
        "There were too many attempts. Try again in %(minutes)s minute.",
        "There were too many attempts. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    response = _page(request, 429, _("Too many attempts"), sentence)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, from a template that needs no database and no context."""
    context = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(loader.get_template("errors/500.html").render(context), status=500)


def _page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    context = {"title": title, "sentence": sentence, "status": status}
    return render(request, "errors/error.html", context, status=status)
