"""Customers in markets where Microsoft offers no reservations: all are told, none refused."""

import re

import pytest

from customers.markets import READ_ON, SOURCE, WITHOUT_RESERVATIONS, market_without_reservations
from customers.models import Customer, ReservationProduct
from customers.operations.purchasing import Bought, buy_reservation
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.buying import allowed, purchase_of
from tests.customers.pages import read, words
from tests.customers.portal import portal_browser

pytestmark = pytest.mark.usefixtures("sound_log")

WARNING = (
    "Microsoft doesn't offer Azure reservations in this market (Russian Federation), "
    f"as of {READ_ON}."
)


@pytest.fixture
def russian(fabrikam: Customer) -> Customer:
    fabrikam.country = "RU"
    fabrikam.save()
    return fabrikam


def test_the_list_has_a_source_and_a_day_and_codes_of_countries() -> None:
    assert SOURCE.startswith("https://learn.microsoft.com/")
    assert all(re.fullmatch("[A-Z]{2}", code) for code in WITHOUT_RESERVATIONS)
    assert all(WITHOUT_RESERVATIONS.values())


@pytest.mark.parametrize(("country", "is_without"), [("RU", True), ("GG", True), ("SE", False)])
def test_a_market_is_on_the_list_or_not(country: str, is_without: bool) -> None:
    assert bool(market_without_reservations(country)) == is_without


@pytest.mark.parametrize("page", ["account", "users"])
def test_the_checklist_warns_and_names_its_source(ada: Agent, russian: Customer, page: str) -> None:
    answer = read(signed_in(ada).get(f"/customers/{russian.pk}/{page}/")).the("main")
    assert WARNING in answer.words
    assert answer.all("a", href=SOURCE)


def test_the_shop_warns_agents_and_customers_on_each_page(
    ada: Agent, russian: Customer, product: ReservationProduct
) -> None:
    owner = allowed(russian, ada)
    for client, shop in (
        (signed_in(ada), f"/customers/{russian.pk}/buy/"),
        (portal_browser(owner), "/portal/buy/"),
    ):
        choices = f"{shop}{product.pk}/"
        asked: dict[str, str | int] = {
            "quantity": 1,
            "billing_cycle": "one_time",
            "scope": "shared",
            "subscription": str(russian.subscriptions.get().pk),
        }
        for answer in (
            client.get(shop),
            client.get(choices),
            client.get(f"{choices}review/", asked),
        ):
            assert answer.status_code == 200
            assert WARNING in words(answer)


def test_customers_elsewhere_are_told_nothing(ada: Agent, fabrikam: Customer) -> None:
    assert "market" not in words(signed_in(ada).get(f"/customers/{fabrikam.pk}/account/"))


def test_nothing_is_refused(ada: Agent, russian: Customer, product: ReservationProduct) -> None:
    owner = allowed(russian, ada)
    purchase = purchase_of(product, russian)
    assert isinstance(buy_reservation(customer=russian, purchase=purchase, by=owner), Bought)
