"""Prices of one customer: the list, and the price of one product with its history."""

import pytest
from django.urls import reverse

from customers.models import BillingProfile, Customer, CustomerPrice, ReservationProduct
from customers.pricing import today
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions, the_record
from tests.customers.pages import Answer, read, rows, words
from tests.customers.preparing import BILL_TO, errors_at_fields, leads_to, opened, said, typed
from tests.customers.pricing import DAY, set_own_price
from tests.factories import CustomerFactory, ReservationProductFactory

pytestmark = pytest.mark.usefixtures("sound_log")

TOMORROW = today() + DAY


def address(customer: Customer, query: str = "") -> str:
    return reverse("customers:prices", args=[customer.pk]) + query


def submit(agent: Agent, customer: Customer, product: ReservationProduct, **fields: str) -> Answer:
    where = reverse("customers:set_customer_price", args=[customer.pk, product.pk])
    wanted = {"amount": "480.00", "valid_from": str(today()), **fields}
    return signed_in(agent).post(where, wanted, follow=True)


# The list


def test_products_stand_with_default_and_own_price_and_the_record(
    sign_in: SignIn, ada: Agent, hana: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    ReservationProductFactory.create(sku="Standard_Other")
    set_own_price(product, fabrikam, ada, "480.00")
    set_own_price(product, fabrikam, ada, None, TOMORROW)
    page = read(sign_in(hana).get(address(fabrikam)))

    assert [row[3:] for row in page.rows] == [
        ["500.00 USD", "500.00 USD", f"480.00 USD since {today()} From {TOMORROW}: default price"],
        ["500.00 USD", "500.00 USD", "Default"],
    ]
    assert leads_to(page, "record", fabrikam.pk, 1) == [f"since {today()}"]
    assert leads_to(page, "customer_price", fabrikam.pk, product.pk) == ["Standard_D2s_v5"]


def test_only_products_in_the_currency_of_the_bill_to_are_offered(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    ReservationProductFactory.create(currency="EUR", sku="Standard_Euro")
    BillingProfile.objects.filter(customer=fabrikam).update(currency="EUR")

    assert [row[0] for row in rows(signed_in(sam).get(address(fabrikam)))] == ["Standard_Euro"]


def test_own_prices_alone_can_be_shown(
    ada: Agent, fabrikam: Customer, contoso: Customer, product: ReservationProduct
) -> None:
    for day in (today(), TOMORROW):
        set_own_price(ReservationProductFactory.create(), fabrikam, ada, "1.00", day)
    client = signed_in(ada)

    assert len(rows(client.get(address(fabrikam, "?own=yes")))) == 2
    assert "No price matches." in words(client.get(address(contoso, "?own=yes")))


def test_without_products_the_page_says_what_to_do(ada: Agent, fabrikam: Customer) -> None:
    page = words(signed_in(ada).get(address(fabrikam)))
    assert "There are no reserved instances in USD" in page
    assert "Import a price list" in page


def test_the_menu_of_the_customer_leads_there(sam: Agent, fabrikam: Customer) -> None:
    menu = opened(signed_in(sam), "users", fabrikam.pk).the("nav", id="left-column")
    assert leads_to(menu, "prices", fabrikam.pk) == ["Prices"]


# One product


def test_a_price_is_set_and_stands_in_the_history(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    client = sign_in(ada)
    form = opened(client, "customer_price", fabrikam.pk, product.pk).the("form", id="set-price")
    fields = {"amount": "480.00", "valid_from": str(TOMORROW)}
    page = read(client.post(form["action"], fields, follow=True))

    assert said(page) == (
        "The price of Standard_D2s_v5, westeurope, 1 year for Fabrikam is stored."
    )
    own = page.the("section", aria_labelledby="own-title")
    assert own.rows == [[f"{TOMORROW} Not yet", "480.00 USD", "1"]]
    assert leads_to(own, "record", fabrikam.pk, 1) == ["1"]


def test_left_empty_the_default_price_holds_again(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    set_own_price(product, fabrikam, ada, "480.00")
    page = read(submit(ada, fabrikam, product, amount="", valid_from=str(TOMORROW)))

    own = page.the("section", aria_labelledby="own-title")
    assert [row[1] for row in own.rows] == ["Default price", "480.00 USD"]


def test_a_form_sent_as_it_was_opened_changes_nothing(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    set_own_price(product, fabrikam, ada, "480.00")
    page = opened(signed_in(ada), "customer_price", fabrikam.pk, product.pk)
    fields = {name: typed(page, name) for name in ("amount", "valid_from")}
    submit(ada, fabrikam, product, **fields)

    assert fields == {"amount": "480.00", "valid_from": str(today())}
    assert the_record().action == "set_customer_price"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "-1"),
        ("amount", "1.005"),
        ("amount", "10000000000"),
        ("valid_from", str(today() - DAY)),
        ("valid_from", ""),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    ada: Agent, fabrikam: Customer, product: ReservationProduct, field: str, value: str
) -> None:
    answer = submit(ada, fabrikam, product, **{field: value})

    assert answer.status_code == 422
    assert set(errors_at_fields(read(answer))) == {field}
    assert not CustomerPrice.objects.exists()
    assert actions() == []


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_readers_see_the_history_and_who_may(
    request: pytest.FixtureRequest,
    ada: Agent,
    fabrikam: Customer,
    product: ReservationProduct,
    name: str,
) -> None:
    set_own_price(product, fabrikam, ada, "480.00")
    client = signed_in(request.getfixturevalue(name))
    page = opened(client, "customer_price", fabrikam.pk, product.pk)

    assert "The customer pays 480.00 USD" in page.words
    assert leads_to(page, "record", fabrikam.pk, 1) == ["1"]
    assert not page.the("main").has("form")
    assert "Changing it needs the role Admin agent." in page.words


def test_another_customers_prices_are_not_shown(
    ada: Agent, fabrikam: Customer, contoso: Customer, product: ReservationProduct
) -> None:
    set_own_price(product, contoso, ada, "480.00")
    page = opened(signed_in(ada), "customer_price", fabrikam.pk, product.pk)

    assert "480.00" not in page.words


def test_where_no_price_can_be_set_the_reason_stands_there(
    ada: Agent, product: ReservationProduct
) -> None:
    left = CustomerFactory.create(relationship="none")
    page = opened(signed_in(ada), "customer_price", left.pk, product.pk)

    assert not page.the("main").has("form")
    assert "You have no reseller relationship with this customer any more" in page.words
    assert submit(ada, left, product).status_code == 422


def test_a_product_that_is_not_there_is_not_found(ada: Agent, fabrikam: Customer) -> None:
    where = reverse("customers:customer_price", args=[fabrikam.pk, 999])
    assert signed_in(ada).get(where).status_code == 404


# The currency of the bill-to


def test_the_currency_is_changed_recorded_and_shown(sam: Agent, contoso: Customer) -> None:
    where = reverse("customers:bill_to", args=[contoso.pk])
    page = read(signed_in(sam).post(where, {**BILL_TO, "currency": "JPY"}, follow=True))

    assert "Currency JPY" in page.the("section", aria_labelledby="bill-to").words
    record = the_record()
    assert ((record.old or {})["currency"], (record.new or {})["currency"]) == ("USD", "JPY")
