"""Users and roles: who works at the customer, adding and removing them."""

import pytest
from django.urls import reverse

from customers.models import Customer, CustomerUser, Subscription
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions
from tests.customers.pages import Answer, Part, error, pager, read, rows
from tests.customers.preparing import (
    OLGA,
    errors_at_fields,
    leads_to,
    opened,
    said,
    typed,
)
from tests.customers.racing import turn
from tests.factories import CustomerUserFactory, RoleAssignmentFactory

pytestmark = pytest.mark.usefixtures("sound_log")

MARKUP = "<script>alert(1)</script>"


def add(agent: Agent, customer: Customer, **fields: str) -> Answer:
    address = reverse("customers:add_user", args=[customer.pk])
    return signed_in(agent).post(address, {**OLGA, **fields}, follow=True)


def open_page(agent: Agent, customer: Customer) -> Part:
    return opened(signed_in(agent), "users", customer.pk)


def aside(page: Part) -> Part:
    return page.the("aside", aria_labelledby="ready-to-buy")


# The list


def test_each_user_stands_with_roles_and_where_they_are_held(
    sam: Agent, northwind: Customer
) -> None:
    azure = northwind.subscriptions.get()
    names = {"display_name": "Abel", "user_principal_name": "abel@northwind.example"}
    abel = CustomerUserFactory.create(customer=northwind, **names)
    CustomerUserFactory.create(
        customer=northwind, display_name="Zoe", user_principal_name="zoe@northwind.example"
    )
    for role in ("Reader", "Owner"):
        RoleAssignmentFactory.create(subscription=azure, user=abel, role=role)

    page = open_page(sam, northwind)
    assert page.rows == [
        [
            "Abel abel@northwind.example",
            f"Owner · {azure.label} Reader · {azure.label}",
            "None open",
        ],
        ["Zoe zoe@northwind.example", "No roles", "None open"],
    ]
    assert len(leads_to(page.the("table"), "access_control", northwind.pk, azure.pk)) == 2


