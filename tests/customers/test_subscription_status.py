"""Suspending and reactivating on the Subscriptions page."""

import pytest
from django.urls import reverse

from customers.models import Customer, Resource, Subscription
from customers.operations.customers import remove_reseller_relationship
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions
from tests.customers.pages import Answer, Part, error, read
from tests.customers.preparing import leads_to, opened, said
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")

NOT_ALLOWED = "The subscription's status does not allow this. Nothing was changed."


def address(subscription: Subscription) -> str:
    return reverse(
        "customers:subscription_status", args=[subscription.customer_id, subscription.pk]
    )


def want(agent: Agent, subscription: Subscription, status: str) -> Answer:
    return signed_in(agent).post(address(subscription), {"status": status}, follow=True)


def buttons(agent: Agent, subscription: Subscription) -> list[Part]:
    page = opened(signed_in(agent), "subscriptions", subscription.customer_id)
    return [form.the("button") for form in page.all("form", action=address(subscription))]


def stored(subscription: Subscription) -> str:
    return Subscription.objects.get(pk=subscription.pk).status


def test_the_buttons_suspend_and_reactivate(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    client = sign_in(ada)
    said_after = []
    for _ in range(2):
        form = opened(client, "subscriptions", fabrikam.pk).the(
            "form", action=address(fabrikam_azure)
        )
        said_after.append(said(read(client.post(form["action"], form.fields, follow=True))))

    assert said_after == [
        f"{fabrikam_azure} is suspended. Purchases on it are refused.",
        f"{fabrikam_azure} is active.",
    ]
    assert actions() == ["suspend_subscription", "reactivate_subscription"]


@pytest.mark.parametrize("product", ["azure_plan", "azure_global", "license"])
def test_a_subscription_of_any_product_can_be_moved(
    ada: Agent, contoso: Customer, product: str
) -> None:
    subscription = SubscriptionFactory.create(customer=contoso, product=product)
    want(ada, subscription, "suspended")

    assert stored(subscription) == "suspended"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("active", ["Suspend"]),
        ("suspended", ["Reactivate"]),
        ("pending", []),
        ("expired", []),
        ("disabled", []),
        ("deleted", []),
    ],
)
def test_a_button_stands_where_its_press_is_allowed(
    ada: Agent, contoso: Customer, status: str, words: list[str]
) -> None:
    subscription = SubscriptionFactory.create(customer=contoso, status=status)
    found = buttons(ada, subscription)

    assert [button.words for button in found] == words
    labels = [f"{word} {subscription}" for word in words]
    assert [button["aria-label"] for button in found] == labels


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_other_agents_see_no_button(
    request: pytest.FixtureRequest, fabrikam_azure: Subscription, name: str
) -> None:
    assert buttons(request.getfixturevalue(name), fabrikam_azure) == []


@pytest.mark.parametrize("status", ["pending", "expired", "disabled", "deleted"])
@pytest.mark.parametrize("wanted", ["active", "suspended"])
def test_a_press_that_the_status_does_not_allow_is_refused_with_the_reason(
    ada: Agent, contoso: Customer, status: str, wanted: str
) -> None:
    subscription = SubscriptionFactory.create(customer=contoso, status=status)
    page = read(want(ada, subscription, wanted))

    assert said(page) == NOT_ALLOWED
    assert page.the(id="status").has("p", class_="failed")
    assert stored(subscription) == status
    assert actions() == []


@pytest.mark.parametrize("wanted", ["", "deleted", "pending", "ACTIVE", "active ", "<script>"])
def test_a_status_that_nobody_may_want_is_refused(
    sign_in: SignIn, ada: Agent, fabrikam_azure: Subscription, wanted: str
) -> None:
    response = sign_in(ada).post(address(fabrikam_azure), {"status": wanted})

    assert response.status_code == 400
    assert error(response) == "The form must say which status is wanted. Nothing was changed."
    assert actions() == []


def test_reactivating_after_the_end_of_the_relationship_is_refused(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    remove_reseller_relationship(customer=fabrikam, by=ada)
    page = read(want(ada, fabrikam_azure, "active"))

    assert said(page).startswith("You have no reseller relationship with this customer any more")
    assert stored(fabrikam_azure) == "suspended"
    assert buttons(ada, fabrikam_azure) == []


def test_while_suspended_the_checklist_leads_to_reactivating(
    ada: Agent, sam: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    def words(agent: Agent) -> list[str]:
        checklist = opened(signed_in(agent), "users", fabrikam.pk).the("ul", class_="checklist")
        return leads_to(checklist, "subscriptions", fabrikam.pk)

    assert (words(ada), words(sam)) == (["Reactivate it"], ["Subscriptions"])


def test_after_suspending_a_switch_that_is_on_says_that_purchases_are_refused(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    want(ada, fabrikam_azure, "suspended")

    page = opened(signed_in(ada), "account", fabrikam.pk)
    assert "On, purchases refused: no active subscription" in page.words


def test_a_name_with_markup_in_it_is_shown_as_it_is_written(ada: Agent, contoso: Customer) -> None:
    markup = "<script>alert(1)</script>"
    subscription = SubscriptionFactory.create(customer=contoso, friendly_name=markup)

    assert said(read(want(ada, subscription, "suspended"))).startswith(markup)
    assert buttons(ada, subscription)[0]["aria-label"] == f"Reactivate {subscription}"
