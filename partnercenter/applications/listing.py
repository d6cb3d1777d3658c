"""What pages show of applications, made once here instead of by filters in the templates."""

import datetime as dt
from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.db.models import Count, Max, Min, Q, QuerySet

from activitylog.models import ActivityRecord
from partnercenter.agents.models import Agent
from partnercenter.applications.events import ApplicationActivity
from partnercenter.applications.models import Application
from partnercenter.times import ago, ahead, exact

ACCESS, REFRESH = Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN
NEWEST_FIRST = ("-created_at", "-client")


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    application: Application
    roles: str
    acts_for_agents: bool
    added: tuple[str, str]

    @classmethod
    def of(cls, application: Application) -> "ApplicationRow":
        return cls(
            application=application,
            roles=", ".join(application.role_labels) or "–",
            acts_for_agents=bool(application.client.get_redirect_uris()),
            added=(ago(application.created_at), exact(application.created_at)),
        )


@dataclass(frozen=True, slots=True)
class TokensRow:
    """How many tokens of an application live: for an agent, or with none for itself."""

    agent: Agent | None
    access: int
    refresh: int
    ends: tuple[str, str] | None


def tokens_of(application: Application) -> list[TokensRow]:
    """A row for each agent with live tokens, by name; the application's own are the first."""
    counted = (
        _counting(application.live_tokens())
        .values("user")
        .annotate(
            access=Count("pk", filter=Q(type=ACCESS)),
            refresh=Count("pk", filter=Q(type=REFRESH)),
            ends=Max("expires_at"),
        )
    )
    agents = Agent.objects.in_bulk([row["user"] for row in counted if row["user"]])
    rows = [
        TokensRow(agents.get(row["user"]), row["access"], row["refresh"], _end(row["ends"]))
        for row in counted
    ]
    return sorted(rows, key=lambda row: row.agent.display_name.casefold() if row.agent else "")


@dataclass(frozen=True, slots=True)
class AuthorizedRow:
    """An application that acts for an agent, and since when."""

    application: Application
    since: tuple[str, str]


def authorized_by(agent: Agent) -> list[AuthorizedRow]:
    """The known applications with live tokens of the agent, by name.

    He let them when he said so last, as the log has it; else when the oldest token was made.
    """
    live = _counting(Token.objects.valid().filter(user=agent, client__application__isnull=False))
    oldest = {
        row["client"]: row["at"] for row in live.values("client").annotate(at=Min("created_at"))
    }
    said = _said_by(agent, list(oldest))
    applications = Application.objects.by_name().filter(pk__in=oldest)
    return [
        AuthorizedRow(application, (ago(since), exact(since)))
        for application in applications
        if application.is_known
        for since in [said.get(application.actor_id, oldest[application.pk])]
    ]


def _said_by(agent: Agent, client_ids: list[str]) -> dict[str, dt.datetime]:
    """When the agent let each of them act for him last, by client id."""
    records = ActivityRecord.objects.of_action(ApplicationActivity.AUTHORIZE)
    found = records.filter(actor_id=agent.actor_id, resource_id__in=client_ids)
    return dict(found.values_list("resource_id").annotate(Max("at")))


def _counting(tokens: QuerySet[Token]) -> QuerySet[Token]:
    """Without codes, which live for a minute and open nothing by themselves."""
    return tokens.filter(type__in=(ACCESS, REFRESH)).order_by()


def _end(moment: dt.datetime | None) -> tuple[str, str] | None:
    return (ahead(moment), exact(moment)) if moment else None
