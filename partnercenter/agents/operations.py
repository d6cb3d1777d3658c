"""Every way in which an agent comes, changes and goes. Each is one transaction with its record."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor, record
from partnercenter.agents.events import AgentActivity
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.operations import Refused


@transaction.atomic
def create_agent(
    *,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[Role],
    demonstration: bool = False,
    by: Actor,
) -> Agent:
    """A new, active agent with these roles. The user principal name is kept in small letters.

    Raises ValidationError for a malformed or taken name and for a weak password.
    """
    agent = Agent(
        username=username.lower(), display_name=display_name, is_demonstration=demonstration
    )
    _give_password(agent, password)
    agent.full_clean()
    agent.role_names = _names(roles)
    _record(AgentActivity.CREATE, agent, new=_snapshot(agent), by=by)
    agent.validate_unique()  # again, now that nobody else can create one
    agent.save(force_insert=True)
    agent.groups.set(_groups(roles))
    return agent


@transaction.atomic
def rename_agent(*, agent: Agent, display_name: str, by: Actor) -> Agent:
    """Changes the display name; does nothing where it is the same."""
    agent = _locked(agent)
    if agent.display_name != display_name:
        old = _snapshot(agent)
        agent.display_name = display_name
        agent.save(update_fields=["display_name"])
        _record(AgentActivity.UPDATE, agent, old=old, new=_snapshot(agent), by=by)
    return agent


@transaction.atomic
def change_roles(*, agent: Agent, roles: Iterable[Role], by: Actor) -> Agent:
    """Gives the agent exactly these roles, from the next request on.

    Raises Refused for one's own: nobody raises himself, and nobody locks himself out.
    """
    agent = _locked(agent)
    wanted = _names(roles)
    if agent.role_names == wanted:
        return agent
    _refuse_oneself(agent, by)
    old = _snapshot(agent)
    agent.groups.set(_groups(wanted))
    agent.role_names = wanted
    _record(AgentActivity.CHANGE_ROLES, agent, old=old, new=_snapshot(agent), by=by)
    return agent


@transaction.atomic
def set_password(*, agent: Agent, password: str, by: Actor) -> Agent:
    """Sets a password. Every session signed in with the old one ends.

    Raises ValidationError for a weak password.
    """
    agent = _locked(agent)
    _give_password(agent, password)
    agent.save(update_fields=["password"])
    _record(AgentActivity.SET_PASSWORD, agent, by=by)
    return agent


@transaction.atomic
def set_active(*, agent: Agent, active: bool, by: Actor) -> Agent:
    """Deactivates or reactivates. A deactivated agent is out at once and his cookies stay dead.

    Raises Refused for oneself.
    """
    agent = _locked(agent)
    if agent.is_active == active:
        return agent
    _refuse_oneself(agent, by)
    old = _snapshot(agent)
    agent.is_active = active
    agent.session_epoch += 0 if active else 1
    agent.save(update_fields=["is_active", "session_epoch"])
    activity = AgentActivity.REACTIVATE if active else AgentActivity.DEACTIVATE
    _record(activity, agent, old=old, new=_snapshot(agent), by=by)
    return agent


def _give_password(agent: Agent, password: str) -> None:
    validate_password(password, agent)
    agent.set_password(password)


def _locked(agent: Agent) -> Agent:
    return Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)


def _names(roles: Iterable[Role]) -> list[str]:
    wanted = set(roles)
    return [role.value for role in Role if role in wanted]


def _groups(names: Iterable[str]) -> list[Group]:
    return list(Group.objects.filter(name__in=list(names)))


def _refuse_oneself(agent: Agent, by: Actor) -> None:
    if agent.actor_id == by.actor_id:
        raise Refused(
            _("Nobody changes their own roles or deactivates themselves. Ask another Admin agent."),
            code="own_account",
        )


def _snapshot(agent: Agent) -> dict[str, Any]:
    return {
        "user_principal_name": agent.username,
        "display_name": agent.display_name,
        "roles": agent.role_names,
        "active": agent.is_active,
    }


def _record(
    activity: AgentActivity,
    agent: Agent,
    *,
    by: Actor,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
) -> None:
    record(
        activity, resource_type="partner_user", resource_id=str(agent.pk), by=by, old=old, new=new
    )
