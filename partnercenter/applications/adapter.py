"""Where django-allauth's OpenID Connect provider is made to fit."""

import uuid
from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from partnercenter.agents.models import Agent
from partnercenter.applications.keys import signing_key
from partnercenter.applications.secrets import new_secret


class ProviderAdapter(DefaultOIDCAdapter):
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
