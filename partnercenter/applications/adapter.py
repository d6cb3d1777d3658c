"""Where django-allauth's OpenID Connect provider is made to fit."""

import uuid
from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from partnercenter.agents.models import Agent
from partnercenter.applications.keys import signing_key
from partnercenter.applications.secrets import new_secret


def issuer_of(request: HttpRequest) -> str:
    """Who signs the tokens, as an address below which libraries find the other addresses (OpenID
    Connect Discovery 1.0, section 4).
    """
    return request.build_absolute_uri(f"/{settings.TENANT_ID}/v2.0")


class ProviderAdapter(DefaultOIDCAdapter):
    def get_issuer(self) -> str:
        return issuer_of(self.request)

    def generate_client_id(self) -> str:
        """A GUID with hyphens, as clients expect of an application."""
        return str(uuid.uuid4())

    def generate_client_secret(self) -> str:
        return new_secret()

    def list_private_keys(
        self, *, did_activate: bool | None = None, is_active: bool | None = None
    ) -> list[PrivateKey]:
        return [signing_key()]

    def populate_access_token(
        self,
        access_token: dict[str, Any],
        *,
        client: Client,
        scopes: Iterable[str],
        user: AbstractBaseUser | None,
        **kwargs: Any,
    ) -> None:
        """Whose token it is, by the names that Microsoft's tokens have for it.

        Raises InvalidGrantError for an agent for whom nobody can act now.
        """
        access_token["tid"] = settings.TENANT_ID
        access_token["appid"] = client.pk
        if isinstance(user, Agent):
            if not user.may_act:
                raise InvalidGrantError
            access_token["oid"] = user.actor_id
            access_token["upn"] = user.user_principal_name

    def get_claims(
        self,
        purpose: Any,
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Who signed in, by the names of Microsoft's ID tokens; the names of the agent where the
        application asked for the profile.

        https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
        """
        claims = {"sub": self.get_user_sub(client, user), "tid": settings.TENANT_ID, "ver": "2.0"}
        if isinstance(user, Agent):
            claims["oid"] = user.actor_id
            if "profile" in scopes:
                claims["name"] = user.display_name
                claims["preferred_username"] = user.user_principal_name
        return claims
