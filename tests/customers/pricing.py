"""Prices as agents set them, and price lists as they import them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from activitylog.recording import Actor
from customers.models import Customer, CustomerPrice, RefundTerms, ReservationProduct
from customers.operations.catalogue import import_price_list
from customers.operations.prices import (
    set_customer_price,
    set_price_adjustment,
    set_refund_terms,
)
from customers.price_list_plans import Plan
from customers.price_lists import COLUMNS, read_price_list
from customers.pricing import today

DAY = dt.timedelta(days=1)
HEADINGS = ",".join(COLUMNS)
D2S = "VirtualMachines,Standard_D2s_v5,westeurope,P1Y,either,USD"


def line(price: str, product: str = D2S) -> str:
    return f"{product},{price}"


def text(*lines: str) -> str:
    """A price list with these lines below its headings."""
    return "\n".join([HEADINGS, *lines]) + "\n"


def imported(by: Actor, *lines: str, valid_from: dt.date | None = None) -> Plan:
    return import_price_list(
        price_list=read_price_list(text(*lines)), valid_from=valid_from or today(), by=by
    )


def set_own_price(
    product: ReservationProduct,
    customer: Customer,
    by: Actor,
    amount: str | None,
    valid_from: dt.date | None = None,
) -> CustomerPrice | None:
    return set_customer_price(
        customer=customer,
        product=product,
        amount=None if amount is None else Decimal(amount),
        valid_from=valid_from or today(),
        by=by,
    )


def terms(**details: Any) -> RefundTerms:
    """Filled and not stored yet: in USD, from today on."""
    figures = {"free_days": 5, "fee_percent": Decimal(12), "renewal_days": 30}
    return RefundTerms(
        **{
            "currency": "USD",
            "valid_from": today(),
            "yearly_cap": Decimal("50000.00"),
            **figures,
            **details,
        }
    )


def set_prices(product: ReservationProduct, customer: Customer, by: Actor) -> None:
    """One of everything that can be set."""
    set_price_adjustment(percent=Decimal(5), valid_from=today(), by=by)
    set_own_price(product, customer, by, "480.00")
    set_refund_terms(terms=terms(), by=by)
