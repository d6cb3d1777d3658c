"""The migration that makes one of what was stored in several spellings, and its way back."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from activitylog.models import ActivityRecord
from activitylog.verification import findings
from customers.models import (
    Customer,
    CustomerPrice,
    OrderItem,
    Reservation,
    ReservationProduct,
    UsageRecord,
    WebDirectPrice,
)
from customers.pricing import price_of, today
from partnercenter.agents.models import Agent
from tests.customers.buying import bought
from tests.factories import CustomerFactory, ReservationProductFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = [("customers", "0008_portal_session_epoch")]
YESTERDAY = today() - dt.timedelta(days=1)


def migrated(targets: list[tuple[str, str]]) -> Any:
    """The models as they are after migrating there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def updated() -> None:
    """As the command `migrate` does."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.fixture
def earlier() -> Iterator[Any]:
    """The models of before, in a database of before; whatever happens, it is led to the newest."""
    try:
        yield migrated(BEFORE)
    finally:
        updated()


def twin_of(earlier: Any, product: ReservationProduct, **facts: Any) -> Any:
    """Another product of before, in another spelling, at a price of its own."""
    return earlier.get_model("customers", "ReservationProduct").objects.create(
        **{
            "sku": product.sku.lower(),
            "region": product.region.upper(),
            "term": product.term,
            "currency": product.currency,
            "search": "",
            **facts,
        }
    )


def priced(model: Any, product_id: int, amount: str, day: dt.date, number: int, **more: Any) -> Any:
    return model.objects.create(
        product_id=product_id,
        amount=Decimal(amount),
        valid_from=day,
        record_number=number,
        **more,
    )


@pytest.fixture
def sold(ada: Agent, fabrikam: Customer) -> tuple[ReservationProduct, Reservation]:
    """A product in the catalog, and a reservation of it."""
    product = ReservationProductFactory.create(sku="Standard_D2s_v5", region="westeurope")
    return product, bought(product, fabrikam, ada)


def test_reservations_and_orders_of_a_twin_are_those_of_the_oldest(
    sold: tuple[ReservationProduct, Reservation], earlier: Any
) -> None:
    product, held = sold
    twin = twin_of(earlier, product)
    earlier.get_model("customers", "Reservation").objects.update(product_id=twin.pk)
    earlier.get_model("customers", "OrderItem").objects.update(product_id=twin.pk)
    updated()

    assert [(each.pk, each.sku) for each in ReservationProduct.objects.all()] == [
        (product.pk, "Standard_D2s_v5")
    ]
    assert Reservation.objects.get().product == OrderItem.objects.get().product == product
    assert Reservation.objects.get() == held


def test_the_price_that_was_recorded_last_holds(
    sold: tuple[ReservationProduct, Reservation], fabrikam: Customer, earlier: Any
) -> None:
    product, _held = sold
    twin = twin_of(earlier, product, product_type="SqlDatabases", billing_frequency="monthly")
    prices = earlier.get_model("customers", "WebDirectPrice")
    priced(prices, product.pk, "510", YESTERDAY, 5)
    priced(prices, twin.pk, "480", YESTERDAY, 7)
    updated()

    product.refresh_from_db()
    price = price_of(product, fabrikam, today())
    assert str(price and price.unit) == "480.00 USD"
    assert (product.product_type, product.billing_frequency) == ("SqlDatabases", "monthly")
    assert WebDirectPrice.objects.count() == 2  # the one of 2020, and the one of yesterday


def test_a_customers_own_price_of_a_twin_holds_for_the_product(
    sold: tuple[ReservationProduct, Reservation], fabrikam: Customer, earlier: Any
) -> None:
    product, _held = sold
    twin = twin_of(earlier, product)
    own = earlier.get_model("customers", "CustomerPrice")
    priced(own, product.pk, "470", YESTERDAY, 5, customer_id=fabrikam.pk)
    priced(own, twin.pk, "450", YESTERDAY, 7, customer_id=fabrikam.pk)
    updated()

    price = price_of(product, fabrikam, today())
    assert str(price and price.unit) == "450.00 USD"
    assert CustomerPrice.objects.count() == 1
    record = ActivityRecord.objects.get(resource_type="customer_price")
    assert (record.action, record.customer_name) == ("merge_reserved_instances", "Fabrikam")
    assert record.old == {
        "prices": [
            f"Standard_D2s_v5, westeurope: 470.00 USD from {YESTERDAY}, record 5",
            f"standard_d2s_v5, WESTEUROPE: 450.00 USD from {YESTERDAY}, record 7",
        ]
    }
    assert record.new == {
        "prices": [f"Standard_D2s_v5, westeurope: 450.00 USD from {YESTERDAY}, record 7"]
    }


def test_each_merge_is_a_record_and_the_log_is_sound(
    sold: tuple[ReservationProduct, Reservation], earlier: Any
) -> None:
    product, _held = sold
    twin = twin_of(earlier, product)
    priced(earlier.get_model("customers", "WebDirectPrice"), twin.pk, "480", YESTERDAY, 7)
    updated()

    record = ActivityRecord.objects.latest("number")
    assert (record.action, record.actor_name) == ("merge_reserved_instances", "system")
    assert record.old == {
        "products": [
            f"{product.pk}: Standard_D2s_v5, westeurope, P1Y, 500.00 USD",
            f"{twin.pk}: standard_d2s_v5, WESTEUROPE, P1Y, 480.00 USD",
        ]
    }
    assert record.new == {
        "products": [f"{product.pk}: Standard_D2s_v5, westeurope, P1Y, 480.00 USD"],
        "product_type": "VirtualMachines",
        "billing_frequency": "either",
        "replaced_prices": [],
        "reservations": 0,
        "order_items": 0,
    }
    assert list(findings()) == []


def test_products_of_another_term_or_currency_stay_apart(
    sold: tuple[ReservationProduct, Reservation], earlier: Any
) -> None:
    twin_of(earlier, sold[0], term="P3Y")
    twin_of(earlier, sold[0], currency="EUR")
    records = ActivityRecord.objects.count()
    updated()
    assert (ReservationProduct.objects.count(), ActivityRecord.objects.count()) == (3, records)


def test_of_the_usage_of_a_day_in_two_spellings_the_greater_number_stays(earlier: Any) -> None:
    customer = CustomerFactory.create(company_name="Northwind Traders")
    azure = SubscriptionFactory.create(customer=customer)
    usage = earlier.get_model("customers", "UsageRecord").objects
    for sku, region, day, number in (
        ("D2s", "eastus", 1, "20"),
        ("d2S", "EastUS", 1, "24"),
        ("D2s", "eastus", 2, "24"),
        ("d2s", "eastus", 2, "24"),
        ("D4s", "eastus", 1, "5"),
    ):
        usage.create(
            subscription_id=azure.pk,
            sku=sku,
            region=region,
            day=dt.date(2026, 2, day),
            hours=Decimal(number),
        )
    updated()

    stored = UsageRecord.objects.order_by("sku_key", "day")
    assert [(row.sku, row.day.day, row.hours) for row in stored] == [
        ("d2S", 1, Decimal(24)),
        ("D2s", 2, Decimal(24)),
        ("D4s", 1, Decimal(5)),
    ]
    record = ActivityRecord.objects.get()
    assert (record.action, record.customer_name) == ("merge_usage", "Northwind Traders")
    assert record.old == {
        "2026-02-01": ["D2s, eastus: 20", "d2S, EastUS: 24"],
        "2026-02-02": ["D2s, eastus: 24", "d2s, eastus: 24"],
    }
    assert record.new == {"2026-02-01": "d2S, EastUS: 24", "2026-02-02": "D2s, eastus: 24"}
    assert list(findings()) == []


def test_the_way_back_and_forth_again_changes_and_records_nothing_more(
    sold: tuple[ReservationProduct, Reservation], earlier: Any
) -> None:
    twin_of(earlier, sold[0])
    updated()
    records = ActivityRecord.objects.count()
    migrated(BEFORE)
    updated()

    assert ReservationProduct.objects.get().sku_key == "standard_d2s_v5"
    assert ActivityRecord.objects.count() == records
