"""Whether what was bought is there: of orders line by line, and of subscriptions.

Source: https://learn.microsoft.com/partner-center/developer/get-order-provisioning-status and
https://learn.microsoft.com/partner-center/developer/get-subscription-provisioning-status.
"""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from customers.models import (
    Customer,
    Order,
    Reservation,
    ReservationProduct,
    Subscription,
)
from customers.operations.subscriptions import order_subscriptions
from partnercenter.agents.models import Agent
from tests.customers.api.conftest import AZURE, FABRIKAM
from tests.customers.buying import bought, purchase_of
from tests.customers.reserving import (
    DAY,
    at,
    cancel,
    exchange,
    refund_terms,
    renew,
)
from tests.factories import ReservationProductFactory, SubscriptionFactory
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

HERE = f"/v1/customers/{FABRIKAM}"
NONE = "99999999-2222-3333-4444-555555555555"


@pytest.fixture
def reservation(product: ReservationProduct, fabrikam: Customer, ada: Agent) -> Reservation:
    """Two for a year, from now on."""
    refund_terms()
    return bought(product, fabrikam, ada)


def status_of(caller: Caller, order: Order) -> Any:
    return caller.get(f"{HERE}/orders/{order.pk}/provisioningstatus").json


def line(number: int, status: str, *, quantity: int, state: str) -> dict[str, Any]:
    return {
        "lineItemNumber": number,
        "status": status,
        "quantityProvisioningInformation": [{"quantity": quantity, "status": state}],
    }


# Orders


def test_the_line_of_a_reservation_that_serves_is_fulfilled(
    for_ada: Caller, reservation: Reservation
) -> None:
    order = reservation.item.order
    with at(reservation.starts_at + 1 * DAY):
        answer = status_of(for_ada, order)

    assert answer == {
        "totalCount": 1,
        "items": [line(0, "fulfilled", quantity=2, state="fulfilled")],
        "links": {
            "self": {
                "uri": f"/customers/{FABRIKAM}/orders/{order.pk}/provisioningstatus",
                "method": "GET",
                "headers": [],
            }
        },
        "attributes": {"objectType": "Collection"},
    }


def told(caller: Caller, order: Order, days: float) -> tuple[list[Any], str]:
    """The provisioning status of its lines, and the state in the context of the first one."""
    with at(timezone.now() + days * DAY):
        found = caller.get(f"{HERE}/orders/{order.pk}").json["lineItems"][0]
        return status_of(caller, order)["items"], found["provisioningContext"]["provisioningState"]


def test_the_line_of_one_whose_term_is_over_is_not(
    for_ada: Caller, reservation: Reservation
) -> None:
    assert told(for_ada, reservation.item.order, 367) == (
        [line(0, "unfulfilled", quantity=2, state="expired")],
        "Expired",
    )


def test_the_line_of_one_that_was_cancelled_is_not(
    for_ada: Caller, reservation: Reservation, ada: Agent
) -> None:
    with at(reservation.starts_at + 3 * DAY):
        cancel(reservation, ada)
    assert told(for_ada, reservation.item.order, 4) == (
        [line(0, "unfulfilled", quantity=2, state="cancelled")],
        "Cancelled",
    )


def test_the_line_of_one_that_was_exchanged_is_not_but_that_of_the_new_one_is(
    for_ada: Caller, reservation: Reservation, fabrikam: Customer, ada: Agent
) -> None:
    other = ReservationProductFactory.create(sku="Standard_E8s_v5", price="1500.00")
    with at(reservation.starts_at + 3 * DAY):
        new = exchange(reservation, purchase_of(other, fabrikam), ada)

    assert told(for_ada, reservation.item.order, 4) == (
        [line(0, "unfulfilled", quantity=2, state="exchanged")],
        "Cancelled",
    )
    assert told(for_ada, Order.objects.get(items__reservation=new), 4) == (
        [
            line(0, "fulfilled", quantity=2, state="fulfilled"),
            line(1, "fulfilled", quantity=1, state="fulfilled"),
        ],
        "Succeeded",
    )


