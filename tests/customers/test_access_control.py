"""Access control (IAM): who holds which role on an Azure subscription."""

import pytest
from django.urls import reverse

from customers.models import Customer, CustomerUser, Resource, Subscription
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions, the_record
from tests.customers.pages import Answer, Part, read
from tests.customers.preparing import (
    access_control,
    errors_at_fields,
    open_access_control,
    opened,
    said,
)
from tests.factories import CustomerUserFactory, RoleAssignmentFactory
from tests.partnercenter.site import SOMEBODY

pytestmark = pytest.mark.usefixtures("sound_log")

NILS = "Nils (nils@northwind.example)"
MARKUP = "<script>alert(1)</script>"
REFUSED = "On, purchases refused: no Owner"


def assign(agent: Agent, azure: Subscription, user: object, role: str = "Owner") -> Answer:
    fields = {"user": str(user), "role": role}
    return signed_in(agent).post(access_control(azure, "assign_role"), fields, follow=True)


# Assigning


def test_an_assigned_role_stands_in_the_table_and_fulfils_the_condition(
    sign_in: SignIn, ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    client = sign_in(ada)
    form = read(client.get(access_control(northwind_azure))).the("form", id="assign-role")
    page = read(client.post(form["action"], {"user": nils.pk, "role": "Owner"}, follow=True))

    assert said(page) == f"{NILS} now holds Owner on {northwind_azure}."
    assert page.rows == [["Nils nils@northwind.example", "Owner", "Remove"]]
    assert "Users with the Owner role: Nils" in page.the("ul", class_="checklist").words


def test_a_plain_form_is_answered_with_a_redirect_to_the_page(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    fields = {"user": nils.pk, "role": "Reader"}
    response = signed_in(ada).post(access_control(northwind_azure, "assign_role"), fields)

    assert (response.status_code, response["Location"]) == (302, access_control(northwind_azure))


def test_the_form_offers_the_customers_own_users_and_azures_roles(
    ada: Agent, fabrikam: Customer, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    CustomerUserFactory.create(customer=northwind_azure.customer, is_active=False)
    form = open_access_control(ada, northwind_azure).the("form", id="assign-role")
    users, roles = (form.the("select", name=name).all("option") for name in ("user", "role"))

    assert [option["value"] for option in users] == ["", str(nils.pk)]
    assert [option["value"] for option in roles] == ["Owner", "Contributor", "Reader"]


@pytest.mark.parametrize(
    "details", [{"customer__domain": "elsewhere.example"}, {"is_active": False}], ids=str
)
def test_another_customers_user_and_a_removed_one_get_no_role(
    sign_in: SignIn,
    ada: Agent,
    northwind_azure: Subscription,
    nils: CustomerUser,
    details: dict[str, object],
) -> None:
    own = {} if "customer__domain" in details else {"customer": northwind_azure.customer}
    stranger = CustomerUserFactory.create(**own, **details)
    fields = {"user": stranger.pk, "role": "Owner"}
    response = sign_in(ada).post(access_control(northwind_azure, "assign_role"), fields)

    assert response.status_code == 422
    assert set(errors_at_fields(read(response))) == {"user"}
    assert not northwind_azure.role_assignments.exists()
    assert actions() == []


@pytest.mark.parametrize("user", ["", "1", "nobody", str(SOMEBODY), MARKUP])
def test_who_is_nobody_gets_no_role(ada: Agent, northwind_azure: Subscription, user: str) -> None:
    answer = assign(ada, northwind_azure, user)

    assert answer.status_code == 422
    assert MARKUP not in answer.content.decode()
    assert actions() == []


@pytest.mark.parametrize("role", ["", "owner", "Emperor", MARKUP])
def test_an_unknown_role_is_refused_and_the_user_stays_chosen(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser, role: str
) -> None:
    answer = assign(ada, northwind_azure, nils.pk, role)
    chosen = read(answer).the("select", name="user").the("option", selected="")

    assert answer.status_code == 422
    assert chosen["value"] == str(nils.pk)
    assert actions() == []


def test_without_users_the_page_leads_to_adding_one(
    ada: Agent, northwind_azure: Subscription
) -> None:
    main = open_access_control(ada, northwind_azure).the("main")
    users = reverse("customers:users", args=[northwind_azure.customer_id])

    assert not main.has("form")
    assert main.the("a", href=f"{users}#add-user").words == "Add user"
    assert opened(signed_in(ada), "users", northwind_azure.customer_id).has("form", id="add-user")


def test_names_with_markup_in_them_are_shown_as_they_are_written(
    ada: Agent, northwind_azure: Subscription
) -> None:
    user = CustomerUserFactory.create(customer=northwind_azure.customer, display_name=MARKUP)
    page = read(assign(ada, northwind_azure, user.pk))

    assert said(page) == f"{user} now holds Owner on {northwind_azure}."
    assert page.rows[0][0].startswith(MARKUP)


# Removing


def remove_first(agent: Agent, azure: Subscription) -> Part:
    client = signed_in(agent)
    form = read(client.get(access_control(azure))).the("table").all("form")[0]
    return read(client.post(form["action"], form.fields, follow=True))


def turn_on(customer: Customer, by: Agent) -> None:
    set_purchase_permission(
        customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=by
    )


def test_a_removed_role_is_gone_and_recorded(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    RoleAssignmentFactory.create(subscription=northwind_azure, user=nils)
    page = remove_first(ada, northwind_azure)

    assert said(page) == f"{NILS} no longer holds Owner on {northwind_azure}."
    assert "Nobody holds a role on this subscription." in page.words
    assert (the_record().old or {})["user_principal_name"] == "nils@northwind.example"


def test_a_button_says_whose_role_it_takes(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    RoleAssignmentFactory.create(subscription=northwind_azure, user=nils)
    button = open_access_control(ada, northwind_azure).the("table").the("button")

    assert button["aria-label"] == f"Remove the role Owner from {NILS}"


def test_removing_the_last_owner_while_the_switch_is_on_warns(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    turn_on(fabrikam, ada)
    assert said(remove_first(ada, fabrikam_azure)).endswith(REFUSED)


@pytest.mark.parametrize("case", ["off", "another Owner"])
def test_removing_an_owner_whom_nobody_misses_does_not_warn(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription, case: str
) -> None:
    if case == "another Owner":
        RoleAssignmentFactory.create(subscription=fabrikam_azure)
        turn_on(fabrikam, ada)

    assert "refused" not in said(remove_first(ada, fabrikam_azure))


def test_a_role_that_is_gone_already_is_no_error(
    sign_in: SignIn, ada: Agent, fabrikam_azure: Subscription
) -> None:
    gone = access_control(fabrikam_azure, "remove_role", fabrikam_azure.role_assignments.get().pk)
    fabrikam_azure.role_assignments.all().delete()
    page = read(sign_in(ada).post(gone, follow=True))

    assert page.the("h1").words == "Fabrikam | Access control (IAM)"
    assert actions() == []


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_an_assignment_of_another_subscription_or_of_none_is_left_alone(
    ada: Agent, fabrikam_azure: Subscription, northwind_azure: Subscription, number: int
) -> None:
    for id_ in (number, fabrikam_azure.role_assignments.get().pk):
        signed_in(ada).post(access_control(northwind_azure, "remove_role", id_))

    assert fabrikam_azure.role_assignments.exists()
    assert actions() == []
