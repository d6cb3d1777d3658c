"""The application of the demonstration mode: with its secret and a token, ready to be tried."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.utils import timezone

from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.api.models import Application
from partnercenter.api.operations import register_application

NAME = "Demonstration client"
REDIRECT_URI = "http://127.0.0.1/"
LIVES = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class DemonstrationClient:
    """What a client has to know. It follows from the installation's secret key."""

    client_id: str
    secret: str
    refresh_token: str


def demonstration_client() -> DemonstrationClient | None:
    """The one that was seeded, or None."""
    found = Application.objects.filter(is_demonstration=True, is_active=True).first()
    if found is None:
        return None
    return DemonstrationClient(str(found.pk), _derived("secret"), _derived("refresh token"))


def create_demonstration_client(agent: Agent) -> Application:
    """Registers it, recorded as the system's act, with a refresh token that acts for the agent."""
    application, _secret = register_application(
        name=NAME,
        roles=[Role.ADMIN],
        redirect_uris=[REDIRECT_URI],
        secret=_derived("secret"),
        demonstration=True,
        by=System(),
    )
    token = Token(
        type=Token.Type.REFRESH_TOKEN,
        client=application.client,
        user=agent,
        expires_at=timezone.now() + LIVES,
    )
    token.set_value(_derived("refresh token"))
    token.set_scopes(application.client.get_default_scopes())
    token.save()
    return application


def _derived(purpose: str) -> str:
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), f"demonstration {purpose}".encode(), hashlib.sha256
    )
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
