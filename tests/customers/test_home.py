"""Home: how many customers can purchase, and who changed that lately."""

import pytest
from django.test import Client
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import Part, read
from tests.factories import AgentFactory, RoleAssignmentFactory

RESERVATIONS, SAVINGS = Resource.AZURE_RESERVATIONS, Resource.AZURE_SAVINGS_PLAN


def turn(
    customer: Customer, by: Agent, *, on: bool = True, resource: Resource = RESERVATIONS
) -> None:
    set_purchase_permission(customer=customer, resource=resource, allowed=on, by=by)


def home(agent: Agent) -> Part:
    return read(signed_in(agent).get("/"))


def sentence(agent: Agent) -> str:
    card = home(agent).the("section", aria_labelledby="able-title")
    return card.all("p")[0].words


def test_it_says_how_many_customers_can_purchase(
    sam: Agent, ada: Agent, fabrikam: Customer, northwind: Customer
) -> None:
    assert sentence(sam) == "0 customers can purchase on your bill."
    turn(fabrikam, ada)
    assert sentence(sam) == "1 customer can purchase on your bill."
    turn(northwind, ada)
    assert sentence(sam) == "2 customers can purchase on your bill."
    turn(northwind, ada, on=False)
    assert sentence(sam) == "1 customer can purchase on your bill."


def test_a_customer_with_both_switches_on_is_one(ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada)
    turn(fabrikam, ada, resource=SAVINGS)

    assert sentence(ada) == "1 customer can purchase on your bill."


def test_the_left_column_shows_the_same_count(ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada)
    assert home(ada).the(id="able-to-purchase").words == "1"


def test_the_count_leads_to_the_customers(ada: Agent, fabrikam: Customer) -> None:
    card = home(ada).the("section", aria_labelledby="able-title")
    assert card.the("a")["href"] == "/customers/?purchase=on"


def test_the_latest_changes_stand_newest_first(
    sam: Agent, ada: Agent, fabrikam: Customer, northwind: Customer
) -> None:
    turn(fabrikam, ada)
    turn(northwind, ada)
    turn(fabrikam, ada, on=False)

    assert [row[1:] for row in home(sam).rows] == [
        ["Fabrikam", "Delete Customer Purchase Permissions", "ada@partner.example"],
        ["Northwind Traders", "Create Customer Purchase Permissions", "ada@partner.example"],
        ["Fabrikam", "Create Customer Purchase Permissions", "ada@partner.example"],
    ]


def test_a_change_shows_when_it_was(ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada)
    at = ActivityRecord.objects.get().at

    [row] = home(ada).rows
    assert row[0] == f"{at:%Y-%m-%d %H:%M:%S} just now"


def test_a_change_leads_to_its_record_and_to_the_switch(ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada)
    number = ActivityRecord.objects.get().number
    page, client = home(ada), signed_in(ada)

    for address in (
        reverse("customers:record", args=[fabrikam.pk, number]),
        reverse("customers:account", args=[fabrikam.pk]),
    ):
        assert page.the("table").has("a", href=address)
        assert client.get(address).status_code == 200


def test_only_ten_changes_are_shown(ada: Agent, fabrikam: Customer) -> None:
    for number in range(11):
        turn(fabrikam, ada, on=number % 2 == 0)

    assert len(home(ada).rows) == 10


def test_other_acts_are_not_shown(ada: Agent, fabrikam: Customer) -> None:
    suspend_subscription(subscription=fabrikam.subscriptions.get(), by=ada)
    assert home(ada).rows == []


def test_before_the_first_change_the_way_to_it_is_shown(ada: Agent, fabrikam: Customer) -> None:
    part = home(ada).the("section", aria_labelledby="changes-title")

    assert "No permission was changed yet." in part.words
    assert part.the("a")["href"] == "/customers/"


def test_before_the_first_customer_an_admin_agent_is_led_to_adding_one(ada: Agent) -> None:
    part = home(ada).the("section", aria_labelledby="changes-title")

    assert "There are no customers yet." in part.words
    assert part.the("a")["href"] == reverse("customers:new_customer")


def test_before_the_first_customer_a_helpdesk_agent_is_told_who_adds_them(hana: Agent) -> None:
    part = home(hana).the("section", aria_labelledby="changes-title")

    assert "An Admin agent or a Sales agent adds them." in part.words
    assert not part.has("a")


def test_the_changes_of_every_role_are_shown_to_every_role(
    hana: Agent, ada: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, ada)
    assert len(home(hana).rows) == 1


def test_a_name_is_shown_as_it_was_at_the_time(ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada)
    fabrikam.company_name = "Adatum"
    fabrikam.save()

    [row] = home(ada).rows
    assert row[1] == "Fabrikam"


def test_names_with_markup_in_them_are_shown_as_they_are_written(ada: Agent) -> None:
    owner = RoleAssignmentFactory.create(subscription__customer__company_name="<i>A</i> & B")
    turn(owner.subscription.customer, ada)

    [row] = home(ada).rows
    assert row[1] == "<i>A</i> & B"


def test_strangers_are_led_to_sign_in(db: None) -> None:
    response = Client().get("/")
    assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/")


def test_an_agent_without_a_role_is_told_which_roles_may(db: None) -> None:
    response = signed_in(AgentFactory.create()).get("/")

    assert response.status_code == 403
    assert (
        "This needs the role Admin agent, Sales agent or Helpdesk agent, which you do not have."
        in read(response).words
    )


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_home_is_for_reading(ada: Agent, method: str) -> None:
    assert getattr(signed_in(ada), method)("/").status_code == 405
