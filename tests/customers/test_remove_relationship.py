"""Remove reseller relationship: what it says before, and what the pages are afterwards."""

import pytest
from django.urls import reverse

from customers.models import Customer, Resource, Subscription
from customers.operations.customers import remove_reseller_relationship
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions
from tests.customers.pages import read
from tests.customers.preparing import BILL_TO, OLGA, leads_to, opened, said
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")

OBSTACLE = (
    "This customer has active subscriptions. Suspend them first; then the relationship can be "
    "removed."
)
REMOVAL = "remove_partner_customer_relationship"


def address(customer: Customer) -> str:
    return reverse("customers:remove_relationship", args=[customer.pk])


@pytest.fixture
def suspended(ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription) -> Customer:
    """Fabrikam, who may purchase Azure reservations and has nothing active."""
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    return fabrikam


@pytest.fixture
def ended(ada: Agent, suspended: Customer) -> Customer:
    return remove_reseller_relationship(customer=suspended, by=ada)


def test_it_ends_with_every_permission_and_leads_back_to_the_account_page(
    sign_in: SignIn, ada: Agent, suspended: Customer
) -> None:
    page = read(sign_in(ada).post(address(suspended), follow=True))

    assert page.the("h1").words == "Fabrikam | Account"
    assert said(page) == "The reseller relationship with Fabrikam was removed."
    assert "Relationship None" in page.the("section", aria_labelledby="account-info").words
    assert "You have no reseller relationship with this customer any more." in page.words
    assert not suspended.purchase_permissions.allowed().exists()
    assert actions()[-2:] == ["delete_customer_purchase_permissions", REMOVAL]


def test_the_page_says_what_ends(ada: Agent, suspended: Customer) -> None:
    page = opened(signed_in(ada), "remove_relationship", suspended.pk)
    ends = [each.words for each in page.the("ul", class_="consequences").all("li")]

    assert ends[0] == "The customer can no longer purchase Azure reservations."
    assert len(ends) == 3
    assert page.the("main").the("form").the("button").words == "Remove reseller relationship"


def test_the_page_names_no_permission_that_is_off(ada: Agent, contoso: Customer) -> None:
    page = opened(signed_in(ada), "remove_relationship", contoso.pk)
    assert "can no longer purchase" not in page.words


def test_with_an_active_subscription_the_way_out_stands_instead_of_the_button(
    ada: Agent, fabrikam: Customer
) -> None:
    main = opened(signed_in(ada), "remove_relationship", fabrikam.pk).the("main")

    assert OBSTACLE in main.words
    assert leads_to(main, "subscriptions", fabrikam.pk) == ["Subscriptions"]
    assert not main.has("form")


@pytest.mark.parametrize("product", ["azure_plan", "license"])
def test_posting_nevertheless_is_refused_with_the_reason(
    sign_in: SignIn, ada: Agent, contoso: Customer, product: str
) -> None:
    SubscriptionFactory.create(customer=contoso, product=product)
    response = sign_in(ada).post(address(contoso))

    assert response.status_code == 422
    assert OBSTACLE in read(response).the("main").words
    assert Customer.objects.get().is_reseller_customer
    assert actions() == []


@pytest.mark.parametrize(("name", "count"), [("ada", 1), ("sam", 0), ("hana", 0)])
def test_the_account_page_leads_admin_agents_to_it(
    request: pytest.FixtureRequest, contoso: Customer, name: str, count: int
) -> None:
    page = opened(signed_in(request.getfixturevalue(name)), "account", contoso.pk)
    assert len(leads_to(page, "remove_relationship", contoso.pk)) == count


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_other_agents_cannot_look_at_it(
    request: pytest.FixtureRequest, contoso: Customer, name: str
) -> None:
    assert signed_in(request.getfixturevalue(name)).get(address(contoso)).status_code == 403


# Afterwards


def test_the_page_says_that_it_is_done(ada: Agent, ended: Customer) -> None:
    main = opened(signed_in(ada), "remove_relationship", ended.pk).the("main")

    assert "The reseller relationship was removed already." in main.words
    assert not main.has("form")


def test_a_second_press_records_nothing(ada: Agent, ended: Customer) -> None:
    signed_in(ada).post(address(ended))
    assert actions().count(REMOVAL) == 1


def test_nothing_is_offered_that_would_be_refused(ada: Agent, ended: Customer) -> None:
    client, azure = signed_in(ada), ended.subscriptions.get()
    account = opened(client, "account", ended.pk)
    posts = [form["action"] for form in account.the("main").all("form") if "action" in form]

    assert leads_to(account, "bill_to", ended.pk) == []
    assert leads_to(account, "remove_relationship", ended.pk) == []
    assert all("disabled" in button for button in account.all("button", role="switch"))
    assert all("purchase-permissions" in post for post in posts)
    assert not opened(client, "subscriptions", ended.pk).the("main").has("form")
    assert not opened(client, "users", ended.pk).has("form", id="add-user")
    assert not opened(client, "access_control", ended.pk, azure.pk).has("form", id="assign-role")


def test_the_checklist_leads_to_no_act_that_would_be_refused(
    ada: Agent, ended: Customer, contoso: Customer
) -> None:
    client = signed_in(ada)
    remove_reseller_relationship(customer=contoso, by=ada)
    bare, once_ready = (opened(client, "users", customer.pk) for customer in (contoso, ended))

    assert leads_to(bare, "buy_azure_plan", contoso.pk) == []
    assert "Reactivate it" not in once_ready.words


@pytest.mark.parametrize("page", ["subscriptions", "users", "activity", "account"])
def test_the_pages_stay(ada: Agent, ended: Customer, page: str) -> None:
    assert opened(signed_in(ada), page, ended.pk).the("h1").words.startswith("Fabrikam |")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("bill_to", BILL_TO),
        ("add_user", OLGA),
        ("buy_azure_plan", {}),
    ],
)
def test_forms_that_were_open_before_are_refused_with_the_reason(
    ada: Agent, ended: Customer, name: str, fields: dict[str, str]
) -> None:
    before = actions()
    response = signed_in(ada).post(reverse(f"customers:{name}", args=[ended.pk]), fields)

    assert response.status_code == 422
    assert "You have no reseller relationship" in read(response).the("main").words
    assert actions() == before
