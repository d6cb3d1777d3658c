"""Products of the catalog that differ only in the spelling of SKU or region become one.

The oldest one stays, so that its spelling is the one that is shown. It becomes what it would have
been had the other lines of price lists named it: their prices are its prices, the later record
wins where two begin on the same day, and the last list says what type it is and how it is billed.
Reservations and orders of the others are its own. Each product that stays is a record of its own,
and so is each customer with prices for it, because what the customer is offered may change.
"""

from typing import Any

from django.db import migrations

from activitylog.recording import Affected
from activitylog.repairing import record_repair
from customers.migrations._keys import fill_keys, twins
from customers.money import rounded
from customers.pricing import begun, today

IDENTITY = ("sku_key", "region_key", "term", "currency")
ACTION = "merge_reserved_instances"


def merge(apps: Any, _schema_editor: Any) -> None:
    products = apps.get_model("customers", "ReservationProduct")
    fill_keys(products)
    for shared in twins(products, *IDENTITY):
        _merge(apps, list(products.objects.filter(**shared).order_by("pk")))


def _merge(apps: Any, products: list[Any]) -> None:
    kept, *others = products
    before = [_product_in_words(product) for product in products]
    newest = max(products, key=_last_listed)
    kept.product_type, kept.billing_frequency = newest.product_type, newest.billing_frequency
    dropped = _take_prices(_of(apps, "WebDirectPrice", products), kept)
    _take_own_prices(apps, products)
    moved = {
        name: _of(apps, model, others).update(product=kept)
        for name, model in (("reservations", "Reservation"), ("order_items", "OrderItem"))
    }
    for other in others:
        other.delete()
    kept.save()
    record_repair(
        apps,
        ACTION,
        resource_type="reserved_instance",
        resource_id=str(kept.pk),
        customer=Affected(),
        old={"products": before},
        new={
            "products": [_product_in_words(kept)],
            "product_type": kept.product_type,
            "billing_frequency": kept.billing_frequency,
            "replaced_prices": [_price_in_words(price, kept.currency) for price in dropped],
            **moved,
        },
    )


def _take_own_prices(apps: Any, products: list[Any]) -> None:
    """Customers' own prices, with a record in the activity of each customer who has any."""
    kept = products[0]
    prices = _of(apps, "CustomerPrice", products)
    customers = apps.get_model("customers", "Customer").objects
    for customer in customers.filter(pk__in=prices.values("customer")).order_by("pk"):
        own = prices.filter(customer=customer)
        before = _own_in_words(own)
        _take_prices(own, kept)
        record_repair(
            apps,
            ACTION,
            resource_type="customer_price",
            resource_id=str(kept.pk),
            customer=Affected(str(customer.pk), customer.company_name),
            old={"prices": before},
            new={"prices": _own_in_words(kept.customer_prices.filter(customer=customer))},
        )


def _of(apps: Any, model: str, products: list[Any]) -> Any:
    return apps.get_model("customers", model).objects.filter(product__in=products)


def _take_prices(prices: Any, kept: Any) -> list[Any]:
    """Gives the prices to the product that stays; returns those that another of their day replaces.

    They go in the order of their records, as lists and agents set them.
    """
    last: dict[Any, Any] = {}
    dropped = []
    for price in prices.order_by("record_number", "pk"):
        earlier = last.pop(price.valid_from, None)
        if earlier is not None:
            dropped.append(earlier)
        last[price.valid_from] = price
    for price in dropped:
        price.delete()
    prices.model.objects.filter(pk__in=[price.pk for price in last.values()]).update(product=kept)
    return dropped


def _last_listed(product: Any) -> tuple[int, int]:
    """The record of the last price list that named the product."""
    numbers = product.web_direct_prices.values_list("record_number", flat=True)
    return max(numbers, default=-1), product.pk


def _product_in_words(product: Any) -> str:
    price = begun(product.web_direct_prices.all(), today()).first()
    amount = _amount(price, product.currency) if price else "no price"
    return f"{product.pk}: {product.sku}, {product.region}, {product.term}, {amount}"


def _own_in_words(prices: Any) -> list[str]:
    rows = prices.select_related("product").order_by("record_number", "pk")
    return [
        f"{price.product.sku}, {price.product.region}: "
        f"{_price_in_words(price, price.product.currency)}"
        for price in rows
    ]


def _price_in_words(price: Any, currency: str) -> str:
    return f"{_amount(price, currency)} from {price.valid_from}, record {price.record_number}"


def _amount(price: Any, currency: str) -> str:
    if price.amount is None:
        return "default price"
    return f"{rounded(price.amount, currency).code} {currency}"


class Migration(migrations.Migration):
    dependencies = [
        ("activitylog", "0005_applications"),
        ("customers", "0009_spellings"),
    ]

    operations = [
        # On the way back the merged products stay merged: earlier versions take them as they are.
        migrations.RunPython(merge, migrations.RunPython.noop),
    ]
