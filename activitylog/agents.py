"""Who the partner's agents are called now, for filters: records keep what they were called then."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from activitylog.search import folded
from partnercenter.http import AgentRequest

VIEW = "agents.view_agent"
# Of each agent: the user principal name, the display name, the id.
Agents = QuerySet[Any, tuple[str, str, Any]]


def agents_known_to(request: AgentRequest) -> Agents:
    """The agents whom this one may know, by name; nothing is read before it is needed."""
    agents = get_user_model().objects.order_by("display_name", "username")
    known = agents if request.user.has_perm(VIEW) else agents.none()
    return known.values_list("username", "display_name", "pk")


def ids_of(text: str, agents: Agents) -> list[str]:
    """The ids of those whose name of now contains the text, in any case or width."""
    wanted = folded(text)
    return [
        str(pk)
        for username, display_name, pk in agents
        if wanted in folded(display_name) or wanted in folded(username)
    ]
