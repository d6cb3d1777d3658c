"""Who calls: an application, alone or with the token of an agent."""

from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.utils.translation import gettext as _

from activitylog.recording import Actor
from partnercenter.agents.models import Agent
from partnercenter.api.faults import ACCESS_DENIED, UNAUTHORIZED, Fault
from partnercenter.applications.models import Application

REALM = {"WWW-Authenticate": 'Bearer realm="partnercenter"'}


@dataclass(frozen=True, slots=True)
class Principal:
    """The application, and the agent for whom it calls; None where it calls for itself."""

    application: Application
    agent: Agent | None
    token: Token

    def has_perm(self, permission: str) -> bool:
        """Exactly what whoever is behind the token may do: the agent, else the application."""
        return (self.agent or self.application).has_perm(permission)

    @property
    def actor(self) -> Actor:
        """Whom records name as having acted."""
        return self.agent or self.application

    @property
    def key(self) -> str:
        """By which one principal's calls are told from another's."""
        return f"{self.application.pk}:{self.agent.pk if self.agent else ''}"


def principal_of(authorization: str) -> Principal:
    """Whoever is behind the header. Raises Fault (401) for none, and for a token that is not, or no
    longer, good: it ended, was revoked, or its application or agent was deactivated.
    """
    scheme, _space, value = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise Fault(401, UNAUTHORIZED, _("The call bears no access token."), REALM)
    found = (
        Token.objects.valid()
        .by_value(value.strip())
        .filter(type=Token.Type.ACCESS_TOKEN)
        .select_related("client__application", "user")
        .first()
    )
    principal = _behind(found) if found else None
    if principal is None:
        raise Fault(
            401, ACCESS_DENIED, _("The access token has ended, was revoked, or never was."), REALM
        )
    return principal


def _behind(token: Token) -> Principal | None:
    application: Application | None = getattr(token.client, "application", None)
    agent = token.user if isinstance(token.user, Agent) else None
    if application is None or not application.is_known or (agent and not agent.may_act):
        return None
    return Principal(application=application, agent=agent, token=token)
