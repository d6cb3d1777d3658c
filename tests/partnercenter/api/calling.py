"""How these tests call the API: an application with a token, and what it is told."""

import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple

from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.models import Application
from partnercenter.applications.operations import register_application

_numbers = count(1)
CALLBACK = "https://client.example/callback"


class Answer(NamedTuple):
    status: int
    json: Any
    headers: Mapping[str, str]
    text: str

    @property
    def code(self) -> str:
        """What an error says to programs; its whole shape is looked at on the way."""
        assert self.headers["Content-Type"] == "application/json"
        assert set(self.json) >= {"code", "description", "data", "source", "attributes"}
        assert self.json["attributes"] == {"objectType": "ApiFault"}
        assert self.json["description"]
        return str(self.json["code"])

    @property
    def fault(self) -> tuple[int, str]:
        return self.status, self.code


class Caller:
    """A program that bears a token, or none."""

    def __init__(self, token: str = "", **headers: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.headers |= headers
        self.client = Client(raise_request_exception=False)

    def __call__(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        """`body` is sent as JSON, `raw` as it is; names of headers are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        content_type = named.pop("Content-Type", "application/json")
        response = self.client.generic(
            method, path, data, content_type=content_type, headers={**self.headers, **named}
        )
        text = b"".join(response).decode()
        return Answer(
            response.status_code,
            json.loads(text) if text.startswith(("{", "[")) else None,
            response.headers,
            text,
        )

    def get(self, path: str, **headers: Any) -> Answer:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: Any) -> Answer:
        return self("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: Any) -> Answer:
        return self("PUT", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: Any) -> Answer:
        return self("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: Any) -> Answer:
        return self("DELETE", path, **headers)


def an_application(*roles: Role, name: str = "Contoso Tools") -> Application:
    application, _secret = register_application(
        name=name, roles=roles, redirect_uris=[CALLBACK], by=System()
    )
    return application


def a_token(
    application: Application, agent: Agent | None = None, *, lives: timedelta = timedelta(hours=1)
) -> str:
    """The value of an access token, stored as the token endpoint stores it."""
    value = f"token-{next(_numbers)}"
    token = Token(
        type=Token.Type.ACCESS_TOKEN,
        client=application.client,
        user=agent,
        expires_at=timezone.now() + lives,
    )
    token.set_value(value)
    token.set_scopes(application.client.get_default_scopes())
    token.save()
    return value


def calling_for(agent: Agent | None, *roles: Role, **headers: str) -> Caller:
    """With the token of a new application: for the agent, or for itself with these roles."""
    return Caller(a_token(an_application(*roles), agent), **headers)


def pascal(value: Any) -> Any:
    """As Microsoft's .NET SDK writes the same: names in PascalCase, nulls spelled out."""
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: pascal(each) for name, each in value.items()}
    return [pascal(each) for each in value] if isinstance(value, list) else value
