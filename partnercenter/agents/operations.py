"""Every way in which an agent comes, changes and goes. Each is one transaction with its record."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from allauth.idp.oidc.models import Token
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _

from activitylog.recording import Actor, record
from partnercenter.agents.events import AgentActivity
from partnercenter.agents.locking import (
    CHANGE,
    administrators,
    hold_agents,
    hold_agents_and_administrators,
)
from partnercenter.agents.models import RECOVERY_CODES, Agent, Appearance
from partnercenter.agents.passwords import new_one_time_password
from partnercenter.agents.roles import Role, permissions_of, roles_granting
from partnercenter.authority import act, unless_own
from partnercenter.operations import Refused

Result = TypeVar("Result")


@act("agents.add_agent")
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

    The password is a one-time password if an agent makes the account for somebody else.

    Raises ValidationError for a malformed or taken name and for a weak password.
    """
    agent = Agent(
        username=username.lower(), display_name=display_name, is_demonstration=demonstration
    )
    _give_password(agent, password, by)
    agent.full_clean()
    agent.role_names = _names(roles)
    _record(AgentActivity.CREATE, agent, new=_snapshot(agent), by=by)
    agent.validate_unique()  # again, now that nobody else can create one
    agent.save(force_insert=True)
    agent.groups.set(_groups(roles))
    return agent


@act(CHANGE, first=hold_agents)
def rename_agent(*, agent: Agent, display_name: str, by: Actor) -> Agent:
    """Changes the display name; does nothing where it is the same.

    Raises ValidationError for one that is malformed.
    """
    agent = _now(agent)
    display_name = Agent._meta.get_field("display_name").clean(display_name, agent)
    if agent.display_name != display_name:
        old = _snapshot(agent)
        agent.display_name = display_name
        agent.save(update_fields=["display_name"])
        _record(AgentActivity.UPDATE, agent, old=old, new=_snapshot(agent), by=by)
    return agent


@act(CHANGE, first=hold_agents_and_administrators)
def change_roles(*, agent: Agent, roles: Iterable[Role], by: Actor) -> Agent:
    """Gives the agent exactly these roles, from this moment on.

    Raises Refused for one's own, so that nobody promotes or locks out themselves, and for the last
    agent who can manage agents.
    """
    agent = _now(agent)
    wanted = _names(roles)
    if agent.role_names == wanted:
        return agent
    _refuse_oneself(agent, by)
    if CHANGE not in permissions_of(wanted):
        _refuse_last_administrator(agent)
    old = _snapshot(agent)
    agent.groups.set(_groups(wanted))
    agent.role_names = wanted
    _record(AgentActivity.CHANGE_ROLES, agent, old=old, new=_snapshot(agent), by=by)
    return agent


@act(CHANGE, first=hold_agents)
def set_password(*, agent: Agent, password: str, by: Actor) -> Agent:
    """Sets another agent's password. Every session signed in with the old one ends, and so does
    every token with which an application acts for the agent.

    One that an agent sets is a one-time password: it opens nothing but the page on which it is
    changed. Raises ValidationError for a weak password, and Refused for oneself.
    """
    _refuse_own_way_in(agent, by)
    return _with_password(_now(agent), password, by)


@act(None, first=hold_agents)
def change_own_password(*, agent: Agent, current: str, password: str, by: Agent) -> Agent:
    """The same for one's own, which ends the other sessions; `by` is the agent.

    Raises Refused (current_password) where `current` isn't the password in force, and
    ValidationError for a weak password and for keeping a one-time password.
    """
    agent = _now(agent)
    if agent != by or not agent.check_password(current):
        raise Refused(_("Enter your current password."), code="current_password")
    return _with_password(agent, password, by)


@act(CHANGE, first=hold_agents)
def set_one_time_password(*, agent: Agent, by: Actor) -> str:
    """Sets a generated one-time password and returns it; it is kept nowhere in clear.

    Raises Refused for oneself.
    """
    password = new_one_time_password()
    set_password(agent=agent, password=password, by=by)
    return password


@act(CHANGE, first=hold_agents_and_administrators)
def set_active(*, agent: Agent, active: bool, by: Actor) -> Agent:
    """Deactivates or reactivates. A deactivated agent is out at once; his cookies and the tokens of
    applications that act for him stay dead.

    Raises Refused for oneself, and for the last agent who can manage agents.
    """
    agent = _now(agent)
    if agent.is_active == active:
        return agent
    _refuse_oneself(agent, by)
    if not active:
        _refuse_last_administrator(agent)
    old = _snapshot(agent)
    agent.is_active = active
    agent.session_epoch += 0 if active else 1
    agent.save(update_fields=["is_active", "session_epoch"])
    if not active:
        _end_tokens(agent)
    activity = AgentActivity.REACTIVATE if active else AgentActivity.DEACTIVATE
    _record(activity, agent, old=old, new=_snapshot(agent), by=by)
    return agent


