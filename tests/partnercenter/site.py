"""How these tests walk the site: they fill in its forms, and visit each of its addresses."""

import re
import uuid
from collections.abc import Iterator
from html import unescape
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, resolve

from partnercenter.access import MARK
from partnercenter.api.protocol import ACCESS as OPEN_TO_TOKENS
from partnercenter.applications.sign_in_errors import REST
from partnercenter.checks import url_patterns
from tests import conftest
from tests.factories import PASSWORD

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer = _MonkeyPatchedWSGIResponse
else:  # what a test client answers has a name in the stubs only
    Answer = HttpResponse

SOMEBODY = uuid.UUID("11111111-2222-3333-4444-555555555555")
FORM = "application/x-www-form-urlencoded"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
VARIABLE_PARTS = {
    "<uuid:customer_id>": str(SOMEBODY),
    "<uuid:subscription_id>": str(SOMEBODY),
    "<uuid:user_id>": str(SOMEBODY),
    "<int:assignment_id>": "1",
    "<uuid:agent_id>": str(SOMEBODY),
    "<uuid:application_id>": str(SOMEBODY),
    "<uuid:order_id>": str(SOMEBODY),
    "<uuid:reservation_id>": str(SOMEBODY),
    "<uuid:link_id>": str(SOMEBODY),
    "<uuid:webhook_id>": str(SOMEBODY),
    "<uuid:delivery_id>": str(SOMEBODY),
    "<int:product_id>": "1",
    "<int:pk>": "1",
    "<int:number>": "1",
    "<str:resource>": "AzureReservedInstances",
    "<path:object_id>": str(SOMEBODY),
    r"^(?P<tenant>[^/]+)/oauth2/(?:v2\.0/)?token/?$": "tenant/oauth2/v2.0/token",
    r"^(?P<tenant>[^/]+)/oauth2/(?:v2\.0/)?authorize/?$": "tenant/oauth2/v2.0/authorize",
    r"^(?P<tenant>[^/]+)/oauth2/(?:v2\.0/)?devicecode/?$": "tenant/oauth2/v2.0/devicecode",
    f"^{REST}$": "tenant/oauth2/nothing-here",
    r"^(?P<tenant>[^/]+)/(?:v2\.0/)?\.well-known/openid-configuration/?$": (
        "tenant/v2.0/.well-known/openid-configuration"
    ),
    r"^(?P<tenant>[^/]+)/discovery/instance/?$": "tenant/discovery/instance",
    r"^(?P<tenant>[^/]+)/discovery/v2\.0/keys/?$": "tenant/discovery/v2.0/keys",
    "^generatetoken/?$": "generatetoken",
    "(?P<url>.*)$": "nothing-here",
}
LIST_OF_APPS = re.compile(r"\^\(\?P<app_label>(\w+)[^)]*\)/\$")


def browser(**defaults: Any) -> Client:
    """A browser as people have it: what it posts is checked for the form's token."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False, **defaults)


def text_of(answer: Answer) -> str:
    return conftest.text_of(cast("HttpResponse", answer))


def sentence_of(answer: Answer) -> str:
    """What the page about an error says."""
    return text_of(answer).partition("<p data-sentence>")[2].partition("</p>")[0].strip()


def hidden_fields(answer: Answer, action: str, *, last: bool = False) -> dict[str, str]:
    """What the page's first or last form to this address sends along unseen."""
    forms = answer.content.decode().split(f'action="{action}"')[1:]
    form = forms[-1 if last else 0].partition("</form>")[0]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)}


def fill_in_sign_in(
    client: Client, username: str, password: str = PASSWORD, *, next_page: str = ""
) -> Answer:
    """Opens the sign-in page and sends its form; the answer is not followed."""
    page = client.get("/sign-in/", {"next": next_page} if next_page else {})
    fields = hidden_fields(page, "/sign-in/")
    return client.post("/sign-in/", {**fields, "login": username, "password": password})


def is_signed_in(client: Client) -> bool:
    return client.get("/change-password/").status_code == 200


def address_of(route: str, **parts: str) -> str:
    """The address of a pattern, with these values for its variable parts in place of the usual."""
    for part, value in {**VARIABLE_PARTS, **parts}.items():
        route = route.replace(part, value)
    return "/" + LIST_OF_APPS.sub(r"\1/", route)


def addresses() -> Iterator[tuple[str, str]]:
    """An address for every pattern of the site, with the mark of who may open it."""
    for route, mark in marked_routes():
        yield address_of(route), mark


def marked_routes() -> Iterator[tuple[str, str]]:
    """Every pattern's route with its mark, but for those of the API, which has a matrix of its
    own: tests/partnercenter/api/test_api_matrix.py.
    """
    for route, pattern in url_patterns(get_resolver().url_patterns):
        mark = getattr(pattern.callback, MARK, "unmarked")
        if mark != OPEN_TO_TOKENS:
            yield route, mark


def _name_of(route: str) -> str:
    match = resolve(address_of(route))
    return match.view_name if match.url_name else route


# The patterns by their names with namespaces; by the route itself where there is no name.
ROUTES = {_name_of(route): route for route, _mark in marked_routes()}
