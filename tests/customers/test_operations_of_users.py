"""Removing a customer's user: with every role, with the records, and the name free again."""

import pytest
from django.core.exceptions import ValidationError

from activitylog.models import ActivityRecord
from customers.models import Customer, CustomerUser, RoleAssignment, Subscription
from customers.operations.role_assignments import assign_role
from customers.operations.users import add_customer_user, remove_customer_user
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, olga, owner, the_record
from tests.factories import CustomerUserFactory, RoleAssignmentFactory

pytestmark = pytest.mark.usefixtures("sound_log")

NAME = "olga@adatum.example"


@pytest.fixture
def her(contoso: Customer) -> CustomerUser:
    """Olga, who works at Contoso and holds no role."""
    return CustomerUserFactory.create(
        customer=contoso, user_principal_name=NAME, display_name="Olga Owner"
    )


def test_a_removed_user_is_recorded_and_no_longer_active(ada: Agent, her: CustomerUser) -> None:
    remove_customer_user(user=her, by=ada)

    record = the_record()
    assert not CustomerUser.objects.active().exists()
    assert (record.action, record.resource_type) == ("delete_customer_user", "customer_user")
    assert (record.resource_id, record.customer_name) == (str(her.pk), "Contoso")
    assert (record.old, record.new) == (
        {"user_principal_name": NAME, "display_name": "Olga Owner"},
        None,
    )


def test_each_role_is_taken_away_with_a_record_before_the_user_is_removed(
    ada: Agent, northwind: Customer
) -> None:
    azure = northwind.subscriptions.get()
    user = CustomerUserFactory.create(customer=northwind, user_principal_name=NAME)
    for role in ("Reader", "Owner"):
        RoleAssignmentFactory.create(subscription=azure, user=user, role=role)
    remove_customer_user(user=user, by=ada)

    *roles, last = ActivityRecord.objects.order_by("number")
    assert not RoleAssignment.objects.exists()
    assert [(record.action, (record.old or {})["role"]) for record in roles] == [
        ("delete_role_assignment", "Reader"),
        ("delete_role_assignment", "Owner"),
    ]
    assert {(record.old or {})["user_principal_name"] for record in [*roles, last]} == {NAME}
    assert last.action == "delete_customer_user"


def test_other_users_keep_their_roles(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    user = CustomerUserFactory.create(customer=fabrikam)
    assign_role(assignment=owner(fabrikam_azure, user), by=ada)
    remove_customer_user(user=user, by=ada)

    assert RoleAssignment.objects.get().user == fabrikam.users.active().get()


def test_removing_a_user_twice_records_once(ada: Agent, her: CustomerUser) -> None:
    remove_customer_user(user=her, by=ada)
    remove_customer_user(user=her, by=ada)

    assert actions() == ["delete_customer_user"]


@pytest.mark.parametrize("place", ["contoso", "fabrikam"])
def test_the_name_of_a_removed_user_is_free_for_another(
    request: pytest.FixtureRequest, ada: Agent, her: CustomerUser, place: str
) -> None:
    customer: Customer = request.getfixturevalue(place)
    remove_customer_user(user=her, by=ada)
    new = add_customer_user(user=olga(customer), by=ada)

    assert CustomerUser.objects.active().get(user_principal_name=NAME) == new
    assert CustomerUser.objects.filter(user_principal_name=NAME).count() == 2
    assert actions() == ["delete_customer_user", "create_customer_user"]


def test_the_name_of_a_user_who_is_there_is_not_free(ada: Agent, her: CustomerUser) -> None:
    with pytest.raises(ValidationError):
        add_customer_user(user=olga(her.customer), by=ada)

    assert actions() == []


def test_removing_the_old_bearer_of_a_name_again_leaves_the_new_one(
    ada: Agent, her: CustomerUser
) -> None:
    remove_customer_user(user=her, by=ada)
    new = add_customer_user(user=olga(her.customer), by=ada)
    remove_customer_user(user=her, by=ada)

    assert CustomerUser.objects.active().get() == new


def test_a_removed_user_is_given_no_role(ada: Agent, northwind: Customer) -> None:
    user = CustomerUserFactory.create(customer=northwind)
    as_read_before = CustomerUser.objects.get(pk=user.pk)
    remove_customer_user(user=user, by=ada)
    with pytest.raises(Refused) as refusal:
        assign_role(assignment=owner(northwind.subscriptions.get(), as_read_before), by=ada)

    assert refusal.value.code == "removed_user"
    assert not RoleAssignment.objects.exists()
    assert actions() == ["delete_customer_user"]
