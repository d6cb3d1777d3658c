"""Buying an Azure plan: the first condition of every purchase."""

import pytest
from django.urls import reverse

from customers.models import Customer
from customers.operations.customers import remove_reseller_relationship
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions
from tests.customers.pages import read
from tests.customers.preparing import error_above, leads_to, opened, said
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")

HAS_ONE = "This customer has an Azure plan already. Nothing was bought."


def address(customer: Customer) -> str:
    return reverse("customers:buy_azure_plan", args=[customer.pk])


def test_a_plan_is_bought_and_shown_among_the_subscriptions(
    sign_in: SignIn, sam: Agent, contoso: Customer
) -> None:
    page = read(sign_in(sam).post(address(contoso), follow=True))

    plan = contoso.subscriptions.get()
    [row] = page.the("section", aria_labelledby="usage-based").rows
    assert said(page) == "Contoso has an Azure plan now."
    assert row[0] == f"Azure plan {plan.pk}"
    assert (row[2], row[-2]) == ("Active", "No Owner")


def test_a_plain_form_is_answered_with_a_redirect(sam: Agent, contoso: Customer) -> None:
    response = signed_in(sam).post(address(contoso))
    subscriptions = reverse("customers:subscriptions", args=[contoso.pk])

    assert (response.status_code, response["Location"]) == (302, subscriptions)


def test_the_page_says_what_it_means_before_it_is_bought(sam: Agent, contoso: Customer) -> None:
    page = opened(signed_in(sam), "buy_azure_plan", contoso.pk)

    assert "The plan itself costs nothing." in page.the("ul", class_="consequences").words
    assert page.the("main").the("form").the("button").words == "Buy"


def test_a_second_plan_is_refused_with_the_reason(
    sign_in: SignIn, sam: Agent, fabrikam: Customer
) -> None:
    response = sign_in(sam).post(address(fabrikam))

    assert response.status_code == 422
    assert error_above(read(response)) == HAS_ONE
    assert fabrikam.subscriptions.count() == 1
    assert actions() == []


def test_without_a_relationship_it_is_refused_with_the_reason(
    ada: Agent, contoso: Customer
) -> None:
    remove_reseller_relationship(customer=contoso, by=ada)
    response = signed_in(ada).post(address(contoso))

    assert response.status_code == 422
    assert "no reseller relationship" in error_above(read(response))
    assert not contoso.subscriptions.exists()


@pytest.mark.parametrize(
    ("details", "offered"),
    [
        ({"status": "suspended"}, False),
        ({"status": "deleted"}, True),
        ({"product": "azure_global"}, True),
        ({"product": "license"}, True),
    ],
    ids=str,
)
def test_the_list_offers_a_plan_where_one_can_be_bought(
    sam: Agent, contoso: Customer, details: dict[str, str], offered: bool
) -> None:
    SubscriptionFactory.create(customer=contoso, **details)
    page = opened(signed_in(sam), "subscriptions", contoso.pk)

    assert bool(leads_to(page, "buy_azure_plan", contoso.pk)) == offered
    assert signed_in(sam).post(address(contoso)).status_code == (302 if offered else 422)


def test_without_a_relationship_no_plan_is_offered(ada: Agent, contoso: Customer) -> None:
    remove_reseller_relationship(customer=contoso, by=ada)
    page = opened(signed_in(ada), "subscriptions", contoso.pk)

    assert leads_to(page, "buy_azure_plan", contoso.pk) == []
