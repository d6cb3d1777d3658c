"""Order history and an order's page, Home's latest purchases, and what stands beside the switch."""

import uuid

import pytest
from django.urls import reverse

from customers.models import Customer, ReservationProduct, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import buy_azure_plan
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.buying import allowed, bought
from tests.customers.pages import error, pager, read, rows, words

pytestmark = pytest.mark.usefixtures("sound_log")


def history(customer: Customer, query: str = "") -> str:
    return reverse("customers:orders", args=[customer.pk]) + query


def test_a_purchase_by_the_customer_is_told_from_one_by_the_partner(
    sign_in: SignIn, hana: Agent, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    olle = allowed(fabrikam, ada)
    first = bought(product, fabrikam, ada, quantity=1).item.order
    second = bought(product, fabrikam, olle, quantity=3).item.order
    listed = rows(sign_in(hana).get(history(fabrikam)))

    assert [(row[0], row[3], row[5]) for row in listed] == [
        (str(second), "1,500.00 USD", f"Customer {olle.user_principal_name}"),
        (str(first), "500.00 USD", f"Partner {ada.username}"),
    ]
    assert listed[0][2] == "3 × Reserved instance Standard_D2s_v5, westeurope, 1 year"
    assert listed[0][4] == "Completed"


@pytest.mark.parametrize(("by", "quantities"), [("customer", ["2"]), ("partner", ["1"])])
def test_the_filter_shows_purchases_of_one_kind(
    sign_in: SignIn,
    hana: Agent,
    ada: Agent,
    fabrikam: Customer,
    product: ReservationProduct,
    by: str,
    quantities: list[str],
) -> None:
    bought(product, fabrikam, ada, quantity=1)
    bought(product, fabrikam, allowed(fabrikam, ada), quantity=2)
    listed = rows(sign_in(hana).get(history(fabrikam, f"?purchased_by={by}")))

    assert [row[2].partition(" ")[0] for row in listed] == quantities


def test_an_azure_plan_has_its_order_without_a_total(
    hana: Agent, ada: Agent, contoso: Customer
) -> None:
    buy_azure_plan(customer=contoso, by=ada)
    [row] = rows(signed_in(hana).get(history(contoso)))

    assert row[2:4] == ["1 × Azure plan", "–"]


def test_a_customer_without_orders_is_told_what_to_do(
    sign_in: SignIn, sam: Agent, contoso: Customer
) -> None:
    page = read(sign_in(sam).get(history(contoso)))

    assert "Nothing has been bought for this customer yet." in page.words
    assert "Buy an Azure plan" in page.words


def test_a_filter_that_nothing_matches_leads_back(sam: Agent, contoso: Customer) -> None:
    assert "No order matches." in words(
        signed_in(sam).get(history(contoso, "?purchased_by=customer"))
    )


@pytest.mark.parametrize("query", ["?purchased_by=nobody", "?size=7", "?cursor=x", "?unknown=1"])
def test_an_address_that_is_not_understood_is_400(
    sign_in: SignIn, sam: Agent, contoso: Customer, query: str
) -> None:
    response = sign_in(sam).get(history(contoso, query))
    assert response.status_code == 400
    assert error(response)


def test_orders_come_page_by_page(
    sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    for _ in range(30):
        bought(product, fabrikam, sam)
    client = signed_in(sam)
    first = client.get(history(fabrikam))
    second = client.get(history(fabrikam) + pager(first)["Next"])

    numbers = [row[0] for row in rows(first) + rows(second)]
    assert len(rows(first)) == 25
    assert numbers == sorted(numbers, key=int, reverse=True)
    assert len(set(numbers)) == 30


def test_agents_who_sell_find_the_button_to_buy(
    sam: Agent, hana: Agent, fabrikam: Customer
) -> None:
    buy = reverse("customers:buy", args=[fabrikam.pk])

    assert read(signed_in(sam).get(history(fabrikam))).the("a", href=buy).words
    assert not read(signed_in(hana).get(history(fabrikam))).has("a", href=buy)


# An order's page


def test_an_order_says_who_bought_what_for_how_much(
    hana: Agent, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    olle = allowed(fabrikam, ada)
    order = bought(product, fabrikam, olle, quantity=3).item.order
    address = reverse("customers:order", args=[fabrikam.pk, order.pk])
    page = read(signed_in(hana).get(address))
    [item] = page.rows

    assert item[3:] == ["3", "500.00 USD", "1,500.00 USD"]
    assert f"Customer · {olle.user_principal_name}" in page.words
    assert page.has("a", href=reverse("customers:record", args=[fabrikam.pk, order.number]))


def test_an_order_is_found_with_its_own_customer_only(
    hana: Agent, sam: Agent, fabrikam: Customer, contoso: Customer, product: ReservationProduct
) -> None:
    order = bought(product, fabrikam, sam).item.order
    for customer, key in ((contoso, order.pk), (fabrikam, uuid.uuid4())):
        address = reverse("customers:order", args=[customer.pk, key])
        assert signed_in(hana).get(address).status_code == 404


# Home, Account, Activity log


def test_home_lists_what_customers_bought_themselves(
    hana: Agent, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    bought(product, fabrikam, ada)
    olle = allowed(fabrikam, ada)
    bought(product, fabrikam, olle, quantity=4)
    home = read(signed_in(hana).get("/")).the("section", aria_labelledby="purchases-title")
    [row] = home.rows

    assert row[1:] == [
        "Fabrikam",
        "4 × Reserved instance Standard_D2s_v5, westeurope, 1 year",
        "2,000.00 USD",
        olle.user_principal_name,
    ]


def test_home_is_silent_about_purchases_that_nobody_made(hana: Agent, fabrikam: Customer) -> None:
    assert "Latest purchases by customers" not in words(signed_in(hana).get("/"))


def account(agent: Agent, customer: Customer) -> str:
    page = read(signed_in(agent).get(reverse("customers:account", args=[customer.pk])))
    return page.the("section", id="purchase-permission-AzureReservedInstances").words


def test_account_says_how_much_was_bought_since_the_switch_was_turned_on(
    hana: Agent, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    olle = allowed(fabrikam, ada)
    bought(product, fabrikam, ada, quantity=9)
    assert "The customer has purchased nothing since then." in account(hana, fabrikam)

    bought(product, fabrikam, olle, quantity=1)
    assert "1 purchase by the customer since then, 500.00 USD" in account(hana, fabrikam)

    bought(product, fabrikam, olle, quantity=2)
    assert "2 purchases by the customer since then, 1,500.00 USD" in account(hana, fabrikam)


def test_the_count_begins_anew_when_the_switch_is_turned_on_again(
    hana: Agent, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    bought(product, fabrikam, allowed(fabrikam, ada))
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=False, by=ada
    )
    assert "purchase by the customer" not in account(hana, fabrikam)

    allowed(fabrikam, ada)
    assert "The customer has purchased nothing since then." in account(hana, fabrikam)