@act(unless_own(CHANGE), first=hold_agents)
def sign_out_everywhere(*, agent: Agent, by: Actor) -> Agent:
    """Ends every session of the agent, and every token of applications that act for him."""
    agent = _now(agent)
    agent.session_epoch += 1
    agent.save(update_fields=["session_epoch"])
    _end_tokens(agent)
    _record(AgentActivity.SIGN_OUT_EVERYWHERE, agent, by=by)
    return agent


@act(unless_own(CHANGE), first=hold_agents)
def change_second_factors(*, agent: Agent, change: Callable[[], Result], by: Actor) -> Result:
    """Carries out `change`, which adds or removes factors or makes recovery codes, and records it.

    Returns what `change` returns. Raises Refused for the last factor of an agent of whom one is
    demanded.
    """
    agent = _now(agent)
    old, old_codes = agent.second_factors, _recovery_codes(agent)
    result = change()
    new, new_codes = agent.second_factors, _recovery_codes(agent)
    if old and not new and agent.second_factor_is_demanded:
        raise _last_second_factor()
    if new != old:
        _record_second_factors(agent, old=old, new=new, by=by)
    if new_codes - old_codes:
        _record(AgentActivity.GENERATE_RECOVERY_CODES, agent, by=by)
    return result


@act(CHANGE, first=hold_agents)
def remove_second_factors(*, agent: Agent, by: Actor) -> Agent:
    """Removes every second factor and the recovery codes, for somebody who lost them.

    Does nothing where there are none. Raises Refused for oneself.
    """
    _refuse_own_way_in(agent, by)
    agent = _now(agent)
    old = agent.second_factors
    agent.authenticator_set.all().delete()
    if old:
        _record_second_factors(agent, old=old, new=[], by=by)
    return agent


def set_preferences(
    *,
    agent: Agent,
    appearance: Appearance | None = None,
    rows_per_page: int | None = None,
    language: str | None = None,
    by: Actor,
) -> Agent:
    """How pages look to the agent; None leaves a preference as it is.

    There is no record of it: it changes nothing that anybody else sees.
    """
    wanted = {"appearance": appearance, "rows_per_page": rows_per_page, "language": language}
    changed = [name for name, value in wanted.items() if value is not None]
    for name in changed:
        setattr(agent, name, wanted[name])
    agent.save(update_fields=changed)
    return agent


def _with_password(agent: Agent, password: str, by: Actor) -> Agent:
    _give_password(agent, password, by)
    agent.save(update_fields=["password", "must_change_password"])
    _end_tokens(agent)
    _record(AgentActivity.SET_PASSWORD, agent, by=by)
    return agent


def _give_password(agent: Agent, password: str, by: Actor) -> None:
    validate_password(password, agent)
    agent.set_password(password)
    agent.must_change_password = by.actor_id not in ("", agent.actor_id)


def _end_tokens(agent: Agent) -> None:
    Token.objects.filter(user=agent).delete()


def _recovery_codes(agent: Agent) -> set[int]:
    """Which set of codes there is; a new one has another key."""
    return set(agent.authenticator_set.filter(type=RECOVERY_CODES).values_list("pk", flat=True))


def _last_second_factor() -> Refused:
    return Refused(
        _(
            "Your role needs a second factor, and this is your last one. Set up another one first; "
            "then this one can be removed."
        ),
        code="last_second_factor",
    )


def _now(agent: Agent) -> Agent:
    """The agent as stored now, whom `hold_agents` has locked."""
    return Agent.objects.get(pk=agent.pk)


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


def _refuse_last_administrator(agent: Agent) -> None:
    """Somebody has to be left who can manage agents."""
    if not agent.is_known or CHANGE not in permissions_of(agent.role_names):
        return
    if not any(other.is_known for other in administrators().exclude(pk=agent.pk)):
        roles = get_text_list([str(role.label) for role in roles_granting(CHANGE)], _("or"))
        raise Refused(
            _("This is the last agent with the role %(roles)s. Give it to another agent first.")
            % {"roles": roles},
            code="last_administrator",
        )


def _refuse_own_way_in(agent: Agent, by: Actor) -> None:
    if agent.actor_id == by.actor_id:
        raise Refused(
            _("This is for somebody else. Change your own password and factors on My account."),
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


def _record_second_factors(agent: Agent, *, old: list[str], new: list[str], by: Actor) -> None:
    """The kinds of the factors before and after; never what they are made of."""
    added = len(new) > len(old)
    activity = AgentActivity.ADD_SECOND_FACTOR if added else AgentActivity.REMOVE_SECOND_FACTOR
    _record(activity, agent, old={"second_factors": old}, new={"second_factors": new}, by=by)