def test_the_line_of_one_that_has_not_begun_is_pending(
    for_ada: Caller, reservation: Reservation, ada: Agent
) -> None:
    with at(reservation.starts_at + 350 * DAY):
        new = renew(reservation, ada)
    assert told(for_ada, Order.objects.get(items__reservation=new), 351) == (
        [line(0, "prefulfillmentPending", quantity=2, state="prefulfillmentPending")],
        "Creating",
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("active", ("fulfilled", "fulfilled")),
        ("suspended", ("fulfilled", "fulfilled")),
        ("pending", ("prefulfillmentPending", "prefulfillmentPending")),
        ("deleted", ("unfulfilled", "deleted")),
    ],
)
def test_the_line_of_a_subscription_says_whether_it_is_there(
    for_ada: Caller, fabrikam: Customer, ada: Agent, status: str, told: tuple[str, str]
) -> None:
    bought = SubscriptionFactory.build(customer=fabrikam, product="license", quantity=5)
    order = order_subscriptions(subscriptions=[bought], by=ada)
    Subscription.objects.filter(pk=bought.pk).update(status=status)

    assert status_of(for_ada, order)["items"] == [line(0, told[0], quantity=5, state=told[1])]


def test_the_credit_of_an_exchange_buys_no_subscription(
    for_ada: Caller, reservation: Reservation, fabrikam: Customer, ada: Agent
) -> None:
    other = ReservationProductFactory.create(sku="Standard_E8s_v5", price="1500.00")
    with at(reservation.starts_at + 3 * DAY):
        new = exchange(reservation, purchase_of(other, fabrikam), ada)
    order = Order.objects.get(items__reservation=new)

    lines = for_ada.get(f"{HERE}/orders/{order.pk}").json["lineItems"]
    assert all("subscriptionId" not in each for each in lines)
    assert lines[1]["offerId"] == lines[1]["friendlyName"]
    assert for_ada.get(f"{HERE}/subscriptions?order_id={order.pk}").json["items"] == []
    assert "orderId" not in for_ada.get(f"{HERE}/subscriptions/{AZURE}").json


def test_an_order_that_is_not_there(for_ada: Caller, fabrikam: Customer) -> None:
    assert for_ada.get(f"{HERE}/orders/{NONE}/provisioningstatus").fault == (404, "20000")


# Subscriptions


def test_a_license_says_how_many_there_are_and_until_when(
    for_ada: Caller, fabrikam: Customer
) -> None:
    office = SubscriptionFactory.create(
        customer=fabrikam,
        product="license",
        offer_id="CFQ7TTC0LH18:0001:CFQ7TTC0K971",
        quantity=5,
        commitment_end_date=dt.date(2199, 1, 31),
    )
    answer = for_ada.get(f"{HERE}/subscriptions/{office.pk}/provisioningstatus")
    assert answer.json == {
        "skuId": "0001",
        "status": "success",
        "quantity": 5,
        "endDate": "2199-01-31T00:00:00Z",
        "attributes": {"objectType": "SubscriptionProvisioningStatus"},
    }


@pytest.mark.parametrize(
    ("details", "status"),
    [
        ({"status": "suspended"}, "success"),
        ({"status": "pending"}, "pending"),
        ({"status": "deleted"}, "none"),
        ({"auto_renew": False, "commitment_end_date": dt.date(2020, 1, 1)}, "none"),
    ],
    ids=["suspended", "pending", "deleted", "expired"],
)
def test_what_has_ended_is_not_provisioned(
    for_ada: Caller, fabrikam: Customer, details: dict[str, Any], status: str
) -> None:
    office = SubscriptionFactory.create(customer=fabrikam, product="license", **details)
    answer = for_ada.get(f"{HERE}/subscriptions/{office.pk}/provisioningstatus")
    assert answer.json["status"] == status


def test_a_subscription_that_is_not_there(for_ada: Caller, fabrikam: Customer) -> None:
    assert for_ada.get(f"{HERE}/subscriptions/{NONE}/provisioningstatus").fault == (404, "20003")


@pytest.mark.parametrize("noun", ["orders", "subscriptions"])
def test_an_application_by_itself_is_not_told(alone: Caller, fabrikam: Customer, noun: str) -> None:
    assert alone.get(f"{HERE}/{noun}/{NONE}/provisioningstatus").fault == (403, "900329")
