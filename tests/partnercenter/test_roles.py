"""The table of roles, and that the database says the same."""

import pytest
from django.contrib.auth.models import Group, Permission

from partnercenter.agents.models import Agent
from partnercenter.agents.operations import change_roles
from partnercenter.agents.roles import (
    PERMISSIONS,
    Role,
    role_labels,
    roles_granting,
    synchronise_roles,
)
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def granted(role: Role) -> set[str]:
    return {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Group.objects.get(name=role.value).permissions.select_related(
            "content_type"
        )
    }


@pytest.mark.parametrize("role", Role)
def test_the_groups_in_the_database_are_what_the_table_says(role: Role) -> None:
    assert granted(role) == PERMISSIONS[role]


def test_there_are_no_other_groups() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


@pytest.mark.parametrize("name", sorted(frozenset.union(*PERMISSIONS.values())))
def test_every_permission_of_the_table_exists(name: str) -> None:
    app, _, codename = name.partition(".")
    assert Permission.objects.filter(content_type__app_label=app, codename=codename).exists()


def test_only_admin_agents_move_the_switch(ada: Agent, sam: Agent, hana: Agent) -> None:
    permission = "customers.change_purchasepermission"
    assert [agent.has_perm(permission) for agent in (ada, sam, hana)] == [True, False, False]
    assert roles_granting(permission) == [Role.ADMIN]


def test_only_admin_agents_read_the_whole_log(ada: Agent, sam: Agent, hana: Agent) -> None:
    permission = "activitylog.view_activityrecord"
    assert [agent.has_perm(permission) for agent in (ada, sam, hana)] == [True, False, False]


def test_a_helpdesk_agent_only_looks() -> None:
    assert {name.partition(".")[2].partition("_")[0] for name in granted(Role.HELPDESK)} == {"view"}


def test_a_sales_agent_sells_and_otherwise_only_looks() -> None:
    assert granted(Role.SALES) - granted(Role.HELPDESK) == {
        "customers.add_customer",
        "customers.add_order",
        "customers.add_subscription",
        "customers.change_billingprofile",
    }


def test_every_role_can_see_a_switch_and_what_it_takes_to_buy() -> None:
    assert roles_granting("customers.view_purchasepermission") == list(Role)
    assert roles_granting("customers.view_subscription") == list(Role)


def test_nobody_may_change_or_remove_records() -> None:
    for action in ("add", "change", "delete"):
        assert roles_granting(f"activitylog.{action}_activityrecord") == []
        assert not Permission.objects.filter(codename=f"{action}_activityrecord").exists()


def test_synchronising_repairs_a_group_that_was_changed_by_hand() -> None:
    sales = Group.objects.get(name="Sales agent")
    sales.permissions.set(Permission.objects.filter(codename="change_purchasepermission"))
    Group.objects.get(name="Helpdesk agent").permissions.clear()

    synchronise_roles()

    assert granted(Role.SALES) == PERMISSIONS[Role.SALES]
    assert granted(Role.HELPDESK) == PERMISSIONS[Role.HELPDESK]


def test_synchronising_makes_a_missing_group_again() -> None:
    Group.objects.get(name="Helpdesk agent").delete()
    synchronise_roles()
    assert granted(Role.HELPDESK) == PERMISSIONS[Role.HELPDESK]


def test_a_misspelt_permission_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PERMISSIONS, Role.SALES, frozenset({"customers.view_costumer"}))

    with pytest.raises(LookupError, match=r"Sales agent .*customers\.view_costumer"):
        synchronise_roles()


def test_a_permission_that_no_role_has_names_no_role() -> None:
    assert roles_granting("customers.delete_customer") == []


def test_a_name_that_is_no_role_is_shown_as_it_is() -> None:
    assert role_labels(["Admin agent", "Owner"]) == ["Admin agent", "Owner"]


def test_a_role_that_is_lost_counts_from_the_next_request(ada: Agent, sam: Agent) -> None:
    change_roles(agent=sam, roles=[Role.ADMIN], by=ada)
    client = signed_in(sam)
    assert client.get("/activity-log/").status_code == 200

    change_roles(agent=sam, roles=[Role.SALES], by=ada)
    assert client.get("/activity-log/").status_code == 403


def test_a_role_that_is_won_counts_from_the_next_request(ada: Agent, sam: Agent) -> None:
    client = signed_in(sam)
    assert client.get("/activity-log/").status_code == 403

    change_roles(agent=sam, roles=[Role.ADMIN], by=ada)
    assert client.get("/activity-log/").status_code == 200
