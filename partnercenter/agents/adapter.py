"""Where django-allauth's sign-in is made to fit: who is known, how failures count, who records."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core import ratelimit
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from partnercenter.addresses import client_address
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import permissions_of
from partnercenter.logs import sign_in_failed

NO_ADDRESS = "::"


def login_attempts_key(request: HttpRequest, username: str) -> str:
    """Failures count per account and address: a stranger cannot lock an agent out elsewhere."""
    return f"{client_address(request)}:{username.strip().lower()}"


class AgentBackend(AuthenticationBackend):
    """Permissions come from roles alone, and the unknown stay out, with and without a cookie."""

    def user_can_authenticate(self, user: Agent | AnonymousUser | None) -> bool:
        return isinstance(user, Agent) and user.is_known

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """What the table of roles grants: the same as the database, which need not be asked."""
        if not isinstance(user_obj, Agent) or not user_obj.is_active or obj is not None:
            return set()
        return permissions_of(user_obj.role_names)


class AgentAdapter(DefaultAccountAdapter):
    def authenticate(self, request: HttpRequest, **credentials: Any) -> Agent | None:
        """As allauth does it, but demonstration agents are nobody outside their mode."""
        agent = super().authenticate(request, **credentials)
        if isinstance(agent, Agent) and not agent.exists_here:
            self.authentication_failed(request, **credentials)
            return None
        return agent if isinstance(agent, Agent) else None

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses, before any hashing, once the failures are used up.

        allauth counts each attempt as a failure until it has succeeded, which would refuse the
        sixth of several colleagues, or tabs, that sign in at the same moment.
        """
        key = self._get_login_attempts_cache_key(request, **credentials)
        if not ratelimit.consume(request, action="login_failed", key=key, dry_run=True):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        key = self._get_login_attempts_cache_key(request, **credentials)
        ratelimit.consume(request, action="login_failed", key=key)
        name = credentials.get("username", "").strip().lower()
        sign_in_failed(Agent.objects.filter(username=name).values_list("pk", flat=True).first())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return login_attempts_key(request, credentials.get("username", ""))

    def get_client_ip(self, request: HttpRequest) -> str:
        """The list of sessions needs an address; “::” is that of a connection without one."""
        return client_address(request) or NO_ADDRESS

    def is_safe_url(self, url: str) -> bool:
        """As allauth does it; an address that cannot even be read is not safe."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Passwords change through the operations: see `ChangePasswordForm`."""
        raise NotImplementedError

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("my_account")

    def is_ajax(self, request: HttpRequest) -> bool:
        """Every answer is a page: allauth's JSON would bear another status than ours.

        The one exception is what its script fetches before it asks a device for a passkey.
        """
        match = request.resolver_match
        asks_for_challenge = match and match.url_name == "mfa_login_webauthn"
        return bool(asks_for_challenge and request.method == "GET" and super().is_ajax(request))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No “signed in as …” notices: the top bar says it."""
