"""The three pages of buying, as agents use them for a customer."""

import uuid
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    CustomerPrice,
    Order,
    ReservationProduct,
    Subscription,
)
from customers.operations.subscriptions import suspend_subscription
from customers.pricing import today
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.pages import Part, error, read, rows, words
from tests.factories import ReservationProductFactory
from tests.partnercenter.site import Answer

pytestmark = pytest.mark.usefixtures("sound_log")


def products(customer: Customer, query: str = "") -> str:
    return reverse("customers:buy", args=[customer.pk]) + query


def step(name: str, customer: Customer, product: ReservationProduct, **choices: object) -> str:
    address = reverse(f"customers:{name}", args=[customer.pk, product.pk])
    return f"{address}?{urlencode(choices)}" if choices else address


def reviewed(
    client: Client, customer: Customer, product: ReservationProduct, **choices: object
) -> Part:
    """The review of two of them, paid at once, shared."""
    subscription = customer.subscriptions.get()
    wanted = {
        "quantity": 2,
        "billing_cycle": "one_time",
        "scope": "shared",
        "subscription": subscription.pk,
    }
    return read(client.get(step("review", customer, product, **{**wanted, **choices})))


def confirm(client: Client, form: Part, **fields: str) -> Answer:
    """Presses Buy on the review, perhaps after somebody tampered with a field."""
    return client.post(form["action"], {**form.fields, **fields})


def form_of(page: Part) -> Part:
    return page.the("main").the("form", method="post")


# Products


def test_products_show_the_customers_price_beside_the_web_direct_price(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    CustomerPrice.objects.create(
        product=product,
        customer=fabrikam,
        amount=Decimal("450.00"),
        valid_from=today(),
        record_number=0,
    )
    [row] = rows(signed_in(sam).get(products(fabrikam)))

    assert row == [
        "Standard_D2s_v5",
        "westeurope",
        "1 year",
        "One-time or monthly",
        "500.00 USD",
        "450.00 USD",
    ]


def test_only_products_in_the_customers_currency_are_offered(
    sam: Agent, fabrikam: Customer
) -> None:
    euro = ReservationProductFactory.create(currency="EUR")

    assert "There are no products with a price in USD yet." in words(
        signed_in(sam).get(products(fabrikam))
    )
    assert signed_in(sam).get(step("choices", fabrikam, euro)).status_code == 404


def test_products_are_searched_by_any_part_of_sku_and_region(
    sam: Agent, fabrikam: Customer
) -> None:
    for sku, region in (("Standard_E8s_v5", "japaneast"), ("Standard_B2ms", "westeurope")):
        ReservationProductFactory.create(sku=sku, region=region)

    for text, found in (("e8S", "Standard_E8s_v5"), ("WESTEU", "Standard_B2ms")):
        [row] = rows(signed_in(sam).get(products(fabrikam, f"?q={text}")))
        assert row[0] == found
    assert "No product matches." in words(signed_in(sam).get(products(fabrikam, "?q=nothing")))


def test_a_helpdesk_agent_does_not_buy(
    hana: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    client = signed_in(hana)
    for address in (
        products(fabrikam),
        step("choices", fabrikam, product),
        step("review", fabrikam, product),
    ):
        assert client.get(address).status_code == 403
    assert client.post(step("review", fabrikam, product)).status_code == 403


# Choices


def test_the_first_active_azure_subscription_is_chosen_already(
    sam: Agent, fabrikam: Customer, fabrikam_azure: Subscription, product: ReservationProduct
) -> None:
    page = read(signed_in(sam).get(step("choices", fabrikam, product)))
    chosen = [option for option in page.all("option") if "selected" in option]

    assert str(fabrikam_azure.pk) in [option["value"] for option in chosen]


def test_back_from_the_review_keeps_what_was_chosen(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    client = signed_in(sam)
    review = reviewed(client, fabrikam, product, quantity=7, scope="single")
    back = next(link["href"] for link in review.all("a") if link.words == "Change")
    page = read(client.get(back))

    assert page.the("input", name="quantity")["value"] == "7"
    assert "checked" in page.the("input", name="scope", value="single")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "0"),
        ("quantity", "1001"),
        ("quantity", "two"),
        ("billing_cycle", "annual"),
        ("scope", "everything"),
        ("subscription", "mine"),
        ("subscription", ""),
    ],
)
def test_choices_that_are_not_offered_are_said_at_their_field(
    sam: Agent, fabrikam: Customer, product: ReservationProduct, field: str, value: str
) -> None:
    wanted = {
        "quantity": "1",
        "billing_cycle": "one_time",
        "scope": "shared",
        "subscription": str(fabrikam.subscriptions.get().pk),
    }
    address = step("review", fabrikam, product, **{**wanted, field: value})
    response = signed_in(sam).get(address)

    assert response.status_code == 400
    assert read(response).has("p", class_="error")


