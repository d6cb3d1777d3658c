"""A customer's Subscriptions page, where Partner Center opens a customer."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Subscription
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import Part, read
from tests.factories import (
    CustomerUserFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def address(customer: Customer) -> str:
    return reverse("customers:subscriptions", args=[customer.pk])


def open_page(agent: Agent, customer: Customer) -> Part:
    return read(signed_in(agent).get(address(customer)))


def usage_based(agent: Agent, customer: Customer) -> Part:
    return open_page(agent, customer).the("section", aria_labelledby="usage-based")


def license_based(agent: Agent, customer: Customer) -> Part:
    return open_page(agent, customer).the("section", aria_labelledby="license-based")


def test_a_usage_based_subscription_shows_what_it_is_and_who_owns_it(
    sam: Agent, contoso: Customer
) -> None:
    azure = SubscriptionFactory.create(customer=contoso, friendly_name="Lund", created_at=START)
    olga = CustomerUserFactory.create(
        customer=contoso, display_name="Olga", user_principal_name="olga@contoso.example"
    )
    RoleAssignmentFactory.create(subscription=azure, user=olga)

    part = usage_based(sam, contoso)
    assert [header.words for header in part.all("th", scope="col")] == [
        "Name and subscription ID",
        "Quantity",
        "Status",
        "Billing",
        "Start",
        "Owner",
        "Actions",
    ]
    assert part.rows == [
        [
            f"Lund Azure plan {azure.pk}",
            "1",
            "Active",
            "Monthly",
            "2026-03-01",
            "Olga olga@contoso.example",
            "Manage",
        ]
    ]


def test_a_license_based_subscription_shows_what_it_is_and_when_it_ends(
    sam: Agent, contoso: Customer
) -> None:
    licenses = SubscriptionFactory.create(
        customer=contoso,
        product="license",
        offer_name="Microsoft 365 E3",
        friendly_name="Office in Lund",
        quantity=25,
        billing_cycle="annual",
        created_at=START,
        commitment_end_date=dt.date(2027, 2, 28),
    )

    part = license_based(sam, contoso)
    assert [header.words for header in part.all("th", scope="col")] == [
        "Name and subscription ID",
        "Quantity",
        "Status",
        "Billing",
        "Start",
        "End",
    ]
    assert part.rows == [
        [
            f"Office in Lund Microsoft 365 E3 {licenses.pk}",
            "25",
            "Active",
            "Annual",
            "2026-03-01",
            "2027-02-28 Auto renews",
        ]
    ]


@pytest.mark.parametrize(
    ("details", "end"),
    [
        ({"commitment_end_date": None}, "–"),
        ({"commitment_end_date": dt.date(2027, 2, 28), "auto_renew": False}, "2027-02-28"),
    ],
    ids=["without an end", "without renewal"],
)
def test_only_what_has_an_end_and_renews_is_said_to_renew(
    sam: Agent, contoso: Customer, details: dict[str, object], end: str
) -> None:
    SubscriptionFactory.create(customer=contoso, product="license", **details)

    [row] = license_based(sam, contoso).rows
    assert row[-1] == end


@pytest.mark.parametrize("product", ["azure_plan", "azure_global"])
def test_azure_plan_and_azure_global_are_usage_based(
    sam: Agent, contoso: Customer, product: str
) -> None:
    SubscriptionFactory.create(customer=contoso, product=product)

    assert len(usage_based(sam, contoso).rows) == 1
    assert license_based(sam, contoso).rows == []


def test_thousands_are_grouped(sam: Agent, contoso: Customer) -> None:
    SubscriptionFactory.create(customer=contoso, product="license", quantity=1200)

    [row] = license_based(sam, contoso).rows
    assert row[1] == "1,200"


def test_a_suspended_subscription_says_so(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    [row] = usage_based(ada, fabrikam).rows
    assert row[2] == "Suspended"


def test_a_subscription_without_an_owner_says_so(sam: Agent, northwind: Customer) -> None:
    [row] = usage_based(sam, northwind).rows
    assert row[-2] == "No Owner"


@pytest.mark.parametrize("details", [{"role": "Reader"}, {"user__is_active": False}], ids=str)
def test_only_active_users_with_the_role_are_owners(
    sam: Agent, northwind: Customer, details: dict[str, object]
) -> None:
    RoleAssignmentFactory.create(subscription=northwind.subscriptions.get(), **details)

    [row] = usage_based(sam, northwind).rows
    assert row[-2] == "No Owner"


def test_every_owner_is_named_in_the_order_of_the_names(sam: Agent, northwind: Customer) -> None:
    azure = northwind.subscriptions.get()
    for name in ("Zoe", "Abel"):
        user = CustomerUserFactory.create(
            customer=northwind,
            display_name=name,
            user_principal_name=f"{name.lower()}@northwind.example",
        )
        RoleAssignmentFactory.create(subscription=azure, user=user)

    [row] = usage_based(sam, northwind).rows
    assert row[-2] == "Abel abel@northwind.example Zoe zoe@northwind.example"


def test_the_oldest_subscription_stands_first(sam: Agent, contoso: Customer) -> None:
    for days, name in [(2, "Second"), (1, "First"), (3, "Third")]:
        SubscriptionFactory.create(
            customer=contoso, friendly_name=name, created_at=START + dt.timedelta(days=days)
        )

    names = [row[0].split()[0] for row in usage_based(sam, contoso).rows]
    assert names == ["First", "Second", "Third"]


def test_another_customers_subscriptions_are_not_shown(
    sam: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    assert open_page(sam, contoso).rows == []


@pytest.mark.parametrize("name", ["ada", "sam"])
def test_agents_who_may_buy_are_led_from_nothing_to_an_azure_plan(
    request: pytest.FixtureRequest, contoso: Customer, name: str
) -> None:
    part = usage_based(request.getfixturevalue(name), contoso)

    link = part.the("a", href=reverse("customers:buy_azure_plan", args=[contoso.pk]))
    assert link.words == "Buy an Azure plan"
    assert "This customer doesn't have any usage-based subscriptions." in part.words
    assert (
        "Before the customer can purchase Azure reservations, buy an Azure plan for them."
        in part.words
    )


def test_a_helpdesk_agent_is_told_who_may_buy_without_a_link(
    hana: Agent, contoso: Customer
) -> None:
    part = usage_based(hana, contoso)

    assert "Changing it needs the role Admin agent, Sales agent." in part.words
    assert not part.has("a")


def test_a_customer_without_licenses_is_said_to_have_none(sam: Agent, fabrikam: Customer) -> None:
    assert license_based(sam, fabrikam).words == (
        "License-based This customer doesn't have any license-based subscriptions."
    )


def test_the_page_is_titled_as_partner_center_writes_it(sam: Agent, fabrikam: Customer) -> None:
    page = open_page(sam, fabrikam)

    assert page.the("h1").words == "Fabrikam | Subscriptions"
    assert page.the("title").words.startswith("Subscriptions – Fabrikam – Customers")
    assert page.the("nav", aria_label="Breadcrumb").words == (
        "Home Customers Fabrikam Subscriptions"
    )


def test_the_customers_menu_ends_with_account(sam: Agent, fabrikam: Customer) -> None:
    menu = open_page(sam, fabrikam).the(id="left-column").the("div", class_="of-customer")

    assert [link.words for link in menu.all("a")] == [
        "Subscriptions",
        "Prices",
        "Users and roles",
        "Activity",
        "Account",
    ]
    assert menu.the("a", aria_current="page").words == "Subscriptions"


def test_a_customers_own_address_leads_to_the_subscriptions(sam: Agent, fabrikam: Customer) -> None:
    response = signed_in(sam).get(reverse("customers:customer", args=[fabrikam.pk]))
    assert (response.status_code, response["Location"]) == (302, address(fabrikam))


def test_an_unknown_customer_is_not_found(sam: Agent) -> None:
    response = signed_in(sam).get(address(Customer(pk=uuid.uuid4())))
    assert response.status_code == 404


def test_strangers_are_led_to_sign_in(fabrikam: Customer) -> None:
    response = Client().get(address(fabrikam))
    assert (response.status_code, response["Location"]) == (
        302,
        f"/sign-in/?next={address(fabrikam)}",
    )
