"""The request as views see it, and the errors they answer with."""

from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import replace_url
from django_htmx.middleware import HtmxDetails

from partnercenter.agents.models import Agent


class AgentRequest(HttpRequest):
    """A request behind sign-in: somebody is there, and htmx says whether it asks for a fragment."""

    user: Agent
    htmx: HtmxDetails
    request_id: str


class BadInput(BadRequest):
    """400 with a sentence for the person: what was wrong with what the address or form said."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def answers_fragment(request: AgentRequest) -> bool:
    """Whether htmx asks for a part of the page; going back in history asks for it whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def at_address(response: HttpResponse, request: AgentRequest, query: str) -> HttpResponse:
    """Tells htmx to show this list's address, without the empty filters that forms send along."""
    return replace_url(response, f"{request.path}{query}")


def own_path(address: str, request: HttpRequest) -> str:
    """The path and query of one of our own pages; Home for any other address.

    A path that begins with two slashes, of whichever kind, is another host's address again.
    """
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return "/"
    parts = urlsplit(address)
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return path if url_has_allowed_host_and_scheme(path, None) else "/"
