"""The application of the demonstration mode: with its secret and a token, ready to be tried."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from allauth.idp.oidc.models import Token
from django.conf import settings

from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.grants import end_of_one_used_now
from partnercenter.applications.models import Application
from partnercenter.applications.operations import register_application

NAME = "Demonstration client"
REDIRECT_URI = "http://127.0.0.1/"


@dataclass(frozen=True, slots=True)
class DemonstrationClient:
    """What a client has to know. It follows from the installation's secret key."""

    client_id: str
    secret: str
    refresh_token: str

    @classmethod
    def of_this_installation(cls) -> Self:
        return cls(
            client_id=str(UUID(bytes=_derived("client id")[:16], version=4)),
            secret=_text("secret"),
            refresh_token=_text("refresh token"),
        )

    @property
    def shell_variables(self) -> str:
        """As a shell reads them, on one line."""
        return (
            f"CLIENT_ID={self.client_id} CLIENT_SECRET={self.secret} "
            f"REFRESH_TOKEN={self.refresh_token}"
        )


def demonstration_client() -> DemonstrationClient | None:
    """The one that was seeded, or None."""
    client = DemonstrationClient.of_this_installation()
    seeded = Application.objects.filter(pk=client.client_id, is_demonstration=True, is_active=True)
    return client if seeded.exists() else None


def create_demonstration_client(agent: Agent) -> Application:
    """Registers it, recorded as the system's act, with a refresh token that acts for the agent."""
    client = DemonstrationClient.of_this_installation()
    application, _secret = register_application(
        name=NAME,
        roles=[Role.ADMIN],
        redirect_uris=[REDIRECT_URI],
        client_id=client.client_id,
        secret=client.secret,
        demonstration=True,
        by=System(),
    )
    token = Token(
        type=Token.Type.REFRESH_TOKEN,
        client=application.client,
        user=agent,
        expires_at=end_of_one_used_now(),
    )
    token.set_value(client.refresh_token)
    token.set_scopes(application.client.get_default_scopes())
    token.save()
    return application


def keep_refresh_token_alive() -> None:
    """The refresh token lives on, as by being used; one that was revoked stays dead."""
    value = DemonstrationClient.of_this_installation().refresh_token
    tokens = Token.objects.by_value(value).filter(type=Token.Type.REFRESH_TOKEN)
    tokens.update(expires_at=end_of_one_used_now())


def _text(purpose: str) -> str:
    return base64.urlsafe_b64encode(_derived(purpose)).decode().rstrip("=")


def _derived(purpose: str) -> bytes:
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, f"demonstration {purpose}".encode(), hashlib.sha256)
