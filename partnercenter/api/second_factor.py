"""The header ValidateMfa: does whoever is behind the token sign in with a second factor?

Source: https://learn.microsoft.com/partner-center/developer/partner-center-authentication.
"""

from django.http import HttpRequest, HttpResponseBase

ASKS, TELLS = "ValidateMfa", "isMfaCompliant"


def is_malformed(request: HttpRequest) -> bool:
    """Whether the header is there and is neither true nor false."""
    return _asked(request) not in ("", "true", "false")


def tell_if_asked(request: HttpRequest, response: HttpResponseBase) -> None:
    """Sets isMfaCompliant on the answer to a call for an agent that asks by ValidateMfa: true.

    An agent who has a second factor can't sign in without it. An application by itself has none,
    and is told nothing.
    """
    agent = getattr(getattr(request, "auth", None), "agent", None)
    if agent and _asked(request) == "true":
        response[TELLS] = "true" if agent.second_factors else "false"


def _asked(request: HttpRequest) -> str:
    return request.headers.get(ASKS, "").strip(" \t").lower()
