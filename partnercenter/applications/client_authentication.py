"""How a request for a token says which application it comes from (RFC 6749, section 2.3)."""

import re

from allauth.core.internal.httpkit import extract_basic_auth
from django.http import HttpRequest

CLIENT_ID = re.compile(r"[!-~]{1,100}")
IN_BODY = ("client_secret", "client_assertion")


def client_id_of(request: HttpRequest) -> str:
    """As the request names it, where an application can have such an id; else empty."""
    client_id = _in_header(request) or request.POST.get("client_id", "")
    return client_id if CLIENT_ID.fullmatch(client_id) else ""


def contradicts_itself(request: HttpRequest) -> bool:
    """Whether it authenticates in more than one way, or names two applications.

    A parameter without a value counts as left out (RFC 6749, section 3.2).
    """
    ways = sum(bool(request.POST.get(name)) for name in IN_BODY) + _has_basic(request)
    named = {_in_header(request), request.POST.get("client_id", "")} - {""}
    return ways > 1 or len(named) > 1


def _has_basic(request: HttpRequest) -> bool:
    scheme, _space, _credentials = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "basic"


def _in_header(request: HttpRequest) -> str:
    client_id, _secret = extract_basic_auth(dict(request.headers))
    return client_id or ""
