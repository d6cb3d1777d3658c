"""The catalogue of reserved instances: single products, and whole price lists."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from activitylog.models import ActivityRecord
from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import ReservationProduct, WebDirectPrice
from customers.money import rounded
from customers.operations.end_of_sale import store_end_of_sale
from customers.operations.locking import hold_log
from customers.operations.prices import why_not_from
from customers.operations.spellings import spelled_as_stored
from customers.price_list_plans import Plan, Step, kind_of, plan_of
from customers.price_lists import PriceList, checked_price
from partnercenter.authority import act
from partnercenter.operations import Refused

BATCH = 1000


@act("customers.add_reservationproduct")
def import_price_list(
    *,
    price_list: PriceList,
    valid_from: dt.date,
    missing_end_on: dt.date | None = None,
    by: Actor,
) -> Plan:
    """Takes the Web Direct prices of a list from a day on: all of them, or none.

    Products that the catalogue does not have are added; others get the list's type and billing.
    Those that the list does not name stay as they are, unless `missing_end_on` ends their sale;
    prices that begin later stay too. One record holds the counts and the list's SHA-256; each
    changed price is a WebDirectPrice, and each changed end of sale stands on its product, with this
    record's number, which is how a single change is recorded. A list that changes nothing is not
    recorded. Returns what was done. Raises Refused (errors, past, far).
    """
    refusal = why_no_import(price_list) or why_not_from(valid_from)
    if refusal:
        raise refusal
    hold_log()
    plan = plan_of(price_list, valid_from, missing_end_on)
    refusal = why_no_plan(plan)
    if refusal:
        raise refusal
    if plan.changes_anything:
        written = record(
            CustomerActivity.IMPORT_PRICE_LIST,
            resource_type="price_list",
            resource_id=price_list.sha256,
            new={
                "valid_from": valid_from.isoformat(),
                "missing_end_on": missing_end_on.isoformat() if missing_end_on else None,
                **plan.counts,
                **_rounded(price_list),
            },
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


def why_no_plan(plan: Plan) -> Refused | None:
    """Why a list of sound lines can't be imported: an end of sale that can't be set any more."""
    days = {step.line.product.end_of_sale for step in plan.steps if step.changes_end_of_sale}
    days |= {plan.missing_end_on} if plan.missing else set()
    for day in sorted(filter(None, days)):
        refusal = why_not_from(day)
        if refusal:
            sentence = _("End of sale %(day)s: %(sentence)s")
            return Refused(sentence % {"day": day, "sentence": refusal}, code=refusal.code)
    return None


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


def _store(plan: Plan, written: ActivityRecord) -> None:
    """New products first, since their prices refer to them."""
    new = [step.line.product for step in plan.steps if step.stored is None]
    spelled_as_stored(new)
    for product in new:
        product.make_searchable()
        product.end_of_sale_record = written.number if product.end_of_sale else None
    ReservationProduct.objects.bulk_create(new, batch_size=BATCH)
    _reclassify([step for step in plan.steps if step.changes_product])
    _end_sales(plan, written)
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


def _end_sales(plan: Plan, written: ActivityRecord) -> None:
    """Those that the list itself says, and those of products that it no longer names."""
    named: dict[dt.date | None, list[ReservationProduct]] = defaultdict(list)
    for step in plan.steps:
        if step.stored and step.changes_end_of_sale:
            named[step.line.product.end_of_sale].append(step.stored)
    for day, products in named.items():
        store_end_of_sale(products, day, written)
    store_end_of_sale(plan.missing, plan.missing_end_on, written)


def _reclassify(steps: list[Step]) -> None:
    """Gives stored products the type and the billing of the list, BATCH of each kind at a time."""

    def wanted(step: Step) -> tuple[str, str]:
        return kind_of(step.line.product)

    for (product_type, frequency), group in groupby(sorted(steps, key=wanted), key=wanted):
        keys = [step.stored.pk for step in group if step.stored]
        for start in range(0, len(keys), BATCH):
            ReservationProduct.objects.filter(pk__in=keys[start : start + BATCH]).update(
                product_type=product_type, billing_frequency=frequency
            )
