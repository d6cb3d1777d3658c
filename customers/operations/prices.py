"""What the partner asks for, and gives back: margins, single prices, refund terms, each from a day.

Source: “Give customers permission”, section *Help customers manage reservations they purchase*:
the customer's price is set by the partner.
"""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from activitylog.models import ActivityRecord
from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import (
    Customer,
    CustomerPrice,
    PriceAdjustment,
    RefundTerms,
    ReservationProduct,
)
from customers.models.product import Dated
from customers.money import plain, rounded
from customers.operations.locking import hold_log, locked_reseller_customer, no_relationship
from customers.pricing import begun, today
from partnercenter.authority import act
from partnercenter.operations import Refused

Row = TypeVar("Row", bound=Dated)
FURTHEST_YEARS = 5
FURTHEST = dt.timedelta(days=366 * FURTHEST_YEARS)
FIGURES = ("free_days", "fee_percent", "yearly_cap", "renewal_days")


def why_not_from(day: dt.date) -> Refused | None:
    """The rule of everything that is dated: nothing is set for a day that is over, nor for one so
    far away that it was hardly meant, such as the year 2206.
    """
    if day < today():
        return Refused(
            _("Nothing can be set for days that are over. Choose today (in UTC) or a later day."),
            code="past",
        )
    if day > today() + FURTHEST:
        return Refused(
            _("This day is more than %(years)s years away. Check the year.")
            % {"years": FURTHEST_YEARS},
            code="far",
        )
    return None


def why_no_own_price(customer: Customer, product: ReservationProduct) -> Refused | None:
    """Why the customer can have no price of his own for the product, or None if he can."""
    if not customer.is_reseller_customer:
        return no_relationship()
    if product.currency == customer.billing_profile.currency:
        return None
    return Refused(
        _("The customer is billed in another currency, so a price in this one would never hold."),
        code="currency",
    )


@act("customers.change_prices")
def set_price_adjustment(*, percent: Decimal, valid_from: dt.date, by: Actor) -> PriceAdjustment:
    """Sets the default margin (above zero) or discount (below) on Web Direct prices from a day on.

    Replaces what was set for the same day; does nothing where the same holds on it already.
    Returns what holds. Raises ValidationError for an impossible percentage and Refused (past).
    """
    wanted = PriceAdjustment(percent=percent, valid_from=valid_from)
    _check(wanted)
    hold_log()
    held = begun(PriceAdjustment.objects.all(), valid_from).first()
    if held and held.percent == wanted.percent:
        return held
    written = record(
        CustomerActivity.SET_PRICE_ADJUSTMENT,
        resource_type="price_adjustment",
        resource_id=valid_from.isoformat(),
        old=_adjustment_facts(held) if held else None,
        new=_adjustment_facts(wanted),
        by=by,
    )
    return _stored(wanted, held, written)


@act("customers.change_prices")
def set_customer_price(
    *,
    customer: Customer,
    product: ReservationProduct,
    amount: Decimal | None,
    valid_from: dt.date,
    by: Actor,
) -> CustomerPrice | None:
    """Sets what one customer pays for one instance from a day on; None: the default holds again.

    Replaces what was set for the same day; does nothing where the same holds on it already.
    Returns what holds, None if no price was ever set. Raises ValidationError for an amount that
    the product's currency does not have, and Refused (no_relationship, currency, past).
    """
    customer = locked_reseller_customer(customer)
    wanted = CustomerPrice(customer=customer, product=product, amount=amount, valid_from=valid_from)
    refusal = why_no_own_price(customer, product)
    if refusal:
        raise refusal
    _check(wanted, known={"customer", "product"})
    held = begun(CustomerPrice.objects.filter(customer=customer, product=product), valid_from)
    latest = held.select_related("product").first()
    if (latest.amount if latest else None) == wanted.amount:
        return latest
    written = record(
        CustomerActivity.SET_CUSTOMER_PRICE,
        resource_type="customer_price",
        resource_id=str(product.pk),
        customer=customer.affected,
        old=_price_facts(latest) if latest else None,
        new=_price_facts(wanted),
        by=by,
    )
    return _stored(wanted, latest, written)


@act("customers.add_refundterms")
def set_refund_terms(*, terms: RefundTerms, by: Actor) -> RefundTerms:
    """Sets what cancellations in one currency give back from a day on.

    `terms` are filled and unsaved. Replaces those of the same day; does nothing where the same
    hold on it already. Returns what holds. Raises ValidationError for impossible figures and
    Refused (past).
    """
    _check(terms)
    hold_log()
    held = begun(RefundTerms.objects.filter(currency=terms.currency), terms.valid_from).first()
    if held and all(getattr(held, name) == getattr(terms, name) for name in FIGURES):
        return held
    written = record(
        CustomerActivity.SET_REFUND_TERMS,
        resource_type="refund_terms",
        resource_id=terms.currency,
        old=_terms_facts(held) if held else None,
        new=_terms_facts(terms),
        by=by,
    )
    return _stored(terms, held, written)


def _check(wanted: Dated, known: Collection[str] = ()) -> None:
    """Raises ValidationError for what the fields cannot hold, but for those that are `known`."""
    wanted.clean_fields(exclude={"record_number", *known})
    wanted.clean()
    refusal = why_not_from(wanted.valid_from)
    if refusal:
        raise refusal


def _stored(wanted: Row, held: Row | None, written: ActivityRecord) -> Row:
    """What is wanted, with its record, in place of what began on the same day."""
    if held and held.valid_from == wanted.valid_from:
        wanted.pk = held.pk
    wanted.record_number = written.number
    wanted.save()
    return wanted


def _adjustment_facts(adjustment: PriceAdjustment) -> dict[str, Any]:
    return {
        "percent": plain(adjustment.percent),
        "valid_from": adjustment.valid_from.isoformat(),
    }


def _price_facts(price: CustomerPrice) -> dict[str, Any]:
    """The price as records keep it; without an amount where the default holds."""
    product, amount = price.product, price.amount
    return {
        "sku": product.sku,
        "region": product.region,
        "term": product.term,
        "currency": product.currency,
        "amount": None if amount is None else rounded(amount, product.currency).code,
        "valid_from": price.valid_from.isoformat(),
    }


def _terms_facts(terms: RefundTerms) -> dict[str, Any]:
    return {
        "currency": terms.currency,
        "free_days": terms.free_days,
        "fee_percent": plain(terms.fee_percent),
        "yearly_cap": rounded(terms.yearly_cap, terms.currency).code,
        "renewal_days": terms.renewal_days,
        "valid_from": terms.valid_from.isoformat(),
    }
