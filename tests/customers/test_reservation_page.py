"""A reservation's page: what it is, how it is used and by whom, and what became of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from customers.models import Customer, Refund, Reservation, ReservationProduct, Scope, Subscription
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.buying import bought
from tests.customers.pages import Answer, Part, read
from tests.customers.preparing import leads_to
from tests.customers.serving import moved, ran
from tests.factories import SubscriptionFactory


@pytest.fixture
def held(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    """Two shared D2 of Fabrikam, bought by Ada and paid at once."""
    return bought(product, fabrikam, ada)


def answer_of(agent: Agent, reservation: Reservation) -> Answer:
    parts = [reservation.customer_id, reservation.pk]
    return signed_in(agent).get(reverse("customers:reservation", args=parts))


def open_page(agent: Agent, reservation: Reservation) -> Part:
    return read(answer_of(agent, reservation))


def facts(page: Part) -> dict[str, str]:
    terms = [part for facts in page.all("dl", class_="facts") for part in facts.all("dt", "dd")]
    return {term.words: fact.words for term, fact in zip(terms[::2], terms[1::2], strict=True)}


def bars(page: Part) -> list[str]:
    """What is said of each day of the chart."""
    return [group.the("title").words for group in page.the("svg", role="img").all("g")]


# Facts


def test_the_facts_of_a_reservation_stand_there(sam: Agent, held: Reservation) -> None:
    shown = facts(open_page(sam, held))
    assert shown["Product"] == "Standard_D2s_v5, westeurope Virtual machines"
    assert (shown["Term"], shown["Quantity"]) == ("1 year", "2")
    assert (shown["Billing"], shown["Commitment"]) == ("One-time", "1,000.00 USD")
    assert shown["Purchased by"] == "Partner ada@partner.example"
    assert shown["Order number"] == str(held.item.order.number)
    assert shown["Reservation ID"].startswith(str(held.pk))
    assert shown["Expires"] == f"{held.ends_at:%Y-%m-%d %H:%M:%S} UTC (in 11 months)"
    assert "Refund" not in shown


def test_monthly_instalments_are_together_the_commitment(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    monthly = bought(product, fabrikam, ada, billing_cycle="monthly")
    assert facts(open_page(ada, monthly))["Billing"] == "Monthly 12 × 83.33 USD to 83.34 USD"

    even = bought(product, fabrikam, ada, billing_cycle="monthly", quantity=3)
    assert facts(open_page(ada, even))["Billing"] == "Monthly 12 × 125.00 USD"


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (Scope.SHARED, "Its discount applies to matching usage of all subscriptions that you"),
        (Scope.SINGLE, "Its discount applies to matching usage of its own subscription only."),
    ],
)
def test_the_page_says_what_the_scope_does(
    ada: Agent, fabrikam: Customer, product: ReservationProduct, scope: Scope, sentence: str
) -> None:
    reservation = bought(product, fabrikam, ada, scope=scope)
    assert sentence in facts(open_page(ada, reservation))["Scope"]


def test_a_cancelled_one_says_when_it_ended_and_what_was_refunded(
    sam: Agent, held: Reservation
) -> None:
    moved(held, -100)
    held.status, held.ends_at = "cancelled", dt.datetime.now(dt.UTC) - dt.timedelta(days=3)
    held.save()
    Refund.objects.create(
        reservation=held,
        reason="cancel",
        currency="USD",
        amount=Decimal("640.00"),
        fee_amount=Decimal("87.12"),
        created_at=held.ends_at,
        record_number=held.item.order.number,
    )
    shown = facts(open_page(sam, held))
    assert shown["Refund"] == "640.00 USD Fee: 87.12 USD"
    assert shown["Ended"].endswith("(3 days ago)")
    assert "Expires" not in shown
    assert shown["End of the term"].startswith(f"{held.term_ends_at:%Y-%m-%d}")


@pytest.mark.parametrize(
    ("field", "there", "back"),
    [("renews", "Renews", "Renewed by"), ("replaces", "Exchanged from", "Exchanged for")],
)
def test_one_that_follows_another_leads_there_and_back(
    ada: Agent,
    held: Reservation,
    product: ReservationProduct,
    field: str,
    there: str,
    back: str,
) -> None:
    next_one = bought(product, held.customer, ada)
    setattr(next_one, field, held)
    next_one.save()
    for page_of, other, words in ((next_one, held, there), (held, next_one, back)):
        page = open_page(ada, page_of)
        assert leads_to(page, "reservation", held.customer_id, other.pk) == [other.label]
        assert facts(page)[words] == other.label


# Use


def test_each_day_has_a_bar_and_a_row_with_the_same_figures(
    sam: Agent, held: Reservation, fabrikam_azure: Subscription
) -> None:
    moved(held, -10)
    ran(fabrikam_azure, "12", days_ago=1)
    ran(fabrikam_azure, "100", days_ago=2)
    page = open_page(sam, held)

    assert len(bars(page)) == 10
    assert [title.partition(": ")[2] for title in bars(page)[-3:]] == [
        "0.0%, 0.0 of 48.0 hours",
        "100.0%, 48.0 of 48.0 hours",
        "25.0%, 12.0 of 48.0 hours",
    ]
    table = page.the("details").rows
    assert [row[1:] for row in table[-2:]] == [
        ["48.0", "48.0", "100.0%"],
        ["12.0", "48.0", "25.0%"],
    ]


def test_the_drawing_is_an_image_with_a_name_and_a_description(
    sam: Agent, held: Reservation, fabrikam_azure: Subscription
) -> None:
    moved(held, -2)
    ran(fabrikam_azure, "12")
    drawing = open_page(sam, held).the("svg", role="img")
    named = [drawing.the(id=part).words for part in drawing["aria-labelledby"].split()]
    assert named[0] == "Utilization by day"
    assert named[1].endswith("% of its hours were used.")
    heights = [bar["height"] for bar in drawing.all("rect", class_="chart-used")]
    assert heights == ["0", "250"]


def test_a_shared_one_names_all_subscriptions_that_took_the_benefit(
    sam: Agent, held: Reservation, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    other = SubscriptionFactory.create(customer=fabrikam, friendly_name="Test")
    moved(held, -5)
    ran(fabrikam_azure, "7")
    ran(other, "30")
    page = open_page(sam, held)
    assert page.the(role="group", aria_labelledby="served").rows == [
        [f"Test {other.pk}", "30.0"],
        [f"Azure plan {fabrikam_azure.pk}", "7.0"],
    ]


def test_other_customers_usage_is_none_of_its(
    sam: Agent, held: Reservation, northwind_azure: Subscription
) -> None:
    moved(held, -5)
    ran(northwind_azure, "30")
    assert "Nothing of it was used in the last 30 days" in open_page(sam, held).words


def test_a_month_without_service_says_so_instead_of_an_empty_chart(
    sam: Agent, held: Reservation
) -> None:
    page = open_page(sam, held)
    assert "It did not serve on any of the last 30 full days." in page.words
    assert not page.has("svg", role="img")


# History


def test_the_history_is_that_of_the_order_and_of_the_reservation_alone(
    ada: Agent, held: Reservation, product: ReservationProduct
) -> None:
    bought(product, held.customer, ada)
    page = open_page(ada, held)
    history = page.the("section", aria_labelledby="history")
    assert [row[1:] for row in history.rows] == [["Create Order", "ada@partner.example"]]
    number = held.item.order.number
    assert leads_to(history, "record", held.customer_id, number)


# Who and where


@pytest.mark.parametrize("name", ["ada", "sam", "hana"])
def test_every_role_reads_it(request: pytest.FixtureRequest, name: str, held: Reservation) -> None:
    assert answer_of(request.getfixturevalue(name), held).status_code == 200


def test_it_is_not_found_at_another_customer(
    sam: Agent, held: Reservation, northwind: Customer
) -> None:
    address: Any = reverse("customers:reservation", args=[northwind.pk, held.pk])
    assert signed_in(sam).get(address).status_code == 404
