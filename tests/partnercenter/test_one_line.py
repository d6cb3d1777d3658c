"""Names are of one line and can be seen, whichever way they come in."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from activitylog.models import ActivityRecord
from customers.models import Customer, Reservation, ReservationProduct, Subscription
from customers.operations.customers import add_customer
from customers.operations.reservations import rename_reservation
from customers.operations.subscriptions import update_subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import create_agent, rename_agent
from partnercenter.agents.roles import Role
from partnercenter.applications.operations import register_application
from partnercenter.one_line import one_line
from partnercenter.webhooks.models import Webhook
from tests.conftest import SignIn
from tests.customers.buying import allowed, bought
from tests.factories import CustomerFactory
from tests.partnercenter.site import text_of

UNSEEN = ["\u200b", "\u200d\u200e", "\ufeff \u2060", "\u3164", "\u2800\u2800", "\u0301", "\u00ad"]
BROKEN = ["A\nB", "A\r\nB", "A\tB", "A\u2028B", "A\u2029B"]
BAD = [*UNSEEN, *BROKEN]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Fabrikam", "Fabrikam"),
        (" Fabrikam\t\n", "Fabrikam"),
        ("\ufeffFab\ufeffrikam\u200b", "Fabrikam"),
        ("Con\u00adtoso", "Contoso"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("🧑\u200d💻", "🧑\u200d💻"),
        ("Müller & Söhne", "Müller & Söhne"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_what_is_only_pasted_along_is_left_out(text: str, kept: str) -> None:
    assert one_line(text) == kept


@pytest.mark.parametrize("text", UNSEEN)
def test_text_of_which_nothing_is_seen_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="can be seen"):
        one_line(text)


@pytest.mark.parametrize("text", BROKEN)
def test_line_breaks_and_tabs_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Use one line"):
        one_line(text)


@pytest.mark.parametrize("name", BAD)
def test_no_operation_keeps_such_a_name(
    ada: Agent, sam: Agent, fabrikam_azure: Subscription, product: ReservationProduct, name: str
) -> None:
    allowed(fabrikam_azure.customer, ada)
    reservation: Reservation = bought(product, fabrikam_azure.customer, ada)
    new = CustomerFactory.build(company_name=name)
    acts: list[Callable[[], object]] = [
        lambda: add_customer(customer=new, by=ada),
        lambda: rename_agent(agent=sam, display_name=name, by=ada),
        lambda: rename_reservation(reservation=reservation, name=name, by=ada),
        lambda: update_subscription(subscription=fabrikam_azure, friendly_name=name, by=ada),
        lambda: register_application(
            name=name, roles=[Role.ADMIN], redirect_uris=["https://a.example/"], by=ada
        ),
        lambda: Webhook._meta.get_field("name").clean(name, None),
    ]
    before = ActivityRecord.objects.count()
    for act in acts:
        with pytest.raises(ValidationError):
            act()
    assert ActivityRecord.objects.count() == before


def test_a_mark_that_is_pasted_along_makes_no_second_name(ada: Agent, sam: Agent) -> None:
    rename_agent(agent=sam, display_name="\ufeffSam\u200b", by=ada)
    sam.refresh_from_db()
    assert sam.display_name == "Sam"
    assert not ActivityRecord.objects.exists()


@pytest.mark.parametrize(
    "name", ["ada@partner.example.", "ada@.partner.example", "ada@partner..example", "ada@."]
)
def test_a_dot_more_makes_no_second_agent(ada: Agent, name: str) -> None:
    with pytest.raises(ValidationError):
        create_agent(username=name, display_name="A", password="x" * 20, roles=[Role.ADMIN], by=ada)
    assert Agent.objects.count() == 1


def test_a_dot_at_the_end_makes_no_second_customer(ada: Agent, fabrikam: Customer) -> None:
    twin = CustomerFactory.build(domain=f"{fabrikam.domain.upper()}.")
    with pytest.raises(ValidationError):
        add_customer(customer=twin, by=ada)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "sentence"), [("\u200b", "Enter text that can be seen"), ("A\tB", "Use one line")]
)
def test_a_form_says_what_is_wrong_with_the_name(
    sign_in: SignIn, ada: Agent, name: str, sentence: str
) -> None:
    roles = [Role.SALES.value]
    fields = {"display_name": name, "username": "kim@partner.example", "roles": roles}
    response = sign_in(ada).post("/agents/invite/", fields)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not Agent.objects.filter(username="kim@partner.example").exists()
