"""The first lock of every act on agents.

Two agents who act on each other would wait in a circle, so both are locked in the order of their
keys, before anything else.
"""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from activitylog.recording import Actor
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import roles_granting

CHANGE = "agents.change_agent"


def hold_agents(*, agent: Agent, by: Actor, **_arguments: Any) -> None:
    """Locks the agent whom the act concerns, and the one who acts, until the transaction ends."""
    _hold({agent.pk, *_ids(by)})


def hold_agents_and_administrators(*, agent: Agent, by: Actor, **_arguments: Any) -> None:
    """The same for an act that may leave nobody to manage agents: it waits for its like."""
    _hold({agent.pk, *_ids(by), *administrators().values_list("pk", flat=True)})


def administrators() -> QuerySet[Agent]:
    """The active agents who can manage agents."""
    roles = [role.value for role in roles_granting(CHANGE)]
    return Agent.objects.filter(is_active=True, groups__name__in=roles).distinct()


def _ids(by: Actor) -> list[UUID]:
    """The key of the agent who acts; that of an application or of nobody locks nothing."""
    return [UUID(by.actor_id)] if by.actor_id else []


def _hold(keys: set[UUID]) -> None:
    """NO KEY UPDATE leaves inserts that refer to the agents free to proceed."""
    wanted = Agent.objects.filter(pk__in=keys).order_by("pk")
    list(wanted.select_for_update(no_key=True))
