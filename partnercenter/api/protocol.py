"""The API as a whole: how calls are read, and how whatever goes wrong is answered."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from partnercenter.access import MARK
from partnercenter.agents.roles import roles_granting
from partnercenter.api import second_factor
from partnercenter.api.faults import BAD_INPUT, NO_PRIVILEGE, NOT_FOUND, Fault, fault_response
from partnercenter.api.middleware import malformed_ids
from partnercenter.api.parser import StrictParser
from partnercenter.api.principals import token_not_good
from partnercenter.authority import RoleNeeded, SignedOut
from partnercenter.logs import note_refusal

ACCESS = "token"
View = Callable[..., HttpResponseBase]

DESCRIPTION = """\
What clients of the Microsoft Partner Center API call, on this server.

Names in bodies and addresses are read whatever their case. Lists are answered whole unless a size
is asked for. A call that changes something and is repeated under its MS-RequestId, with the same
body, gets its first answer again and changes nothing. HEAD works wherever GET does."""


def new_api(*, version: str, tags: Sequence[dict[str, str]] = ()) -> NinjaAPI:
    """An API without operations, in our manners. Each tag has a name and a description."""
    api = NinjaAPI(
        title="Partner Center",
        version=version,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        parser=StrictParser(),
        openapi_extra={"tags": list(tags)},
        auth=_nobody,
    )
    api.exception_handler(Fault)(_fault)
    api.exception_handler(HttpError)(_unreadable)
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(Http404)(_not_found)
    api.exception_handler(RoleNeeded)(_role_needed)
    api.exception_handler(SignedOut)(_signed_out)
    return api


def _nobody(request: HttpRequest) -> None:
    """Whom an operation is open to that forgot `requires_token`."""


def marked_urls(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Every address of the API with the mark that it is open to tokens."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            marked_urls(pattern.url_patterns)
        else:
            pattern.callback = of_api(pattern.callback)
    return patterns


def of_api(view: View) -> View:
    """For programs with a token: nobody is sent to sign-in, and HEAD is answered as GET is.

    The body of the answer is left out where all of them are: see `bodies.bodiless_heads`.
    """

    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        try:
            response = _malformed(request) or view(request, *args, **kwargs)
        finally:
            request.method = asked
        second_factor.tell_if_asked(request, response)
        return _unknown_method(response) if response.status_code == 405 else response

    # Not by `marked`, whose 405 is a page.
    for name, value in {MARK: ACCESS, "csrf_exempt": True, "login_required": False}.items():
        setattr(answered, name, value)
    return answered


def _malformed(request: HttpRequest) -> HttpResponse | None:
    """400 for a header that can't be understood. Without its MS-RequestId, a repeated call would be
    carried out a second time.
    """
    ids = malformed_ids(request)
    if ids:
        sentence = _(
            "%(headers)s isn't valid. Send 1 to 64 ASCII characters without spaces, for example a "
            "GUID."
        )
        headers = get_text_list(ids, _("or"))
        return _fault(request, Fault(400, BAD_INPUT, sentence % {"headers": headers}))
    if second_factor.is_malformed(request):
        return _fault(request, Fault(400, BAD_INPUT, _("ValidateMfa must be true or false.")))
    return None


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever else the original has under /v1 and /webhooks/v1, or never had."""
    return _not_found(request, Http404())


def _fault(request: HttpRequest, fault: Fault) -> HttpResponse:
    note_refusal(fault.code)
    return fault_response(fault)


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, Fault):
        return _fault(request, cause)
    return _fault(request, Fault(error.status_code, BAD_INPUT, error.message))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """400, never 422, which clients send again; it names what is wrong, not what was sent."""
    places = "; ".join(
        f"{'.'.join(str(part) for part in each['loc'][1:])}: {each['msg']}"
        for each in error.errors[:10]
    )
    sentence = _("The request is not as it has to be. %(places)s")
    return _fault(request, Fault(400, BAD_INPUT, sentence % {"places": places}))


def _role_needed(request: HttpRequest, error: RoleNeeded) -> HttpResponse:
    roles = [str(role.label) for role in roles_granting(error.permission)]
    sentence = _("This needs the role %(roles)s. Nothing was changed.")
    names = {"roles": get_text_list(roles, _("or"))}
    return _fault(request, Fault(403, NO_PRIVILEGE, sentence % names))


def _signed_out(request: HttpRequest, error: SignedOut) -> HttpResponse:
    return _fault(request, token_not_good())


def _not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    return _fault(request, Fault(404, NOT_FOUND, _("There is nothing at this address.")))


def _unknown_method(response: HttpResponseBase) -> HttpResponse:
    """404: Microsoft's SDKs send what is answered with 405 three more times."""
    methods = response.headers.get("Allow", "").replace("GET", "GET, HEAD")
    sentence = _("This address doesn't support the method. It supports %(methods)s.")
    return fault_response(
        Fault(404, NOT_FOUND, sentence % {"methods": methods}, headers={"Allow": methods})
    )
