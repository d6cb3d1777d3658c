"""The site administration: a door to the operations for seeding, otherwise to look at."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    CustomerPrice,
    CustomerUser,
    PriceAdjustment,
    PurchasePermission,
    RefundTerms,
    Resource,
    RoleAssignment,
    Subscription,
)
from customers.operations.purchase_permissions import set_purchase_permission
from customers.readiness import readiness_of
from partnercenter.agents.models import Agent
from partnercenter.operation_admin import ReadOnlyAdmin
from tests.conftest import signed_in
from tests.customers.pages import Answer, read, words
from tests.customers.pricing import set_prices
from tests.factories import (
    PASSWORD,
    AgentFactory,
    CustomerUserFactory,
    ReservationProductFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)

ADATUM = {
    "company_name": "Adatum",
    "domain": "adatum.example",
    "relationship": "reseller",
    "account_status": "approved",
    "address_line1": "Storgatan 1",
    "city": "Lund",
    "country": "SE",
    "contact_first_name": "Kim",
    "contact_last_name": "Berg",
    "contact_email": "kim@adatum.example",
    "culture": "en-US",
    "currency": "USD",
}
OLGA = {
    "user_principal_name": "olga@adatum.example",
    "first_name": "Olga",
    "last_name": "Owner",
    "display_name": "Olga Owner",
}
AZURE_PLAN = {
    "product": "azure_plan",
    "offer_name": "Azure plan",
    "friendly_name": "Azure plan",
    "quantity": "1",
    "status": "active",
    "billing_cycle": "monthly",
    "auto_renew": "on",
}
NORA = {
    "username": "nora@partner.example",
    "display_name": "Nora",
    "roles": ["Sales agent"],
    "password": PASSWORD,
}


@pytest.fixture
def client(ada: Agent) -> Client:
    """Ada's browser: in the site administration only Admin agents are at work."""
    return signed_in(ada)


def address(model: type[Model], act: str, *key: object) -> str:
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{act}", args=key)


def add(client: Client, model: type[Model], fields: dict[str, Any]) -> Answer:
    """Sends the form, which must lead back to the list."""
    response = client.post(address(model, "add"), fields)
    assert response.status_code == 302, read(response).all("ul", class_="errorlist")
    return response


def errors(client: Client, where: str, fields: dict[str, Any]) -> str:
    """Sends the form, which must come back with the errors that are returned."""
    response = client.post(where, fields)
    assert response.status_code == 200
    return " ".join(
        part.words for part in read(response).all("ul") if "errorlist" in part["class"].split()
    )


def recorded() -> list[tuple[str, str]]:
    """What was recorded, and through which door it came."""
    return list(ActivityRecord.objects.order_by("number").values_list("action", "channel"))


# Seeding


def test_a_customer_is_seeded_from_nothing_to_ready(client: Client, ada: Agent) -> None:
    add(client, Customer, ADATUM)
    customer = Customer.objects.get()
    add(client, CustomerUser, {**OLGA, "customer": customer.pk})
    add(client, Subscription, {**AZURE_PLAN, "customer": customer.pk})
    user, azure = customer.users.get(), customer.subscriptions.get()
    add(client, RoleAssignment, {"subscription": azure.pk, "user": user.pk, "role": "Owner"})

    assert readiness_of(customer).obstacle is None
    assert recorded() == [
        ("add_customer", "admin"),
        ("create_customer_user", "admin"),
        ("create_subscription", "admin"),
        ("create_role_assignment", "admin"),
    ]


def test_a_customer_who_was_seeded_has_a_bill_to_and_can_be_turned_on(
    client: Client, ada: Agent
) -> None:
    add(client, Customer, ADATUM)
    customer = Customer.objects.get()
    add(client, Subscription, {**AZURE_PLAN, "customer": customer.pk})
    client.post(
        reverse("customers:purchase_permission", args=[customer.pk, "AzureReservedInstances"]),
        {"allowed": "true"},
    )

    assert customer.billing_profile.company_name == "Adatum"
    assert PurchasePermission.objects.get().allowed
    assert recorded()[-1] == ("create_customer_purchase_permissions", "dashboard")


def test_the_record_of_adding_says_who_did_it_and_from_where(client: Client) -> None:
    response = client.post(address(Customer, "add"), ADATUM)

    record = ActivityRecord.objects.get()
    assert (record.actor_name, record.address) == ("ada@partner.example", "127.0.0.1")
    assert record.request_id == response["X-Request-ID"]


def test_adding_writes_nothing_but_the_record(client: Client) -> None:
    add(client, Customer, ADATUM)

    assert len(recorded()) == 1
    assert not LogEntry.objects.exists()