# Review


def test_the_review_shows_the_total_and_the_payments(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    page = reviewed(signed_in(sam), fabrikam, product, quantity=3, billing_cycle="monthly")

    assert form_of(page).the("button").words == "Buy for 1,500.00 USD"
    assert "12 payments, the first of 125.00 USD" in page.words


def test_confirming_buys_and_shows_the_order(
    sign_in: SignIn, sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    client = sign_in(sam)
    form = form_of(reviewed(signed_in(sam), fabrikam, product))
    response = confirm(client, form)
    order = fabrikam.orders.get()

    assert response.status_code == 302
    assert response["Location"] == reverse("customers:order", args=[fabrikam.pk, order.pk])
    assert f"Order {order.number} was placed." in words(client.get(response["Location"]))


def test_pressing_buy_twice_buys_once(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    client = signed_in(sam)
    form = form_of(reviewed(client, fabrikam, product))
    first, second = confirm(client, form), confirm(client, form)

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_a_price_that_changed_is_refused_and_reviewed_at_the_new_one(
    sign_in: SignIn, sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    form = form_of(reviewed(signed_in(sam), fabrikam, product))
    product.web_direct_prices.update(amount=Decimal("600.00"))
    client = sign_in(sam)
    response = confirm(client, form)

    assert response.status_code == 422
    assert error(response).startswith("The price has changed since the review.")
    assert not Order.objects.exists()
    assert confirm(client, form_of(read(response))).status_code == 302
    assert str(Order.objects.get().total) == "1,200.00 USD"


def test_a_price_that_somebody_wrote_into_the_form_buys_nothing(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    client = signed_in(sam)
    form = form_of(reviewed(client, fabrikam, product))

    assert confirm(client, form, unit_price="0.01").status_code == 422
    assert not Order.objects.exists()
    assert ActivityRecord.objects.get().status == "failed"


@pytest.mark.parametrize(
    "fields",
    [
        {"key": "again"},
        {"key": ""},
        {"unit_price": "NaN"},
        {"unit_price": "1e999"},
        {"unit_price": "-1"},
        {"unit_price": "0.001"},
        {"currency": "XXX"},
        {"quantity": "2.5"},
    ],
)
def test_a_form_that_no_review_made_is_422_and_leaves_no_record(
    sam: Agent, fabrikam: Customer, product: ReservationProduct, fields: dict[str, str]
) -> None:
    client = signed_in(sam)
    form = form_of(reviewed(client, fabrikam, product))

    assert confirm(client, form, **fields).status_code == 422
    assert not Order.objects.exists()
    assert not ActivityRecord.objects.exists()


def test_a_subscription_of_somebody_else_is_refused_with_the_reason(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    client = signed_in(sam)
    form = form_of(reviewed(client, fabrikam, product))
    response = confirm(client, form, subscription=str(uuid.uuid4()))

    assert response.status_code == 422
    assert error(response).startswith("The subscription is not one of this customer's.")


def test_a_purchase_that_would_be_refused_says_so_before_it_is_confirmed(
    sam: Agent,
    ada: Agent,
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    client = signed_in(sam)
    page = reviewed(client, fabrikam, product)

    assert "This purchase would be refused now." in page.words
    assert "disabled" in form_of(page).the("button")
    assert "Purchases are refused now." in words(client.get(products(fabrikam)))
