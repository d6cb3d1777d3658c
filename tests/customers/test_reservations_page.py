"""Azure reservations: the list of what a customer has reserved."""

import pytest
from django.urls import reverse

from customers.models import (
    Customer,
    CustomerUser,
    Reservation,
    ReservationProduct,
    Scope,
    Subscription,
)
from customers.operations.purchasing import Bought, buy_reservation
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.buying import allowed, bought, purchase_of
from tests.customers.pages import Answer, error, pager, read, rows, words
from tests.customers.preparing import leads_to
from tests.customers.serving import moved, ran
from tests.factories import SubscriptionFactory

EXPIRED = -400  # days; the term is a year


def open_list(agent: Agent, customer: Customer, query: str = "") -> Answer:
    address = reverse("customers:reservations", args=[customer.pk])
    return signed_in(agent).get(f"{address}{query}")


def names(answer: Answer) -> list[str]:
    return [row[0].split()[0] for row in rows(answer)]


def named(reservation: Reservation, name: str) -> Reservation:
    reservation.name = name
    reservation.save()
    return reservation


@pytest.fixture
def bought_by_agent(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    return named(bought(product, fabrikam, ada), "Agents")


@pytest.fixture
def olle(ada: Agent, fabrikam: Customer) -> CustomerUser:
    return allowed(fabrikam, ada)


@pytest.fixture
def bought_by_customer(
    olle: CustomerUser, fabrikam: Customer, product: ReservationProduct
) -> Reservation:
    outcome = buy_reservation(customer=fabrikam, purchase=purchase_of(product, fabrikam), by=olle)
    assert isinstance(outcome, Bought)
    return named(Reservation.objects.get(item__order=outcome.order), "Customers")


# Rows


def test_a_row_says_what_was_bought_by_whom_and_how_well_it_is_used(
    sam: Agent, fabrikam: Customer, fabrikam_azure: Subscription, bought_by_customer: Reservation
) -> None:
    held = moved(bought_by_customer, -10)
    ran(fabrikam_azure, "168")
    order = held.item.order
    assert rows(open_list(sam, fabrikam)) == [
        [
            f"{held.label} Standard_D2s_v5, westeurope, 1 year",
            "2",
            "Shared",
            "14.3%",
            f"{order.created_at:%Y-%m-%d}",
            f"{held.ends_at:%Y-%m-%d} in 11 months",
            "Active",
            f"Customer {order.buyer_name}",
        ]
    ]


def test_a_single_scope_names_its_subscription(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    held = bought(product, fabrikam, ada, scope=Scope.SINGLE)
    named = f"Single subscription {held.subscription.label}"
    assert rows(open_list(ada, fabrikam))[0][2] == named


def test_a_row_leads_to_the_reservation(
    sam: Agent, fabrikam: Customer, bought_by_agent: Reservation
) -> None:
    page = read(open_list(sam, fabrikam))
    names = leads_to(page, "reservation", fabrikam.pk, bought_by_agent.pk)
    assert names == [bought_by_agent.label]


def test_what_did_not_serve_on_a_full_day_has_no_utilization(
    sam: Agent, fabrikam: Customer, bought_by_agent: Reservation
) -> None:
    assert rows(open_list(sam, fabrikam))[0][3] == "–"
    moved(bought_by_agent, -2)
    assert rows(open_list(sam, fabrikam))[0][3] == "0.0%"


def test_a_reservation_whose_end_has_come_is_expired_though_no_command_ran(
    sam: Agent, fabrikam: Customer, bought_by_agent: Reservation
) -> None:
    moved(bought_by_agent, EXPIRED)
    assert bought_by_agent.is_active
    row = rows(open_list(sam, fabrikam))[0]
    assert (row[5].partition(" ")[2], row[6]) == ("1 month ago", "Expired")


def test_one_that_begins_later_says_when(
    sam: Agent, fabrikam: Customer, bought_by_agent: Reservation
) -> None:
    later = moved(bought_by_agent, 30)
    assert rows(open_list(sam, fabrikam))[0][6] == f"Starts on {later.starts_at:%Y-%m-%d}"


def test_other_customers_reservations_are_not_shown(
    sam: Agent, northwind: Customer, bought_by_agent: Reservation
) -> None:
    page = open_list(sam, northwind)
    assert rows(page) == []
    assert "This customer doesn't have any Azure reservations." in words(page)


# Filters and pages


def test_the_list_can_be_asked_for_what_the_customer_purchased(
    sam: Agent,
    fabrikam: Customer,
    bought_by_agent: Reservation,
    bought_by_customer: Reservation,
) -> None:
    assert names(open_list(sam, fabrikam)) == ["Customers", "Agents"]
    assert names(open_list(sam, fabrikam, "?purchased_by=customer")) == ["Customers"]
    assert names(open_list(sam, fabrikam, "?purchased_by=partner")) == ["Agents"]


def test_the_list_can_be_asked_for_a_status_by_the_time_of_now(
    sam: Agent, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    each = {name: named(bought(product, fabrikam, ada), name) for name in ("On", "Off", "Over")}
    moved(each["Over"], EXPIRED)
    each["Off"].status = "cancelled"
    each["Off"].save()
    for status, name in (("active", "On"), ("expired", "Over"), ("cancelled", "Off")):
        assert names(open_list(sam, fabrikam, f"?status={status}")) == [name]


def test_a_filter_that_nothing_matches_says_so(
    sam: Agent, fabrikam: Customer, bought_by_agent: Reservation
) -> None:
    page = read(open_list(sam, fabrikam, "?status=exchanged"))
    assert "No reservation matches." in page.words
    assert leads_to(page, "reservations", fabrikam.pk)[-1] == "Show all reservations"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?status=sold", "Select a valid choice. sold is not one of the available choices."),
        ("?owner=olle", "This list has no filter named “owner”."),
    ],
)
def test_a_filter_that_is_not_understood_is_400_and_shows_nothing(
    sam: Agent, fabrikam: Customer, bought_by_agent: Reservation, query: str, sentence: str
) -> None:
    answer = open_list(sam, fabrikam, query)
    assert (answer.status_code, error(answer), rows(answer)) == (400, sentence, [])


def test_many_reservations_stand_on_several_pages(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    for _ in range(30):
        bought(product, fabrikam, ada)
    first = open_list(ada, fabrikam)
    second = open_list(ada, fabrikam, pager(first)["Next"])
    assert (len(rows(first)), len(rows(second))) == (25, 5)


def test_htmx_gets_the_list_alone(
    sam: Agent, fabrikam: Customer, bought_by_agent: Reservation
) -> None:
    address = reverse("customers:reservations", args=[fabrikam.pk])
    answer = signed_in(sam, headers={"HX-Request": "true"}).get(f"{address}?status=&size=")
    part = read(answer)
    assert not part.has("html")
    assert len(part.rows) == 1
    assert answer["HX-Replace-Url"] == address


# Who


@pytest.mark.parametrize("name", ["ada", "sam", "hana"])
def test_every_role_reads_it_and_the_menu_leads_there(
    request: pytest.FixtureRequest, name: str, fabrikam: Customer
) -> None:
    page = read(open_list(request.getfixturevalue(name), fabrikam))
    assert leads_to(page.the(id="left-column"), "reservations", fabrikam.pk) == [
        "Azure reservations"
    ]


def test_who_may_import_usage_is_led_there(ada: Agent, hana: Agent, fabrikam: Customer) -> None:
    assert read(open_list(ada, fabrikam)).has("a", href="/usage/")
    assert not read(open_list(hana, fabrikam)).has("a", href="/usage/")


def test_an_unknown_customer_is_404(sam: Agent, sign_in: SignIn, fabrikam: Customer) -> None:
    address = reverse("customers:reservations", args=[SubscriptionFactory.create().pk])
    assert sign_in(sam).get(address).status_code == 404