def test_after_adding_the_list_says_so_and_shows_it(client: Client) -> None:
    page = words(client.post(address(Customer, "add"), ADATUM, follow=True))

    assert "was added successfully." in page
    assert "Adatum adatum.example" in page


# Refusals


def test_a_domain_that_is_taken_is_an_error_of_the_form(client: Client, fabrikam: Customer) -> None:
    told = errors(client, address(Customer, "add"), {**ADATUM, "domain": "fabrikam.example"})

    assert "already exists" in told
    assert Customer.objects.get() == fabrikam
    assert recorded() == []


def test_a_domain_that_is_taken_in_other_letters_is_an_error_of_the_form(
    client: Client, fabrikam: Customer
) -> None:
    told = errors(client, address(Customer, "add"), {**ADATUM, "domain": "FABRIKAM.example"})

    assert "already exists" in told
    assert Customer.objects.get() == fabrikam
    assert recorded() == []


def test_what_was_typed_stays_in_a_form_with_errors(client: Client, fabrikam: Customer) -> None:
    fields = {**ADATUM, "domain": "FABRIKAM.example"}
    page = read(client.post(address(Customer, "add"), fields))

    assert page.the("input", name="company_name")["value"] == "Adatum"
    assert page.the("input", name="domain")["value"] == "FABRIKAM.example"


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Customer, {**ADATUM, "company_name": ""}),
        (CustomerUser, OLGA),
        (Subscription, AZURE_PLAN),
        (RoleAssignment, {"role": "Owner"}),
    ],
    ids=["name", "customer of a user", "customer of a subscription", "user"],
)
def test_what_is_missing_is_an_error_of_the_form(
    client: Client, model: type[Model], fields: dict[str, str]
) -> None:
    assert "This field is required." in errors(client, address(model, "add"), fields)
    assert not model._default_manager.exists()
    assert recorded() == []


def test_another_customers_user_is_refused_in_the_form(
    client: Client, fabrikam: Customer, northwind: Customer
) -> None:
    azure, user = northwind.subscriptions.get(), fabrikam.users.get()
    fields = {"subscription": azure.pk, "user": user.pk, "role": "Owner"}

    assert errors(client, address(RoleAssignment, "add"), fields) == (
        "The user belongs to another customer than the subscription."
    )
    assert not azure.role_assignments.exists()
    assert recorded() == []


def test_a_role_on_licenses_is_refused_in_the_form(client: Client, contoso: Customer) -> None:
    licenses = SubscriptionFactory.create(customer=contoso, product="license")
    user = CustomerUserFactory.create(customer=contoso)
    fields = {"subscription": licenses.pk, "user": user.pk, "role": "Owner"}

    assert errors(client, address(RoleAssignment, "add"), fields) == (
        "Roles are held on Azure plan and Azure Global subscriptions only."
    )
    assert recorded() == []


def test_a_role_that_stands_already_is_told_and_records_nothing(client: Client) -> None:
    standing = RoleAssignmentFactory.create()
    fields = {
        "subscription": standing.subscription_id,
        "user": standing.user_id,
        "role": "Owner",
    }

    assert "already exists" in errors(client, address(RoleAssignment, "add"), fields)
    assert recorded() == []


# To look at, never to change


def one_of_each(ada: Agent, fabrikam: Customer) -> list[Model]:
    """Everything that is shown in the site administration and is not an agent."""
    move = set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    product = ReservationProductFactory.create()
    set_prices(product, fabrikam, ada)
    return [
        fabrikam,
        fabrikam.users.get(),
        fabrikam.subscriptions.get(),
        RoleAssignment.objects.get(),
        move.permission,
        product,
        PriceAdjustment.objects.get(),
        CustomerPrice.objects.get(),
        RefundTerms.objects.get(),
        ActivityRecord.objects.earliest("number"),
    ]


def test_everything_registered_leads_through_operations_or_is_read_only() -> None:
    registered = admin.site._registry

    assert {model.__name__ for model in registered} == {
        "ActivityRecord",
        "Agent",
        "Customer",
        "CustomerPrice",
        "CustomerUser",
        "PriceAdjustment",
        "PurchasePermission",
        "RefundTerms",
        "ReservationProduct",
        "RoleAssignment",
        "Subscription",
    }
    assert [one for one in registered.values() if not isinstance(one, ReadOnlyAdmin)] == []


@pytest.mark.parametrize(
    "label",
    [
        "auth.Group",
        "auth.Permission",
        "account.EmailAddress",
        "account.EmailConfirmation",
        "mfa.Authenticator",
        "usersessions.UserSession",
        "sessions.Session",
        "admin.LogEntry",
        "customers.BillingProfile",
        "activitylog.ActivityHead",
    ],
)
def test_roles_and_what_libraries_keep_are_not_there(client: Client, label: str) -> None:
    assert not admin.site.is_registered(apps.get_model(label))
    assert client.get(f"/admin/{label.lower().replace('.', '/')}/").status_code == 404


