"""The pages on which agents rename, re-scope, cancel, exchange and renew a reservation."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import (
    Customer,
    Refund,
    RefundTerms,
    Relationship,
    Reservation,
    ReservationProduct,
    Subscription,
    WebDirectPrice,
)
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions
from tests.customers.pages import Answer, Part, error, read
from tests.customers.preparing import error_above, errors_at_fields, leads_to, said
from tests.customers.reserving import (
    DAY,
    NEW_YEAR,
    at,
    bought_on_new_year,
    cancel,
    customers_price,
    refund_terms,
    renew,
    usd,
)
from tests.factories import ReservationProductFactory, SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")

ACTS = {
    "rename_reservation": "Rename",
    "change_scope": "Change scope",
    "exchange_reservation": "Exchange",
    "cancel_reservation": "Cancel with refund",
    "renew_reservation": "Renew",
}
CONFIRMED = ("cancel_reservation", "renew_reservation")


@pytest.fixture
def reservation(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> Reservation:
    """Shared, bought on New Year for 1000.00 USD; under terms with 10 %."""
    refund_terms()
    return bought_on_new_year(product, fabrikam, ada)


@pytest.fixture
def midyear() -> Iterator[None]:
    """It is the 27th of May: two fifths of the year are over."""
    with at(NEW_YEAR + DAY * 146):
        yield


@pytest.fixture
def december() -> Iterator[None]:
    """It is the 21st of December: it can be renewed."""
    with at(NEW_YEAR + DAY * 354):
        yield


def address(name: str, reservation: Reservation, *more: Any) -> str:
    return reverse(f"customers:{name}", args=[reservation.customer_id, reservation.pk, *more])


def opened(agent: Agent, name: str, reservation: Reservation, *more: Any) -> Part:
    return read(signed_in(agent).get(address(name, reservation, *more)))


def post(client: Client, act: str, reservation: Reservation, **fields: Any) -> Answer:
    return client.post(address(act, reservation), fields, follow=True)


def amount_of(page: Part, label: str) -> str:
    """The amount in the row whose heading begins with these words."""
    found = [row for row in page.all("tr") if row.has("td")]
    return next(row.the("td").words for row in found if row.the("th").words.startswith(label))


def confirm(client: Client, name: str, reservation: Reservation, **fields: Any) -> Answer:
    """Opens the page and presses its button, with other values for some of its hidden fields."""
    form = read(client.get(address(name, reservation))).the("main").the("form")
    return post(client, name, reservation, **{**form.fields, **fields})


# What a reservation's page offers


def test_the_reservation_s_page_offers_what_the_rules_allow_and_says_why_not_the_rest(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    page = opened(ada, "reservation", reservation)
    section = page.the("section", aria_labelledby="actions")

    assert [link.words for link in section.all("a")] == list(ACTS.values())[:4]
    assert section.the("li").words == "Renew This reservation can be renewed from 2026-12-02 on."


def test_near_its_end_renewing_is_offered_too(
    ada: Agent, reservation: Reservation, december: None
) -> None:
    page = opened(ada, "reservation", reservation)
    for name, label in ACTS.items():
        assert leads_to(page, name, reservation.customer_id, reservation.pk) == [label]


def test_what_was_cancelled_offers_nothing_and_says_so_once(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    cancel(reservation, ada)
    section = opened(ada, "reservation", reservation).the("section", aria_labelledby="actions")

    assert not section.has("a")
    assert section.the("li").words.startswith(" · ".join(ACTS.values()))
    assert "was cancelled" in section.the("li").words


def test_who_may_not_is_told_which_role_may(
    sam: Agent, reservation: Reservation, midyear: None
) -> None:
    section = opened(sam, "reservation", reservation).the("section", aria_labelledby="actions")

    assert not section.has("a")
    assert "Changing it needs the role Admin agent." in section.words


# Who may, and where nothing is


@pytest.mark.parametrize("name", [*ACTS, "exchange_for"])
@pytest.mark.parametrize("agent", ["sam", "hana"])
def test_other_roles_are_refused(
    request: pytest.FixtureRequest, reservation: Reservation, name: str, agent: str
) -> None:
    client = signed_in(request.getfixturevalue(agent))
    more = [reservation.product_id] if name == "exchange_for" else []
    for method in ("get", "post") if name != "exchange_reservation" else ("get",):
        answer = client.generic(method.upper(), address(name, reservation, *more))
        assert answer.status_code == 403
    assert actions() == ["create_order"]


@pytest.mark.parametrize("name", ACTS)
def test_another_customer_s_reservation_is_not_there(
    ada: Agent, reservation: Reservation, contoso: Customer, name: str
) -> None:
    elsewhere = reverse(f"customers:{name}", args=[contoso.pk, reservation.pk])
    assert signed_in(ada).get(elsewhere).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_what_is_over_says_why_and_leads_back(
    ada: Agent, reservation: Reservation, midyear: None, name: str
) -> None:
    cancel(reservation, ada)
    page = opened(ada, name, reservation).the("main")

    assert "This reservation was cancelled" in page.words
    assert not page.has("form", method="post")
    assert leads_to(page, "reservation", reservation.customer_id, reservation.pk)[-1] == (
        "Back to the reservation"
    )


@pytest.mark.parametrize("name", CONFIRMED)
def test_a_form_without_its_figures_confirms_nothing(
    ada: Agent, reservation: Reservation, december: None, name: str
) -> None:
    answer = post(signed_in(ada), name, reservation)

    assert answer.status_code == 422
    assert "did not say which figures were reviewed" in error(answer)
    assert actions() == ["create_order"]


# Rename


def test_a_reservation_is_renamed(
    sign_in: SignIn, ada: Agent, reservation: Reservation, midyear: None
) -> None:
    answer = post(sign_in(ada), "rename_reservation", reservation, name="Web <b>shop</b>")

    assert said(read(answer)) == "The reservation is called Web <b>shop</b> now."
    assert actions()[-1] == "rename_reservation"


def test_a_plain_form_is_answered_with_a_redirect(ada: Agent, reservation: Reservation) -> None:
    answer = signed_in(ada).post(address("rename_reservation", reservation), {"name": "Shop"})

    assert (answer.status_code, answer["Location"]) == (302, address("reservation", reservation))


def test_the_form_begins_with_the_name_that_it_has(ada: Agent, reservation: Reservation) -> None:
    page = opened(ada, "rename_reservation", reservation)
    assert page.the("input", name="name")["value"] == reservation.name


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_name_that_is_none_is_an_error_at_its_field(
    ada: Agent, reservation: Reservation, name: str
) -> None:
    answer = post(signed_in(ada), "rename_reservation", reservation, name=name)

    assert answer.status_code == 422
    assert "name" in errors_at_fields(read(answer))


# Scope


def test_the_scope_is_changed_to_one_subscription(
    ada: Agent, reservation: Reservation, fabrikam_azure: Subscription, midyear: None
) -> None:
    fields = {"scope": "single", "subscription": fabrikam_azure.pk}
    page = read(post(signed_in(ada), "change_scope", reservation, **fields))

    assert said(page).endswith(f"covers the subscription {fabrikam_azure.label} alone now.")
    assert Reservation.objects.get().scope == "single"


def test_a_single_scope_without_a_subscription_is_an_error_at_its_field(
    ada: Agent, reservation: Reservation
) -> None:
    answer = post(signed_in(ada), "change_scope", reservation, scope="single", subscription="")

    assert answer.status_code == 422
    assert errors_at_fields(read(answer)) == {
        "subscription": "Choose the subscription that it is to serve."
    }


def test_suspended_and_others_subscriptions_are_not_offered(
    ada: Agent, reservation: Reservation, northwind_azure: Subscription
) -> None:
    suspended = SubscriptionFactory.create(customer=reservation.customer)
    suspend_subscription(subscription=suspended, by=ada)
    page = opened(ada, "change_scope", reservation)
    offered = [option["value"] for option in page.the("select", name="subscription").all("option")]

    assert offered == ["", str(reservation.subscription_id)]
    for other in (suspended, northwind_azure):
        answer = post(
            signed_in(ada), "change_scope", reservation, scope="single", subscription=other.pk
        )
        assert answer.status_code == 422


def test_a_new_scope_is_reviewed_before_it_is_confirmed(
    ada: Agent, reservation: Reservation, fabrikam_azure: Subscription, midyear: None
) -> None:
    fields = {"scope": "single", "subscription": str(fabrikam_azure.pk)}
    client, here = signed_in(ada), address("change_scope", reservation)
    form = read(client.get(here, fields)).the("main").the("form")

    assert f"Single subscription Subscription Azure plan {fabrikam_azure.pk}" in form.words
    assert form.fields == fields
    assert actions() == ["create_order"]

    client.post(form["action"], form.fields)
    assert actions()[-1] == "change_reservation_scope"


def test_the_review_of_a_shared_scope_says_where_it_stays_billed(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    other = SubscriptionFactory.create(customer=reservation.customer)
    chosen = {"scope": "shared", "subscription": str(other.pk)}
    answer = signed_in(ada).get(address("change_scope", reservation), chosen)
    form = read(answer).the("main").the("form")

    assert str(reservation.subscription_id) in form.words
    assert form.fields == {"scope": "shared"}


def test_an_address_that_says_no_scope_asks_again(ada: Agent, reservation: Reservation) -> None:
    answer = signed_in(ada).get(address("change_scope", reservation), {"scope": "single"})

    assert answer.status_code == 422
    assert "subscription" in errors_at_fields(read(answer))


# Cancel


def test_the_refund_is_shown_figure_by_figure(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    page = opened(ada, "cancel_reservation", reservation)
    shown = {
        "Commitment": "1,000.00 USD",
        "Paid": "1,000.00 USD",
        "Used up 3,504 of 8,760 hours": "400.00 USD",
        "Remaining commitment": "600.00 USD",
        "Unused part of what was paid": "600.00 USD",
        "Price today": "1,000.00 USD",
        "Early termination fee 10 % of the remaining": "60.00 USD",
        "After the fee": "540.00 USD",
        "Left of the yearly limit Of 50,000.00 USD": "50,000.00 USD",
    }
    assert {label: amount_of(page, label) for label in shown} == shown
    assert page.the("p", class_="figure").words == "540.00 USD"


def test_confirming_cancels_and_says_the_refund(
    sign_in: SignIn, ada: Agent, reservation: Reservation, midyear: None
) -> None:
    page = read(confirm(sign_in(ada), "cancel_reservation", reservation))

    assert said(page) == f"{reservation.name} was cancelled. The refund is 540.00 USD."
    assert Refund.objects.get().refunded == usd("540.00")


def test_confirming_twice_cancels_once_and_says_the_same(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    pages = [
        read(post(signed_in(ada), "cancel_reservation", reservation, refund="540.00"))
        for _ in range(2)
    ]
    assert said(pages[0]) == said(pages[1])
    assert actions() == ["create_order", "cancel_reservation"]


def test_a_refund_that_changed_is_shown_anew_and_can_be_confirmed_then(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    answer = confirm(signed_in(ada), "cancel_reservation", reservation, refund="541.00")
    page = read(answer)

    assert answer.status_code == 422
    assert "The refund has changed since the review." in error_above(page)
    assert page.the("main").the("form").fields == {"refund": "540.00"}
    assert Reservation.objects.get().is_active


def test_the_yearly_limit_is_named_where_it_holds_something_back(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    RefundTerms.objects.update(yearly_cap=100)
    page = opened(ada, "cancel_reservation", reservation)

    assert page.the("p", class_="figure").words == "100.00 USD"
    assert page.the("main").the("form").the("p", class_="warning").words == (
        "The yearly limit leaves 100.00 USD; the refund is limited to that."
    )


def test_without_refund_terms_the_page_says_where_they_are_entered(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    RefundTerms.objects.all().delete()
    page = opened(ada, "cancel_reservation", reservation).the("main")

    assert "An Admin agent has to enter them on Prices › Refund terms." in page.words
    assert not page.has("form")


def test_an_early_and_unused_one_is_refunded_whole(ada: Agent, reservation: Reservation) -> None:
    with at(NEW_YEAR + DAY * 2):
        page = opened(ada, "cancel_reservation", reservation)

    assert page.the("p", class_="figure").words == "1,000.00 USD"
    assert amount_of(page, "Early termination fee None in the first 5 days.") == "0.00 USD"


def test_after_the_relationship_it_can_still_be_cancelled(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    Customer.objects.update(relationship=Relationship.NONE)

    assert confirm(signed_in(ada), "cancel_reservation", reservation).status_code == 200
    assert Reservation.objects.get().status == "cancelled"


def test_a_renewal_that_waits_is_named(
    ada: Agent, reservation: Reservation, december: None
) -> None:
    renewal = renew(reservation, ada)
    page = opened(ada, "cancel_reservation", reservation)

    assert f"Its renewal, {renewal.label}, stays." in page.the("ul", class_="consequences").words


# Exchange


@pytest.fixture
def larger(db: None) -> ReservationProduct:
    return ReservationProductFactory.create(sku="Standard_D4s_v5", term="P3Y", price="700.00")


CHOICES = {"quantity": "2", "billing_cycle": "monthly", "scope": "shared"}


def choices(reservation: Reservation, **others: Any) -> dict[str, Any]:
    return {**CHOICES, "subscription": str(reservation.subscription_id), **others}


def review(agent: Agent, reservation: Reservation, product: ReservationProduct, **c: Any) -> Answer:
    there = address("exchange_for", reservation, product.pk)
    return signed_in(agent).get(there, choices(reservation, **c))


def test_products_of_the_same_type_and_currency_are_listed_with_the_least_quantity(
    ada: Agent, reservation: Reservation, larger: ReservationProduct, midyear: None
) -> None:
    ReservationProductFactory.create(sku="Other_type", product_type="SqlDatabases")
    ReservationProductFactory.create(sku="Other_currency", currency="EUR")
    unpriced = ReservationProductFactory.create(sku="Without_price")
    WebDirectPrice.objects.filter(product=unpriced).delete()
    ReservationProductFactory.create(sku="Standard_B1s", price="0.50")
    customers_price(reservation.customer, larger, "650.00")

    assert opened(ada, "exchange_reservation", reservation).rows == [
        ["Standard_B1s westeurope", "1 year", "0.50 USD", "–", "Too small"],
        ["Standard_D2s_v5 westeurope", "1 year", "500.00 USD", "2", "Choose"],
        ["Standard_D4s_v5 westeurope", "3 years", "650.00 USD", "1", "Choose"],
    ]


def test_the_list_can_be_searched(
    ada: Agent, reservation: Reservation, larger: ReservationProduct, midyear: None
) -> None:
    client, there = signed_in(ada), address("exchange_reservation", reservation)

    assert len(read(client.get(there, {"q": "d4S"})).rows) == 1
    assert "No product matches." in read(client.get(there, {"q": "nothing"})).words
    assert client.get(there, {"size": "7"}).status_code == 400


def test_the_list_asks_as_often_for_a_hundred_products_as_for_two(
    ada: Agent, reservation: Reservation, larger: ReservationProduct, midyear: None
) -> None:
    numbers = []
    for _ in range(2):
        client = signed_in(ada)
        with CaptureQueriesContext(connection) as captured:
            client.get(address("exchange_reservation", reservation), {"size": 100})
        numbers.append(len(captured))
        ReservationProductFactory.create_batch(98)

    assert numbers[0] == numbers[1] <= 10


def test_the_choices_begin_with_those_of_the_old_one_and_enough_of_the_new(
    ada: Agent, reservation: Reservation, product: ReservationProduct, midyear: None
) -> None:
    page = opened(ada, "exchange_for", reservation, product.pk)

    assert page.the("input", name="quantity")["value"] == "2"
    assert [option["value"] for option in page.all("option", selected="")] == [
        "one_time",
        "shared",
        str(reservation.subscription_id),
    ]


def test_the_review_shows_all_figures(
    ada: Agent, reservation: Reservation, larger: ReservationProduct, midyear: None
) -> None:
    page = read(review(ada, reservation, larger))
    shown = {
        "Remaining commitment": "600.00 USD",
        "New commitment": "1,400.00 USD",
        "Credit": "600.00 USD",
    }
    assert {label: amount_of(page, label) for label in shown} == shown
    assert page.the("p", class_="figure").words == "800.00 USD"
    assert actions() == ["create_order"]


def exchanged(client: Client, reservation: Reservation, page: Part, **fields: Any) -> Answer:
    form = page.the("main").the("form")
    return client.post(form["action"], {**form.fields, **fields}, follow=True)


def test_confirming_exchanges_and_shows_the_new_one(
    sign_in: SignIn,
    ada: Agent,
    reservation: Reservation,
    larger: ReservationProduct,
    midyear: None,
) -> None:
    page = read(review(ada, reservation, larger))
    answer = exchanged(sign_in(ada), reservation, page)

    new = Reservation.objects.get(replaces=reservation)
    assert said(read(answer)) == f"{reservation.label} was exchanged for {new.label}."
    assert read(answer).the("h1").words == f"Fabrikam | {new.name}"
    assert (new.billing_cycle, new.commitment) == ("monthly", usd("1400.00"))


def test_confirming_twice_exchanges_once(
    ada: Agent, reservation: Reservation, larger: ReservationProduct, midyear: None
) -> None:
    page = read(review(ada, reservation, larger))
    answers = [exchanged(signed_in(ada), reservation, page) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert actions() == ["create_order", "exchange_reservation"]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("unit_price", "The price has changed since the review."),
        ("credit", "The credit has changed since the review."),
    ],
)
def test_figures_that_changed_are_shown_anew(
    ada: Agent,
    reservation: Reservation,
    larger: ReservationProduct,
    midyear: None,
    field: str,
    sentence: str,
) -> None:
    page = read(review(ada, reservation, larger))
    answer = exchanged(signed_in(ada), reservation, page, **{field: "599.00"})

    assert answer.status_code == 422
    assert sentence in error_above(read(answer))
    assert read(answer).the("main").the("form").fields == page.the("main").the("form").fields
    assert actions() == ["create_order"]


def test_too_small_an_exchange_is_an_error_of_the_choices(
    ada: Agent, reservation: Reservation, product: ReservationProduct, midyear: None
) -> None:
    answer = review(ada, reservation, product, quantity=1)

    assert answer.status_code == 422
    assert "must be at least the remaining one, 600.00 USD" in error_above(read(answer))


@pytest.mark.parametrize(
    "choice", [{"quantity": "0"}, {"quantity": "x"}, {"billing_cycle": "annual"}, {"scope": ""}]
)
def test_choices_that_are_none_are_errors_at_their_fields(
    ada: Agent,
    reservation: Reservation,
    product: ReservationProduct,
    midyear: None,
    choice: dict[str, str],
) -> None:
    answer = review(ada, reservation, product, **choice)

    assert answer.status_code == 422
    assert set(errors_at_fields(read(answer))) == set(choice)


def test_a_product_of_another_type_is_not_there(
    ada: Agent, reservation: Reservation, midyear: None
) -> None:
    other = ReservationProductFactory.create(product_type="SqlDatabases")
    assert review(ada, reservation, other).status_code == 404


@pytest.mark.parametrize("product_id", [0, 2**63, 10**30])
def test_a_product_that_never_was_is_not_there(
    ada: Agent, reservation: Reservation, product_id: int
) -> None:
    assert signed_in(ada).get(address("exchange_for", reservation, product_id)).status_code == 404


# Renew


def test_the_review_shows_today_s_price_and_the_beginning(
    ada: Agent, reservation: Reservation, december: None
) -> None:
    customers_price(reservation.customer, reservation.product, "520.00", dt.date(2026, 12, 1))
    page = opened(ada, "renew_reservation", reservation)
    facts = [part.words for part in page.the("main").all("dd")]

    assert facts[-3:] == ["500.00 USD", "520.00 USD", "2027-01-01 00:00:00 UTC"]
    assert page.the("p", class_="figure").words == "1,040.00 USD"


def test_confirming_renews_and_shows_the_new_one(
    sign_in: SignIn, ada: Agent, reservation: Reservation, december: None
) -> None:
    page = read(confirm(sign_in(ada), "renew_reservation", reservation))

    new = Reservation.objects.get(renews=reservation)
    assert said(page) == f"{reservation.name} was renewed for 1,000.00 USD."
    assert page.the("h1").words == f"Fabrikam | {new.name}"


def test_confirming_twice_renews_once(ada: Agent, reservation: Reservation, december: None) -> None:
    for _ in range(2):
        post(signed_in(ada), "renew_reservation", reservation, unit_price="500.00")

    assert actions() == ["create_order", "renew_reservation"]


def test_a_price_that_changed_is_shown_anew(
    ada: Agent, reservation: Reservation, december: None
) -> None:
    answer = confirm(signed_in(ada), "renew_reservation", reservation, unit_price="499.00")

    assert answer.status_code == 422
    assert "The price has changed since the review." in error_above(read(answer))
    assert read(answer).the("main").the("form").fields == {"unit_price": "500.00"}


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(146, "can be renewed from 2026-12-02 on"), (360, "has no price any more")],
)
def test_where_it_cannot_be_renewed_the_page_says_why(
    ada: Agent, reservation: Reservation, days: int, sentence: str
) -> None:
    if days == 360:
        WebDirectPrice.objects.all().delete()
    with at(NEW_YEAR + DAY * days):
        page = opened(ada, "renew_reservation", reservation).the("main")

    assert sentence in page.words
    assert not page.has("form")


def test_looking_at_pages_records_nothing_and_asks_ten_times_at_most(
    ada: Agent, reservation: Reservation, december: None
) -> None:
    numbers = {}
    review_of_exchange = {"exchange_for": [reservation.product_id]}
    for name in (*ACTS, "reservation", *review_of_exchange):
        client, more = signed_in(ada), review_of_exchange.get(name, [])
        query = choices(reservation) if more else {}
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address(name, reservation, *more), query)
        assert answer.status_code == 200
        numbers[name] = len(captured)

    assert {name: number for name, number in numbers.items() if number > 10} == {}
    assert actions() == ["create_order"]
