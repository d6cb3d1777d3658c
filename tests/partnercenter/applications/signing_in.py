"""How these tests sign a program in: what it sends, and what it is told."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.models import Application
from partnercenter.applications.operations import register_application
from tests.conftest import signed_in
from tests.partnercenter.site import FORM, Answer

TOKEN = "/contoso.example/oauth2/v2.0/token"
AUTHORIZE = "/contoso.example/oauth2/v2.0/authorize"
CALLBACK = "https://tools.example/callback"
VERIFIER = "v" * 64
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def challenge(verifier: str = VERIFIER) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    """What a client reads in the token, without looking at its signature."""
    _head, payload, _signature = token.split(".")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return claims


@dataclass
class Program:
    """An application with its secret, or a public one without, at an address of its own."""

    application: Application
    secret: str
    address: str = "127.0.0.1"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    @property
    def credentials(self) -> dict[str, str]:
        secret = {"client_secret": self.secret} if self.secret else {}
        return {"client_id": str(self.application.pk), **secret}

    def ask(self, *, at: str = TOKEN, **fields: str) -> Answer:
        """A request for a token, with the application's credentials unless others are given."""
        return self.send(urlencode({**self.credentials, **fields}), at=at)

    def send(self, body: str | bytes, *, at: str = TOKEN, **headers: str) -> Answer:
        content_type = headers.pop("content_type", FORM)
        return self.client.generic(
            "POST",
            at,
            body,
            content_type=content_type,
            headers=headers,
            REMOTE_ADDR=self.address,
        )

    def for_itself(self, **fields: str) -> Answer:
        return self.ask(grant_type="client_credentials", **fields)

    def by_code(self, code: str, **fields: str) -> Answer:
        given = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **fields}
        return self.ask(grant_type="authorization_code", **given)

    def by_refresh_token(self, value: str, **fields: str) -> Answer:
        return self.ask(grant_type="refresh_token", refresh_token=value, **fields)

    def tokens_for(self, agent: Agent) -> dict[str, Any]:
        """What the program holds when the agent has let it act for him."""
        answer: dict[str, Any] = self.by_code(code_from(self, agent)).json()
        return answer


def a_program(*roles: Role, name: str = "Contoso Tools", redirects: bool = True) -> Program:
    application, secret = register_application(
        name=name, roles=roles, redirect_uris=[CALLBACK] if redirects else [], by=System()
    )
    return Program(application, secret)


def a_public_program(*redirect_uris: str, name: str = "Contoso Desktop") -> Program:
    application, secret = register_application(
        name=name, redirect_uris=redirect_uris or [CALLBACK], public=True, by=System()
    )
    return Program(application, secret)


def question(program: Program, **fields: str) -> str:
    """The address to which the program sends an agent's browser."""
    asked = {
        "client_id": str(program.application.pk),
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "https://api.partnercenter.microsoft.com/user_impersonation",
        "state": "a-state",
        "code_challenge": challenge(),
        "code_challenge_method": "S256",
        **fields,
    }
    given = {name: value for name, value in asked.items() if value}
    return f"{AUTHORIZE}?{urlencode(given)}"


def answer_question(browser: Client, page: Answer, action: str = "grant") -> Answer:
    """Presses a button of the page that asks."""
    question = _form_of(page).partition('"')[0]
    scopes = [unescape(value) for name, value in HIDDEN.findall(_form_of(page)) if name == "scopes"]
    fields = {**fields_of(page), "scopes": scopes, "action": action}
    return browser.post(AUTHORIZE + unescape(question), fields)


def fields_of(page: Answer) -> dict[str, str]:
    """What the form of the page that asks sends along unseen."""
    return {name: unescape(value) for name, value in HIDDEN.findall(_form_of(page))}


def _form_of(page: Answer) -> str:
    """From behind the address that it leads to, of which the question is part."""
    return page.content.decode().partition(f'action="{AUTHORIZE}')[2].partition("</form>")[0]


def sent_to(answer: Answer) -> tuple[str, dict[str, str]]:
    """Where a redirect leads, and what it brings along."""
    assert answer.status_code == 302, answer.content
    location = urlsplit(answer["Location"])
    values = {name: value for name, (value,) in parse_qs(location.query).items()}
    return location._replace(query="").geturl(), values


def code_from(program: Program, agent: Agent, **fields: str) -> str:
    """The code that the program is sent when the agent allows it to act."""
    browser = signed_in(agent)
    answer = answer_question(browser, browser.get(question(program, **fields)))
    return sent_to(answer)[1]["code"]