def test_everything_can_be_looked_at(client: Client, ada: Agent, fabrikam: Customer) -> None:
    for thing in one_of_each(ada, fabrikam):
        model = type(thing)
        assert client.get(address(model, "changelist")).status_code == 200
        assert client.get(address(model, "changelist"), {"q": "fabrikam"}).status_code == 200
        assert client.get(address(model, "change", thing.pk)).status_code == 200


def test_nothing_can_be_changed_or_deleted(client: Client, ada: Agent, fabrikam: Customer) -> None:
    things = one_of_each(ada, fabrikam)
    before = recorded()
    for thing in things:
        model = type(thing)
        fields = {"allowed": "", "company_name": "Other", "friendly_name": "Other"}
        assert client.post(address(model, "change", thing.pk), fields).status_code == 403
        assert client.get(address(model, "delete", thing.pk)).status_code == 403
        assert client.post(address(model, "delete", thing.pk), {"post": "yes"}).status_code == 403

    assert [type(thing)._default_manager.get(pk=thing.pk) for thing in things] == things
    assert Customer.objects.get().company_name == "Fabrikam"
    assert recorded() == before


@pytest.mark.parametrize("model", [PurchasePermission, ActivityRecord])
def test_permissions_and_records_cannot_be_added(client: Client, model: type[Model]) -> None:
    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address(model, "add"), {"allowed": "on"}).status_code == 403
    assert not model._default_manager.exists()


def test_nothing_can_be_done_in_bulk(client: Client, ada: Agent, fabrikam: Customer) -> None:
    for thing in [*one_of_each(ada, fabrikam), ada]:
        model = type(thing)
        fields = {"action": "delete_selected", "_selected_action": [str(thing.pk)], "post": "yes"}
        client.post(address(model, "changelist"), fields)
        assert model._default_manager.filter(pk=thing.pk).exists()
        assert not read(client.get(address(model, "changelist"))).has("select", name="action")


# Who may come in


@pytest.mark.parametrize("name", ["sam", "hana"])
@pytest.mark.parametrize("page", ["/admin/", "/admin/customers/customer/add/", "/admin/login/"])
def test_other_agents_cannot_open_it(request: pytest.FixtureRequest, name: str, page: str) -> None:
    assert signed_in(request.getfixturevalue(name)).get(page).status_code == 403


def test_other_agents_cannot_add(sam: Agent) -> None:
    assert signed_in(sam).post(address(Customer, "add"), ADATUM).status_code == 403
    assert not Customer.objects.exists()


@pytest.mark.parametrize("page", ["/admin/", "/admin/customers/customer/add/"])
def test_strangers_are_led_to_our_sign_in(db: None, page: str) -> None:
    response = Client().get(page, follow=True)
    assert response.redirect_chain[-1] == (f"/sign-in/?next={page}", 302)


def test_a_form_without_its_token_is_refused(ada: Agent) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)

    assert browser.post(address(Customer, "add"), ADATUM).status_code == 403
    assert not Customer.objects.exists()


# Agents


def change(agent: Agent) -> str:
    return address(Agent, "change", agent.pk)


def details(agent: Agent, **changed: Any) -> dict[str, Any]:
    """The form of an agent as it is opened, with what is changed in it."""
    fields = {"display_name": agent.display_name, "roles": agent.role_names, "is_active": "on"}
    return {name: value for name, value in {**fields, **changed}.items() if value is not None}


def test_an_agent_is_added_with_roles_and_a_password(client: Client) -> None:
    add(client, Agent, NORA)

    nora = Agent.objects.get(username="nora@partner.example")
    assert (nora.display_name, nora.role_names) == ("Nora", ["Sales agent"])
    assert nora.check_password(PASSWORD)
    assert recorded() == [("create_partner_user", "admin")]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"username": "ada@partner.example"}, "already exists"),
        ({"username": "ADA@partner.example"}, "small letters"),
        ({"username": "nora"}, "Enter a user principal name such as name@example.com"),
        ({"password": "short"}, "too short"),
        ({"password": ""}, "This field is required."),
        ({"roles": ["Global admin"]}, "Global admin is not one of the available choices."),
    ],
    ids=str,
)
def test_an_agent_who_cannot_be_added_is_told_why(
    client: Client, changed: dict[str, Any], told: str
) -> None:
    assert told in errors(client, address(Agent, "add"), {**NORA, **changed})
    assert Agent.objects.count() == 1
    assert recorded() == []


