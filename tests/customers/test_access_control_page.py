"""The page Access control (IAM): what readers see there, and where it leads."""

import pytest
from django.urls import reverse

from customers.models import Customer, Subscription
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.preparing import access_control, leads_to, open_access_control, opened
from tests.factories import SubscriptionFactory


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_readers_see_who_holds_what_and_who_may_change_it(
    request: pytest.FixtureRequest, fabrikam_azure: Subscription, name: str
) -> None:
    page = open_access_control(request.getfixturevalue(name), fabrikam_azure)

    assert [row[1:] for row in page.rows] == [["Owner"]]
    assert not page.the("main").has("form")
    assert "Changing it needs the role Admin agent." in page.words


@pytest.mark.parametrize("name", ["access_control", "assign_role"])
def test_licenses_have_no_access_control(ada: Agent, contoso: Customer, name: str) -> None:
    licenses = SubscriptionFactory.create(customer=contoso, product="license")
    page = opened(signed_in(ada), "subscriptions", contoso.pk)

    assert signed_in(ada).get(access_control(licenses, name)).status_code == 404
    assert leads_to(page, "access_control", contoso.pk, licenses.pk) == []


@pytest.mark.parametrize("owner", [True, False], ids=["with an Owner", "without"])
def test_the_checklist_leads_here_and_the_page_leads_back_to_the_switch(
    ada: Agent, fabrikam_azure: Subscription, northwind_azure: Subscription, owner: bool
) -> None:
    shown = fabrikam_azure if owner else northwind_azure
    account = opened(signed_in(ada), "account", shown.customer_id)
    back = open_access_control(ada, shown).the("aside").all("a")[-1]

    assert leads_to(account, "access_control", shown.customer_id, shown.pk)
    assert back["href"] == (
        reverse("customers:account", args=[shown.customer_id]) + "#customer-permissions"
    )
    assert account.has("section", id="customer-permissions")


def test_the_page_leads_to_the_subscription_in_the_azure_portal(
    hana: Agent, northwind_azure: Subscription
) -> None:
    page = open_access_control(hana, northwind_azure)
    [link] = [link for link in page.all("a") if link["href"].startswith("https://")]
    tenant, subscription = northwind_azure.customer_id, northwind_azure.pk

    assert link["href"] == (
        f"https://portal.azure.com/#@{tenant}/resource/subscriptions/{subscription}/users"
    )
