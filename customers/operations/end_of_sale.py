"""Taking a product off sale, and putting it back. It is kept, with its prices and reservations.

From its end of sale on nothing of it is bought, renewed or exchanged for (purchase_rules.py), in
the dashboard, in the portal and through the API; what was bought before runs to its end.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from activitylog.models import ActivityRecord
from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import ReservationProduct
from customers.operations.locking import hold_log
from customers.operations.prices import why_not_from
from partnercenter.authority import act

BATCH = 1000


@act("customers.change_prices")
def set_end_of_sale(
    *, product: ReservationProduct, day: dt.date | None, by: Actor
) -> ReservationProduct:
    """Ends the sale of a product on a day (UTC), the first on which it isn't offered; None: never.

    Does nothing where that is so already. Returns the product as it is stored. Raises Refused
    (past, far).
    """
    hold_log()
    product = ReservationProduct.objects.get(pk=product.pk)
    if product.end_of_sale == day:
        return product
    refusal = why_not_from(day) if day else None
    if refusal:
        raise refusal
    written = record(
        CustomerActivity.SET_END_OF_SALE,
        resource_type="reserved_instance",
        resource_id=str(product.pk),
        old=_facts(product, product.end_of_sale),
        new=_facts(product, day),
        by=by,
    )
    store_end_of_sale([product], day, written)
    product.refresh_from_db()
    return product


def store_end_of_sale(
    products: Sequence[ReservationProduct], day: dt.date | None, written: ActivityRecord
) -> None:
    """Stores one day for many, as the record says, BATCH at a time."""
    keys = [product.pk for product in products]
    for start in range(0, len(keys), BATCH):
        ReservationProduct.objects.filter(pk__in=keys[start : start + BATCH]).update(
            end_of_sale=day, end_of_sale_record=written.number
        )


def _facts(product: ReservationProduct, day: dt.date | None) -> dict[str, Any]:
    return {
        "sku": product.sku,
        "region": product.region,
        "term": product.term,
        "currency": product.currency,
        "end_of_sale": day.isoformat() if day else None,
    }