def test_removed_users_and_other_customers_users_are_not_shown(
    sam: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    CustomerUserFactory.create(customer=contoso, is_active=False)
    page = open_page(sam, contoso)

    assert page.rows == []
    assert "This customer has no users yet." in page.words


def test_many_users_stand_on_several_pages(sam: Agent, contoso: Customer) -> None:
    CustomerUserFactory.create_batch(30, customer=contoso)
    client, address = signed_in(sam), reverse("customers:users", args=[contoso.pk])
    first = client.get(address)
    second = client.get(f"{address}{pager(first)['Next']}")

    assert (len(rows(first)), len(rows(second))) == (25, 5)
    assert set(pager(second)) == {"First", "Previous"}


@pytest.mark.parametrize("query", ["?cursor=x", "?size=7", "?shoe=4", "?size=%00"])
def test_a_filter_that_is_not_understood_is_explained(
    sign_in: SignIn, sam: Agent, fabrikam: Customer, query: str
) -> None:
    response = sign_in(sam).get(f"{reverse('customers:users', args=[fabrikam.pk])}{query}")

    assert response.status_code == 400
    assert error(response)
    assert rows(response) == []


def test_the_page_leads_back_to_the_switch(sam: Agent, contoso: Customer) -> None:
    link = aside(open_page(sam, contoso)).all("a")[-1]

    account = reverse("customers:account", args=[contoso.pk])
    assert (link["href"], link.words) == (
        f"{account}#customer-permissions",
        "Back to Customer permissions",
    )


def test_the_checklist_of_the_switch_leads_to_the_page(sam: Agent, contoso: Customer) -> None:
    page = opened(signed_in(sam), "account", contoso.pk)
    assert "Users and roles" in leads_to(page.the("main"), "users", contoso.pk)


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_readers_see_no_form_and_who_may(
    request: pytest.FixtureRequest, fabrikam: Customer, name: str
) -> None:
    page = open_page(request.getfixturevalue(name), fabrikam)

    assert not page.the("main").has("form")
    assert "Changing it needs the role Admin agent." in page.words


# Adding


def test_an_added_user_stands_in_the_list(sign_in: SignIn, ada: Agent, contoso: Customer) -> None:
    client = sign_in(ada)
    form = opened(client, "users", contoso.pk).the("form", id="add-user")
    page = read(client.post(form["action"], OLGA, follow=True))

    assert said(page) == "Olga Owner (olga@contoso.example) was added."
    assert page.rows[0][:2] == ["Olga Owner olga@contoso.example", "No roles"]


@pytest.mark.parametrize(
    ("written", "shown"), [("", "Olga Owner"), ("Olga (sales)", "Olga (sales)")]
)
def test_a_display_name_left_empty_is_made_of_the_names(
    ada: Agent, contoso: Customer, written: str, shown: str
) -> None:
    add(ada, contoso, display_name=written)
    assert CustomerUser.objects.get().display_name == shown


def test_a_name_in_capitals_is_taken_in_small_letters(ada: Agent, contoso: Customer) -> None:
    add(ada, contoso, user_principal_name="Olga@CONTOSO.example")
    assert CustomerUser.objects.get().user_principal_name == "olga@contoso.example"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("last_name", " "),
        ("user_principal_name", ""),
        ("user_principal_name", "olga"),
        ("user_principal_name", "olga@"),
        ("user_principal_name", f"{MARKUP}@contoso.example"),
        ("user_principal_name", "olga@contoso.example," + "x" * 100),
        ("display_name", "x" * 257),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_kept(
    ada: Agent, contoso: Customer, field: str, value: str
) -> None:
    answer = add(ada, contoso, **{field: value})
    page = read(answer)

    assert answer.status_code == 422
    assert set(errors_at_fields(page)) == {field}
    assert typed(page, field) == value
    assert not contoso.users.exists()
    assert actions() == []


@pytest.mark.parametrize("name", ["olga@contoso.example", "OLGA@contoso.example"])
def test_a_name_that_somebody_has_is_refused_with_the_reason(
    ada: Agent, fabrikam: Customer, contoso: Customer, name: str
) -> None:
    CustomerUserFactory.create(customer=fabrikam, user_principal_name="olga@contoso.example")
    answer = add(ada, contoso, user_principal_name=name)
    page = read(answer)

    assert answer.status_code == 422
    assert "There is a user with this user principal name already." in page.words
    assert typed(page, "first_name") == "Olga"
    assert not contoso.users.exists()
    assert actions() == []


def test_while_a_form_is_refused_the_list_stays(ada: Agent, fabrikam: Customer) -> None:
    assert len(rows(add(ada, fabrikam, first_name=""))) == 1


def test_another_customer_named_in_the_form_is_passed_over(
    ada: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    fields = {**OLGA, "customer": str(fabrikam.pk), "is_active": ""}
    signed_in(ada).post(reverse("customers:add_user", args=[contoso.pk]), fields)

    assert contoso.users.active().get().display_name == "Olga Owner"


def test_a_name_with_markup_in_it_is_shown_as_it_is_written(ada: Agent, contoso: Customer) -> None:
    page = read(add(ada, contoso, display_name=MARKUP))

    assert said(page) == f"{MARKUP} (olga@contoso.example) was added."
    assert page.rows[0][0].startswith(MARKUP)


# Removing


def press_remove(client_of: SignIn, agent: Agent, customer: Customer) -> Part:
    """Opens the page, and sends the first user's form."""
    client = client_of(agent)
    form = opened(client, "users", customer.pk).all("form", class_="confirm")[0]
    return read(client.post(form["action"], form.fields, follow=True))


def test_a_removed_user_is_gone_with_the_roles(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    name = str(fabrikam.users.get())
    page = press_remove(sign_in, ada, fabrikam)

    assert said(page).startswith(f"{name} was removed.")
    assert page.rows == []
    assert not fabrikam_azure.role_assignments.exists()
    assert actions() == ["delete_role_assignment", "delete_customer_user"]


def test_before_a_user_is_removed_the_page_says_what_goes(ada: Agent, fabrikam: Customer) -> None:
    details = open_page(ada, fabrikam).the("table").the("details")
    user = fabrikam.users.get()

    assert details.the("summary")["aria-label"] == f"Remove {user}"
    assert "This cannot be taken back." in details.words


def test_removing_the_last_owner_while_the_switch_is_on_warns(
    ada: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, ada, on=True)
    [owner] = fabrikam.users.all()
    address = reverse("customers:remove_user", args=[fabrikam.pk, owner.pk])

    page = read(signed_in(ada).post(address, follow=True))
    assert "On, purchases refused: no Owner" in page.the(id="status").words
