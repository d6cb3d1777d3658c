"""Who calls: an application, alone or with the token of an agent."""

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.utils import timezone
from django.utils.translation import gettext as _

from activitylog.clock import AHEAD
from partnercenter.agents.models import Agent
from partnercenter.api.faults import ACCESS_DENIED, UNAUTHORIZED, Fault
from partnercenter.applications.models import Application
from partnercenter.authority import SignedOut, share_locked

REALM = {"WWW-Authenticate": 'Bearer realm="partnercenter"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """The application, and the agent for whom it calls; None where it calls for itself."""

    application: Application
    agent: Agent | None
    token: Token

    def has_perm(self, permission: str) -> bool:
        """Exactly what whoever is behind the token may do: the agent, else the application."""
        return self._actor.has_perm(permission)

    @property
    def actor_id(self) -> str:
        """Whom records name as having acted."""
        return self._actor.actor_id

    @property
    def user_principal_name(self) -> str:
        return self._actor.user_principal_name

    @property
    def role_names(self) -> Sequence[str]:
        return self._actor.role_names

    @property
    def _actor(self) -> Agent | Application:
        return self.agent or self.application

    def confirm(self, permission: str | None) -> None:
        """The principal as an `Actor`: the agent may still do it, the application is still active,
        and the token wasn't revoked. Raises RoleNeeded and SignedOut.
        """
        self._actor.confirm(permission)
        if self.agent:
            self.application.confirm_known()
        if not list(share_locked(Token.objects.filter(pk=self.token.pk))):
            raise SignedOut

    @property
    def key(self) -> str:
        """By which one principal's calls are told from another's."""
        return f"{self.application.pk}:{self.agent.pk if self.agent else ''}"


def principal_of(authorization: str) -> Principal:
    """Whoever is behind the header. Raises Fault (401) for none, and for a token that is not, or no
    longer, good: it ended, was revoked, was given out in the future, or its application or agent
    was deactivated.
    """
    scheme, _space, value = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise Fault(401, UNAUTHORIZED, _("The call bears no access token."), REALM)
    found = (
        Token.objects.valid()
        .by_value(value.strip())
        .filter(type=Token.Type.ACCESS_TOKEN, created_at__lt=timezone.now() + AHEAD)
        .select_related("client__application", "user")
        .first()
    )
    principal = _behind(found) if found else None
    if principal is None:
        raise token_not_good()
    return principal


def token_not_good() -> Fault:
    """What a token is told that is not, or no longer, good."""
    return Fault(
        401, ACCESS_DENIED, _("The access token has ended, was revoked, or never was."), REALM
    )


def _behind(token: Token) -> Principal | None:
    application: Application | None = getattr(token.client, "application", None)
    agent = token.user if isinstance(token.user, Agent) else None
    if application is None or not application.is_known or (agent and not agent.may_act):
        return None
    return Principal(application=application, agent=agent, token=token)
