"""How the sign-in of programs says no: the errors of OAuth 2.0 (RFC 6749, section 5.2)."""

import re
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from partnercenter.access import View

# The pages on which agents are asked are none of them: people read those.
REST = (
    r"(?:(?!v1/)[^/]+/(?:oauth2(?!/(?:v2\.0/)?authorize/?$)|discovery|v2\.0|\.well-known)"
    r"|\.well-known/(?:oauth|openid)-[^/]+)(?:/.*)?"
)
ADDRESSES = re.compile(f"/(generatetoken/?|{REST})")


def is_of_sign_in(request: HttpRequest) -> bool:
    """Whether the answer, whatever it says, is for a program that signs in."""
    return ADDRESSES.fullmatch(request.path_info) is not None


def sign_in_error(status: int, sentence: str, error: str = "") -> JsonResponse:
    """The error as an answer; one that goes by its status alone gets the word for that."""
    words = {429: "temporarily_unavailable", 503: "temporarily_unavailable", 500: "server_error"}
    error = error or words.get(status, "invalid_request")
    return JsonResponse({"error": error, "error_description": sentence}, status=status)


def description_of(error: str) -> str:
    """What whoever writes a client needs to know beside the word of the standard."""
    return {
        "invalid_request": _(
            "A request for a token is a form (application/x-www-form-urlencoded) with a "
            "grant_type and what belongs to it, each once. It names one application and "
            "authenticates in one way."
        ),
        "invalid_client": _("The application is unknown or deactivated, or its secret is wrong."),
        "invalid_grant": _(
            "The code or the refresh token has ended, was used or revoked, or belongs to another "
            "application; or what was sent with it does not fit."
        ),
        "unauthorized_client": _(
            "The application may not sign in this way: by itself it needs a role, and for an "
            "agent a redirect address."
        ),
        "unsupported_grant_type": _(
            "The grant_type has to be client_credentials, authorization_code or refresh_token."
        ),
    }.get(error, _("The request is not as it has to be: %(error)s.") % {"error": error})


def for_programs(view: View) -> View:
    """A method that the address does not know is answered in JSON too."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        allow = response.headers.get("Allow", "")
        sentence = _("This address does not know the method. It knows %(methods)s.")
        refusal = sign_in_error(405, sentence % {"methods": allow})
        refusal["Allow"] = allow
        return refusal

    return answered
