"""Agents come, change and go through operations, each with its record."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import (
    change_own_password,
    change_roles,
    create_agent,
    rename_agent,
    set_active,
    set_password,
)
from partnercenter.agents.roles import Role
from partnercenter.operations import Refused
from tests.factories import PASSWORD, AgentFactory

pytestmark = pytest.mark.django_db


def create(**details: Any) -> Agent:
    return create_agent(
        **{
            "username": "nora@partner.example",
            "display_name": "Nora Berg",
            "password": PASSWORD,
            "roles": [Role.SALES],
            "by": System(),
            **details,
        }
    )


def as_recorded(agent: Agent, **changed: Any) -> dict[str, Any]:
    return {
        "user_principal_name": agent.username,
        "display_name": agent.display_name,
        "roles": agent.role_names,
        "active": True,
        **changed,
    }


def the_record() -> ActivityRecord:
    return ActivityRecord.objects.get()


def nothing_was_recorded() -> bool:
    return not ActivityRecord.objects.exists()


def stored(agent: Agent) -> Agent:
    return Agent.objects.get(pk=agent.pk)


@pytest.fixture
def erik(db: None) -> Agent:
    """Another Admin agent."""
    return AgentFactory.create(
        username="erik@partner.example", display_name="Erik", role=Role.ADMIN, password=PASSWORD
    )


# Creating


def test_a_created_agent_has_the_name_the_password_and_the_roles() -> None:
    agent = stored(create(roles=[Role.HELPDESK, Role.ADMIN]))

    assert (agent.username, agent.display_name) == ("nora@partner.example", "Nora Berg")
    assert agent.check_password(PASSWORD)
    assert agent.role_names == ["Admin agent", "Helpdesk agent"]
    assert agent.is_active
    assert not agent.is_demonstration


def test_creating_is_recorded_with_what_is_new_and_who_did_it(ada: Agent) -> None:
    agent = create(by=ada)

    record = the_record()
    assert (record.action, record.resource_type) == ("create_partner_user", "partner_user")
    assert record.resource_id == str(agent.pk)
    assert (record.old, record.new) == (None, as_recorded(agent, roles=["Sales agent"]))
    assert (record.actor_id, record.actor_roles) == (str(ada.pk), ["Admin agent"])


def test_no_record_holds_the_password() -> None:
    agent = create()
    set_password(agent=agent, password="another-long-password", by=System())

    for record in ActivityRecord.objects.all():
        facts = str(record.facts())
        assert PASSWORD not in facts
        assert "another-long-password" not in facts
        assert "$" not in facts


def test_the_user_principal_name_is_kept_in_small_letters() -> None:
    assert stored(create(username="Nora@Partner.EXAMPLE")).username == "nora@partner.example"


@pytest.mark.parametrize(
    "username",
    ["", "nora", "@", "nora@", "@partner.example", "no ra@partner.example", "a@b@c", "nora@x\n",
     "ñora@partner.example", "\u202enora@partner.example", f"{'n' * 120}@partner.example"],
)  # fmt: skip
def test_a_malformed_user_principal_name_is_refused(username: str) -> None:
    with pytest.raises(ValidationError):
        create(username=username)

    assert not Agent.objects.exists()
    assert nothing_was_recorded()


@pytest.mark.parametrize("taken", ["nora@partner.example", "NORA@partner.example"])
def test_a_name_that_is_taken_is_refused_whatever_its_case(taken: str) -> None:
    create()

    with pytest.raises(ValidationError):
        create(username=taken)

    assert Agent.objects.count() == ActivityRecord.objects.count() == 1


@pytest.mark.parametrize(
    "weak", ["", "short", "eleven-char", "password1234", "123456789012", "nora@partner"]
)
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        create(password=weak)

    assert not Agent.objects.exists()
    assert nothing_was_recorded()


# Renaming


def test_renaming_is_stored_and_recorded_with_both_names(sam: Agent, ada: Agent) -> None:
    rename_agent(agent=sam, display_name="Samuel", by=ada)

    assert stored(sam).display_name == "Samuel"
    assert the_record().action == "update_partner_user"
    assert the_record().old == as_recorded(sam, display_name="Sam")
    assert the_record().new == as_recorded(sam, display_name="Samuel")


def test_renaming_to_the_same_name_records_nothing(sam: Agent, ada: Agent) -> None:
    rename_agent(agent=sam, display_name="Sam", by=ada)
    assert nothing_was_recorded()


# Roles


def test_a_change_of_roles_is_stored_and_recorded_with_both_sets(sam: Agent, ada: Agent) -> None:
    change_roles(agent=sam, roles=[Role.HELPDESK, Role.SALES], by=ada)

    assert stored(sam).role_names == ["Sales agent", "Helpdesk agent"]
    assert the_record().action == "change_partner_user_roles"
    assert the_record().old == as_recorded(sam, roles=["Sales agent"])
    assert the_record().new == as_recorded(sam, roles=["Sales agent", "Helpdesk agent"])


def test_the_same_roles_in_another_order_record_nothing(sam: Agent, ada: Agent) -> None:
    change_roles(agent=sam, roles=[Role.SALES, Role.ADMIN], by=ada)
    change_roles(agent=sam, roles=[Role.ADMIN, Role.SALES, Role.ADMIN], by=ada)

    assert ActivityRecord.objects.count() == 1


def test_all_roles_can_be_taken_away(sam: Agent, ada: Agent) -> None:
    change_roles(agent=sam, roles=[], by=ada)

    assert stored(sam).role_names == []
    assert stored(sam).get_all_permissions() == set()


@pytest.mark.parametrize("roles", [[], [Role.SALES], list(Role)])
def test_nobody_changes_his_own_roles(ada: Agent, roles: list[Role]) -> None:
    with pytest.raises(Refused) as refusal:
        change_roles(agent=ada, roles=roles, by=ada)

    assert refusal.value.code == "own_account"
    assert stored(ada).role_names == ["Admin agent"]
    assert nothing_was_recorded()


# Passwords


def test_a_new_password_is_stored_and_recorded_without_values(sam: Agent, ada: Agent) -> None:
    set_password(agent=sam, password=PASSWORD, by=ada)

    assert stored(sam).check_password(PASSWORD)
    assert the_record().action == "set_partner_user_password"
    assert (the_record().old, the_record().new) == (None, None)


def test_a_weak_new_password_is_refused_and_the_old_one_stays(sam: Agent, ada: Agent) -> None:
    set_password(agent=sam, password=PASSWORD, by=ada)

    with pytest.raises(ValidationError):
        set_password(agent=sam, password="sam@partner.example", by=ada)

    assert stored(sam).check_password(PASSWORD)
    assert ActivityRecord.objects.count() == 1


@pytest.mark.parametrize("operation", [set_password, change_own_password])
def test_nobody_sets_their_own_password_without_the_old_one(
    erik: Agent, operation: Callable[..., Agent]
) -> None:
    old = {"current": "not-the-password"} if operation is change_own_password else {}
    with pytest.raises(Refused):
        operation(agent=erik, password="another-long-password", by=erik, **old)

    assert stored(erik).check_password(PASSWORD)
    assert nothing_was_recorded()


def test_ones_own_password_is_changed_with_the_old_one(erik: Agent) -> None:
    change_own_password(agent=erik, current=PASSWORD, password="another-long-password", by=erik)

    assert stored(erik).check_password("another-long-password")
    assert not stored(erik).must_change_password
    assert the_record().action == "set_partner_user_password"


def test_another_agents_password_is_never_changed_as_ones_own(erik: Agent, ada: Agent) -> None:
    with pytest.raises(Refused):
        change_own_password(agent=erik, current=PASSWORD, password="another-long-word", by=ada)

    assert stored(erik).check_password(PASSWORD)


# Going, and coming back


def test_deactivating_and_reactivating_are_stored_and_recorded(sam: Agent, ada: Agent) -> None:
    set_active(agent=sam, active=False, by=ada)
    assert not stored(sam).is_active
    set_active(agent=sam, active=True, by=ada)
    assert stored(sam).is_active

    off, on = ActivityRecord.objects.order_by("number")
    assert (off.action, on.action) == ("deactivate_partner_user", "reactivate_partner_user")
    assert (off.old, off.new) == (as_recorded(sam), as_recorded(sam, active=False))
    assert (on.old, on.new) == (as_recorded(sam, active=False), as_recorded(sam))


@pytest.mark.parametrize("active", [True, False])
def test_deactivating_or_reactivating_twice_records_once(
    sam: Agent, ada: Agent, active: bool
) -> None:
    set_active(agent=sam, active=not active, by=ada)
    set_active(agent=sam, active=active, by=ada)
    set_active(agent=sam, active=active, by=ada)

    assert ActivityRecord.objects.count() == (2 if active else 1)


def test_nobody_deactivates_himself(ada: Agent) -> None:
    with pytest.raises(Refused) as refusal:
        set_active(agent=ada, active=False, by=ada)

    assert refusal.value.code == "own_account"
    assert stored(ada).is_active
    assert nothing_was_recorded()


def test_the_last_admin_agent_is_neither_deactivated_nor_demoted(ada: Agent, sam: Agent) -> None:
    acts: list[Callable[[], Agent]] = [
        lambda: set_active(agent=ada, active=False, by=System()),
        lambda: change_roles(agent=ada, roles=[Role.SALES], by=System()),
    ]
    for act in acts:
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "last_administrator"
        assert "Admin agent" in str(refusal.value)

    assert stored(ada).has_perm("agents.change_agent")
    assert nothing_was_recorded()


def test_one_who_was_deactivated_is_no_admin_agent_that_is_left(ada: Agent, erik: Agent) -> None:
    set_active(agent=erik, active=False, by=ada)

    with pytest.raises(Refused):
        change_roles(agent=ada, roles=[], by=System())
    change_roles(agent=erik, roles=[], by=ada)  # who counts no longer


def test_an_agent_read_long_ago_is_changed_as_he_is_now(sam: Agent, ada: Agent) -> None:
    as_read_before = stored(sam)
    rename_agent(agent=sam, display_name="Samuel", by=ada)
    set_active(agent=as_read_before, active=False, by=ada)

    assert stored(sam).display_name == "Samuel"
    assert ActivityRecord.objects.latest("number").old == as_recorded(sam, display_name="Samuel")


# No superusers


def test_there_are_no_superusers(ada: Agent) -> None:
    assert not Agent.is_superuser
    assert not ada.is_superuser
    assert not hasattr(Agent.objects, "create_superuser")
    assert "is_superuser" not in {field.name for field in Agent._meta.get_fields()}


def test_an_agent_without_a_role_may_do_nothing() -> None:
    agent = stored(create(roles=[]))

    assert agent.get_all_permissions() == set()
    assert not agent.is_staff


def test_every_permission_of_an_agent_comes_from_a_role(ada: Agent) -> None:
    everything = {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Permission.objects.select_related("content_type")
    }
    assert ada.get_all_permissions() < everything
    assert not ada.has_perm("auth.add_group")
    assert not ada.has_perm("agents.delete_agent")
    assert not ada.has_perm("nothing.of_the_kind")


def test_a_deactivated_admin_agent_may_do_nothing(ada: Agent, erik: Agent) -> None:
    set_active(agent=ada, active=False, by=erik)
    assert not stored(ada).has_perm("customers.view_customer")


# manage.py create_agent


@pytest.fixture
def _password_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_PASSWORD", PASSWORD)


@pytest.mark.usefixtures("_password_in_the_environment")
def test_the_command_creates_the_first_admin_agent_recorded_as_system(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("create_agent", "Ada@partner.example", "--role", "Admin agent", "--name", "Ada")

    agent = Agent.objects.get()
    assert (agent.username, agent.display_name) == ("ada@partner.example", "Ada")
    assert agent.check_password(PASSWORD)
    assert agent.role_names == ["Admin agent"]
    assert (the_record().actor_name, the_record().channel) == ("system", "system")
    assert "ada@partner.example can sign in as Admin agent." in capsys.readouterr().out


@pytest.mark.usefixtures("_password_in_the_environment")
def test_the_command_gives_several_roles() -> None:
    call_command("create_agent", "a@b.example", "--role", "Sales agent", "--role", "Helpdesk agent")
    assert Agent.objects.get().role_names == ["Sales agent", "Helpdesk agent"]


@pytest.mark.usefixtures("_password_in_the_environment")
@pytest.mark.parametrize(
    "arguments",
    [
        ["ada@partner.example"],
        ["ada@partner.example", "--role", "admin agent"],
        ["ada@partner.example", "--role", "Global admin"],
        ["not a name", "--role", "Admin agent"],
    ],
    ids=["no role", "role in small letters", "unknown role", "malformed name"],
)
def test_the_command_refuses_what_it_cannot_do(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("create_agent", *arguments)

    assert not Agent.objects.exists()


def test_the_command_refuses_a_weak_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_PASSWORD", "short")

    with pytest.raises(CommandError, match="too short"):
        call_command("create_agent", "ada@partner.example", "--role", "Admin agent")


# Commands that Django has under these names


def test_changepassword_walks_through_the_operation(
    sam: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_PASSWORD", "another-horse-battery")
    call_command("changepassword", "sam@partner.example")

    assert stored(sam).check_password("another-horse-battery")
    assert the_record().action == "set_partner_user_password"


def test_changepassword_knows_nobody_else(ada: Agent) -> None:
    with pytest.raises(CommandError, match="no agent nobody"):
        call_command("changepassword", "nobody@partner.example")


def test_createsuperuser_says_what_to_use_instead() -> None:
    with pytest.raises(CommandError, match="create_agent"):
        call_command("createsuperuser")
