"""Filters, orders and choices of the lists of users and orders.

Source: partner-center facts, sections 5.4 and 5.5.
"""

import json
from urllib.parse import quote

import pytest

from customers.models import Customer, Order, OrderItem
from tests.customers.api.conftest import FABRIKAM
from tests.factories import CustomerUserFactory
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

USERS = f"/v1/customers/{FABRIKAM}/users"
ORDERS = f"/v1/customers/{FABRIKAM}/orders"


def by_state(value: str, field: str = "UserStatus", operator: str = "equals") -> str:
    asked = {"Field": field, "Value": value, "Operator": operator}
    return f"filter={quote(json.dumps(asked))}"


# Users


@pytest.fixture
def three(fabrikam: Customer) -> None:
    for name, upn, active in [("Bo", "x", True), ("Al", "y", True), ("Cy", "z", False)]:
        CustomerUserFactory.create(
            customer=fabrikam,
            display_name=name,
            user_principal_name=f"{upn}@fabrikam.example",
            is_active=active,
        )


def names(caller: Caller, query: str = "") -> list[str]:
    answer = caller.get(f"{USERS}?{query}")
    assert answer.status == 200, answer.text
    return [item["displayName"] for item in answer.json["items"] if len(item["displayName"]) == 2]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("field", ["UserStatus", "UserState", "userStatus", "user_state"])
def test_users_who_were_removed_are_listed_where_they_are_asked_for(
    for_ada: Caller, field: str
) -> None:
    assert names(for_ada) == ["Al", "Bo"]
    assert names(for_ada, by_state("Inactive", field)) == ["Cy"]
    assert names(for_ada, by_state("active", field, "Equals")) == ["Al", "Bo"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "query",
    [
        by_state("Deleted"),
        by_state("Inactive", "DisplayName"),
        by_state("Inactive", operator="starts_with"),
        by_state("Inactive").replace("%7D", "%2C%22And%22%3A%5B1%5D%7D"),
    ],
)
def test_any_other_filter_of_users_is_refused(for_ada: Caller, query: str) -> None:
    answer = for_ada.get(f"{USERS}?{query}")
    assert answer.fault == (400, "800002")
    assert "filter" in answer.json["description"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("sortField=DisplayName", ["Al", "Bo"]),
        ("sortField=displayname&sortDirection=descending", ["Bo", "Al"]),
        ("sortDirection=Descending", ["Bo", "Al"]),
        ("sortField=UserPrincipalName&sortDirection=Ascending", ["Bo", "Al"]),
        ("SortField=UserPrincipalName&SortDirection=Descending", ["Al", "Bo"]),
    ],
)
def test_users_are_sorted_as_they_are_asked_for(
    for_ada: Caller, query: str, order: list[str]
) -> None:
    assert names(for_ada, query) == order
    page = for_ada.get(f"{USERS}?size=1&{query}").json
    token = page["continuationToken"]
    found = [page["items"][0]["displayName"]]
    while token:
        uri = page["links"]["next"]["uri"]
        page = for_ada.get(f"/v1{uri}", MS_ContinuationToken=token).json
        token = page.get("continuationToken", "")
        found += [item["displayName"] for item in page["items"]]
    assert [name for name in found if len(name) == 2] == order


@pytest.mark.parametrize("name", ["sortField", "sortDirection"])
def test_an_order_that_is_not_supported(for_ada: Caller, fabrikam: Customer, name: str) -> None:
    answer = for_ada.get(f"{USERS}?{name}=UsageLocation")
    assert answer.fault == (400, "800002")
    assert name in answer.json["description"]


# Orders


def license_order(cycle: str) -> dict[str, object]:
    return {"billingCycle": cycle, "lineItems": [{"offerId": "a", "quantity": 1}]}


@pytest.mark.parametrize("written", ["annual", "Annual", "ANNUAL"])
def test_orders_of_one_billing_cycle(alone: Caller, fabrikam: Customer, written: str) -> None:
    for cycle in ("monthly", "annual"):
        assert alone.post(ORDERS, license_order(cycle)).status == 201

    items = alone.get(f"{ORDERS}?billingType={written}").json["items"]
    assert [item["billingCycle"] for item in items] == ["annual"]
    assert len(alone.get(ORDERS).json["items"]) == 2


@pytest.mark.parametrize("name", ["billingType", "include_price"])
def test_a_choice_of_orders_that_is_not_supported(
    alone: Caller, fabrikam: Customer, name: str
) -> None:
    answer = alone.get(f"{ORDERS}?{name}=perhaps")
    assert answer.fault == (400, "800002")
    assert name in answer.json["description"]


def test_orders_without_their_prices(alone: Caller, fabrikam: Customer) -> None:
    order_id = alone.post(ORDERS, license_order("monthly")).json["id"]
    Order.objects.update(currency="EUR", amount=7)
    OrderItem.objects.update(unit_amount=7, amount=7)
    for path in (f"{ORDERS}/{order_id}", ORDERS):
        for query in ("", "?include_price=True"):
            assert '"pricing"' in alone.get(path + query).text
            assert '"totalPrice":7' in alone.get(path + query).text
        priceless = alone.get(f"{path}?include_price=false").text
        assert order_id in priceless
        assert "totalPrice" not in priceless
        assert "pricing" not in priceless


# What an order says in vain

AZURE_PLAN = {"offerId": "DZH318Z0BPS6:0001", "quantity": 1}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("quantity", {"quantity": 2}),
        ("friendlyName", {"friendlyName": "Ours"}),
        ("termDuration", {"termDuration": "P1Y"}),
        ("provisioningContext", {"provisioningContext": {"scope": "shared"}}),
    ],
)
def test_what_cannot_be_chosen_for_an_azure_plan_is_named(
    alone: Caller, fabrikam: Customer, name: str, line: dict[str, object]
) -> None:
    answer = alone.post(ORDERS, {"lineItems": [{**AZURE_PLAN, **line}]})
    assert answer.fault == (400, "800002")
    assert name in answer.json["description"]
