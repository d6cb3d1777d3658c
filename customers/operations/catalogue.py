"""The catalogue of reserved instances: single products, and whole price lists."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from activitylog.models import ActivityRecord
from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import ReservationProduct, WebDirectPrice
from customers.money import Money, rounded
from customers.operations.locking import hold_log
from customers.operations.prices import why_not_from
from customers.operations.spellings import spelled_as_stored
from customers.price_lists import Key, Line, PriceList, checked_price, key_of
from customers.pricing import with_prices
from partnercenter.authority import act
from partnercenter.operations import Refused

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Step:
    """What an import does with a line that changes something.

    `stored` is the product as the catalogue has it, None for a new one; `old` is the price that
    would hold on the day without the import.
    """

    line: Line
    stored: ReservationProduct | None
    old: Money | None

    @property
    def product(self) -> ReservationProduct:
        """The product, in the spelling of the catalogue where it is in there."""
        return self.stored or self.line.product

    @property
    def changes_price(self) -> bool:
        return self.old != self.line.price

    @property
    def changes_product(self) -> bool:
        """Whether the product is sold as another type, or billed in another way."""
        return self.stored is not None and _kind(self.stored) != _kind(self.line.product)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import would do, in the order of the list."""

    price_list: PriceList
    valid_from: dt.date
    steps: list[Step]

    @property
    def counts(self) -> dict[str, int]:
        """How many lines bring what; a line may change both the product and its price."""
        counted = Counter(name for step in self.steps for name in _effects(step))
        return {
            "new_products": counted["new_products"],
            "changed_prices": counted["changed_prices"],
            "changed_products": counted["changed_products"],
            "unchanged": len(self.price_list.lines) - len(self.steps),
        }


def plan_of(price_list: PriceList, valid_from: dt.date) -> Plan:
    """What importing the list from the day on would do now. The list has no errors."""
    stored = _catalogue({line.product.currency for line in price_list.lines}, valid_from)
    steps = (_step(line, stored.get(key_of(line.product))) for line in price_list.lines)
    changing = [step for step in steps if step.changes_price or step.changes_product]
    return Plan(price_list, valid_from, changing)


@act("customers.add_reservationproduct")
def import_price_list(*, price_list: PriceList, valid_from: dt.date, by: Actor) -> Plan:
    """Takes the Web Direct prices of a list from a day on: all of them, or none.

    Products that the catalogue does not have are added; others get the list's type and billing.
    Those that the list does not name stay as they are, and so do prices that begin later. One
    record holds the counts and the list's SHA-256; each changed price is a WebDirectPrice that
    bears this record's number, which is how the change of a single price is recorded. A list that
    changes nothing is not recorded. Returns what was done. Raises Refused (errors, past).
    """
    refusal = why_no_import(price_list) or why_not_from(valid_from)
    if refusal:
        raise refusal
    hold_log()
    plan = plan_of(price_list, valid_from)
    if plan.steps:
        written = record(
            CustomerActivity.IMPORT_PRICE_LIST,
            resource_type="price_list",
            resource_id=price_list.sha256,
            new={"valid_from": valid_from.isoformat(), **plan.counts, **_rounded(price_list)},
            by=by,
        )
        _store(plan, written)
    return plan


def _rounded(price_list: PriceList) -> dict[str, int]:
    """How many prices of the list were rounded, where any was."""
    number = sum(bool(line.written) for line in price_list.lines)
    return {"rounded": number} if number else {}


def why_no_import(price_list: PriceList) -> Refused | None:
    """The rule “all or nothing”: why nothing of the list is imported, or None if all of it is."""
    if not price_list.errors:
        return None
    return Refused(
        _("The price list has errors, so nothing was imported. Correct them and try again."),
        code="errors",
    )


@act("customers.add_reservationproduct")
def add_product(
    *, product: ReservationProduct, amount: Decimal, valid_from: dt.date, by: Actor
) -> ReservationProduct:
    """Adds one reserved instance, filled and unsaved, with its first Web Direct price.

    Raises ValidationError for codes that are not known, an amount that the currency does not have
    and a product that is in the catalogue already, and Refused (past).
    """
    price = checked_price(product, amount)
    refusal = why_not_from(valid_from)
    if refusal:
        raise refusal
    hold_log()
    product.validate_constraints(exclude={"search"})
    spelled_as_stored([product])
    product.save(force_insert=True)
    written = record(
        CustomerActivity.ADD_RESERVED_INSTANCE,
        resource_type="reserved_instance",
        resource_id=str(product.pk),
        new=_product_facts(product, price, valid_from),
        by=by,
    )
    price.product, price.valid_from, price.record_number = product, valid_from, written.number
    price.save(force_insert=True)
    return product


def _product_facts(
    product: ReservationProduct, price: WebDirectPrice, valid_from: dt.date
) -> dict[str, Any]:
    return {
        "product_type": product.product_type,
        "sku": product.sku,
        "region": product.region,
        "term": product.term,
        "billing_frequency": product.billing_frequency,
        "currency": product.currency,
        "web_direct_price": rounded(price.amount, product.currency).code,
        "valid_from": valid_from.isoformat(),
    }


def _catalogue(currencies: Iterable[str], day: dt.date) -> dict[Key, ReservationProduct]:
    """The stored products in these currencies, with the prices that hold on the day."""
    products = ReservationProduct.objects.filter(currency__in=currencies)
    return {key_of(product): product for product in with_prices(products, None, day)}


def _step(line: Line, stored: ReservationProduct | None) -> Step:
    amount: Decimal | None = getattr(stored, "web_direct", None)
    return Step(line, stored, None if amount is None else rounded(amount, line.price.currency))


def _kind(product: ReservationProduct) -> tuple[str, str]:
    return product.product_type, product.billing_frequency


def _effects(step: Step) -> Iterator[str]:
    if step.stored is None:
        yield "new_products"
    elif step.changes_price:
        yield "changed_prices"
    if step.changes_product:
        yield "changed_products"


def _store(plan: Plan, written: ActivityRecord) -> None:
    """New products first, since their prices refer to them."""
    new = [step.line.product for step in plan.steps if step.stored is None]
    spelled_as_stored(new)
    for product in new:
        product.make_searchable()
    ReservationProduct.objects.bulk_create(new, batch_size=BATCH)
    _reclassify([step for step in plan.steps if step.changes_product])
    WebDirectPrice.objects.bulk_create(
        [
            WebDirectPrice(
                product=step.product,
                amount=step.line.price.amount,
                valid_from=plan.valid_from,
                record_number=written.number,
            )
            for step in plan.steps
            if step.changes_price
        ],
        batch_size=BATCH,
        update_conflicts=True,  # of the same day
        unique_fields=["product", "valid_from"],
        update_fields=["amount", "record_number"],
    )


def _reclassify(steps: list[Step]) -> None:
    """Gives stored products the type and the billing of the list, BATCH of each kind at a time."""

    def wanted(step: Step) -> tuple[str, str]:
        return _kind(step.line.product)

    for (product_type, frequency), group in groupby(sorted(steps, key=wanted), key=wanted):
        keys = [step.stored.pk for step in group if step.stored]
        for start in range(0, len(keys), BATCH):
            ReservationProduct.objects.filter(pk__in=keys[start : start + BATCH]).update(
                product_type=product_type, billing_frequency=frequency
            )
