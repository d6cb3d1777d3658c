"""How an application is told what an agent answered, or why nobody could be asked.

In the query or the fragment of its address (OAuth 2.0 Multiple Response Type Encoding Practices,
section 2.1), or in a form that the browser posts to it (OAuth 2.0 Form Post Response Mode), which
is the only way in which Microsoft's library for programs on a desktop listens.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from allauth.core.internal.httpkit import add_query_params
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnercenter.applications.redirects import origin_of

FORM_POST, FRAGMENT, QUERY = "form_post", "fragment", "query"
RESPONSE_MODES = (QUERY, FRAGMENT, FORM_POST)


def brought_by(location: str, redirect_uri: str) -> dict[str, str]:
    """What an address adds to the registered one, in its query."""
    own = parse_qsl(urlsplit(redirect_uri).query, keep_blank_values=True)
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True)[len(own) :])


def send_back(
    request: HttpRequest, *, to: str, facts: Mapping[str, str], mode: str
) -> HttpResponse:
    """The answer that takes the agent's browser, with the facts, to the application's address.

    Facts of any other mode go into the query.
    """
    if mode == FORM_POST:
        return _posted(request, to, facts)
    location = f"{to}#{urlencode(facts)}" if mode == FRAGMENT else add_query_params(to, dict(facts))
    return HttpResponse(status=302, headers={"Location": location})


def _posted(request: HttpRequest, to: str, facts: Mapping[str, str]) -> HttpResponse:
    """A page whose form leads there; scripts send it by themselves."""
    response = render(request, "applications/form_post.html", {"address": to, "facts": facts})
    response._csp_update = {"form-action": [origin_of(to)]}  # type: ignore[attr-defined]
    return response
