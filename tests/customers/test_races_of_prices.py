"""Agents who set prices at the same time: one after the other, and both are in the log."""

from decimal import Decimal
from itertools import pairwise

from django.core.management import call_command

from customers.api.offers import reservation_offer_id
from customers.models import PriceAdjustment, ReservationProduct, Subscription, WebDirectPrice
from customers.operations.catalogue import add_product
from customers.operations.prices import set_price_adjustment
from customers.pricing import today
from partnercenter.agents.models import Agent
from tests.customers.pricing import imported, line
from tests.customers.racing import (
    THREADS,
    assert_the_log_is_one_story,
    at_once,
    errors,
    log,
    on_postgresql,
)
from tests.factories import ReservationProductFactory
from tests.partnercenter.api.calling import calling_for

pytestmark = on_postgresql


def test_margins_for_the_same_day_replace_one_another(ada: Agent) -> None:
    outcomes = at_once(
        [
            lambda percent=percent: set_price_adjustment(  # type: ignore[misc]
                percent=Decimal(percent), valid_from=today(), by=ada
            )
            for percent in range(1, THREADS + 1)
        ]
    )

    assert errors(outcomes) == []
    assert len(log()) == THREADS
    assert all(one.new == following.old for one, following in pairwise(log()))
    assert (log()[-1].new or {})["percent"] == str(int(PriceAdjustment.objects.get().percent))
    assert_the_log_is_one_story()


def test_the_same_list_imported_at_once_is_imported_once(ada: Agent) -> None:
    outcomes = at_once([lambda: imported(ada, line("500.00"))] * THREADS)

    assert errors(outcomes) == []
    assert len(log()) == WebDirectPrice.objects.count() == 1


def test_a_product_added_at_once_is_added_once(ada: Agent) -> None:
    def add() -> ReservationProduct:
        product = ReservationProduct(sku="D2", region="west", term="P1Y", currency="USD")
        return add_product(product=product, amount=Decimal(1), valid_from=today(), by=ada)

    outcomes = at_once([add] * THREADS)

    assert {type(error).__name__ for error in errors(outcomes)} == {"ValidationError"}
    assert len(log()) == ReservationProduct.objects.count() == 1


def test_an_order_of_a_program_is_placed_at_the_price_in_force(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    call_command("createcachetable", verbosity=0)
    product = ReservationProductFactory.create(price="500.00")
    caller = calling_for(ada)
    body = {
        "lineItems": [
            {
                "offerId": reservation_offer_id(product),
                "termDuration": product.term,
                "quantity": 1,
                "provisioningContext": {"subscriptionId": str(fabrikam_azure.pk)},
            }
        ]
    }

    def orders() -> list[int]:
        path = f"/v1/customers/{fabrikam_azure.customer_id}/orders"
        return [caller.post(path, body).status for _ in range(10)]

    def changes() -> None:
        for percent in range(40):
            set_price_adjustment(percent=Decimal(percent), valid_from=today(), by=ada)

    *ordered, _changed = at_once([orders, orders, orders, changes])

    assert ordered == [[201] * 10] * 3
    assert_each_order_was_at_the_price_in_force()


def assert_each_order_was_at_the_price_in_force() -> None:
    """By the order of the log: 500.00 with the margin of the record before."""
    price = Decimal("500.00")
    for record in log():
        new = record.new or {}
        if record.action == "create_order":
            assert Decimal(new["unit_price"]) == price
        elif record.action == "set_price_adjustment":
            price = Decimal(5) * (100 + Decimal(new["percent"]))