def test_the_form_of_an_agent_shows_the_roles_he_has(client: Client, sam: Agent) -> None:
    boxes = read(client.get(change(sam))).all("input", type="checkbox", name="roles")

    assert [box["value"] for box in boxes] == ["Admin agent", "Sales agent", "Helpdesk agent"]
    assert [box["value"] for box in boxes if "checked" in box] == ["Sales agent"]


def test_roles_are_changed_with_one_record(client: Client, sam: Agent) -> None:
    client.post(change(sam), details(sam, roles=["Admin agent", "Helpdesk agent"]))

    assert Agent.objects.get(pk=sam.pk).role_names == ["Admin agent", "Helpdesk agent"]
    assert recorded() == [("change_partner_user_roles", "admin")]


def test_each_real_change_is_one_record_and_nothing_else_is_written(
    client: Client, sam: Agent
) -> None:
    everything = details(
        sam,
        display_name="Samuel",
        roles=["Helpdesk agent"],
        is_active=None,
        password="another-long-secret",
    )
    client.post(change(sam), everything)

    agent = Agent.objects.get(pk=sam.pk)
    assert (agent.display_name, agent.is_active) == ("Samuel", False)
    assert agent.check_password("another-long-secret")
    assert recorded() == [
        ("update_partner_user", "admin"),
        ("change_partner_user_roles", "admin"),
        ("deactivate_partner_user", "admin"),
        ("set_partner_user_password", "admin"),
    ]
    assert not LogEntry.objects.exists()


def test_saving_an_agent_unchanged_records_nothing(client: Client, sam: Agent) -> None:
    before = Agent.objects.filter(pk=sam.pk).values().get()
    assert client.post(change(sam), details(sam)).status_code == 302

    assert Agent.objects.filter(pk=sam.pk).values().get() == before
    assert recorded() == []


@pytest.mark.parametrize(
    "changed",
    [{"roles": ["Sales agent"]}, {"roles": []}, {"is_active": None}],
    ids=["another role", "no role", "deactivated"],
)
def test_nobody_changes_his_own_roles_or_deactivates_himself(
    client: Client, ada: Agent, changed: dict[str, Any]
) -> None:
    told = errors(client, change(ada), details(ada, display_name="Other", **changed))

    assert told == (
        "Nobody changes their own roles or deactivates themselves. Ask another Admin agent."
    )
    unchanged = Agent.objects.get(pk=ada.pk)
    assert (unchanged.display_name, unchanged.is_active) == ("Ada", True)
    assert unchanged.role_names == ["Admin agent"]
    assert recorded() == []


def test_ones_own_password_cannot_be_set_without_the_old_one(client: Client, ada: Agent) -> None:
    before = Agent.objects.get(pk=ada.pk).password

    told = errors(client, change(ada), details(ada, password="another-long-secret"))

    assert told == (
        "This is for somebody else. Change your own password and factors on My account."
    )
    assert Agent.objects.get(pk=ada.pk).password == before
    assert recorded() == []


def test_ones_own_display_name_can_be_changed(client: Client, ada: Agent) -> None:
    client.post(change(ada), details(ada, display_name="Ada L."))

    assert Agent.objects.get(pk=ada.pk).display_name == "Ada L."
    assert recorded() == [("update_partner_user", "admin")]


def test_a_weak_password_changes_nothing_else_either(client: Client, sam: Agent) -> None:
    fields = details(sam, display_name="Samuel", password="short")

    assert "too short" in errors(client, change(sam), fields)
    assert Agent.objects.get(pk=sam.pk).display_name == "Sam"
    assert recorded() == []


def test_what_the_form_does_not_show_cannot_be_sent_along(client: Client, sam: Agent) -> None:
    client.post(
        change(sam),
        details(sam, username="root@partner.example", is_demonstration="on", session_epoch="9"),
    )

    agent = Agent.objects.get(pk=sam.pk)
    assert (agent.username, agent.is_demonstration) == ("sam@partner.example", False)
    assert agent.session_epoch == 0


def test_agents_are_never_deleted(client: Client, sam: Agent) -> None:
    assert client.post(address(Agent, "delete", sam.pk), {"post": "yes"}).status_code == 403
    assert Agent.objects.filter(pk=sam.pk).exists()


def test_the_list_of_agents_shows_roles_and_who_is_active(client: Client) -> None:
    AgentFactory.create(display_name="Gone", username="gone@partner.example", is_active=False)
    page = words(client.get(address(Agent, "changelist")))

    assert "Ada ada@partner.example Admin agent" in page
    assert "Gone gone@partner.example" in page
