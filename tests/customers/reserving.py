"""Reservations at chosen moments, the terms under which they are refunded, and what is on show."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.test import override_settings

from activitylog import clock
from activitylog.recording import Actor
from customers.models import (
    Customer,
    CustomerPrice,
    Refund,
    RefundTerms,
    Reservation,
    ReservationProduct,
)
from customers.money import Money
from customers.operations.cancellations import cancel_reservation, reviewed
from customers.operations.exchanges import exchange_of, exchange_reservation
from customers.operations.purchase_rules import Purchase
from customers.operations.renewals import renew_reservation
from customers.pricing import price_of, today
from tests.customers.buying import bought

NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2020, 1, 1)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """What happens inside happens at that moment."""
    with override_settings(DEMONSTRATION=True), clock.pretending(moment):
        yield


def after(days: float) -> Any:
    """So many days after the New Year on which reservations are bought here."""
    return at(NEW_YEAR + DAY * days)


def bought_at(
    moment: dt.datetime, product: ReservationProduct, customer: Customer, by: Actor, **choices: Any
) -> Reservation:
    with at(moment):
        return bought(product, customer, by, **choices)


def bought_on_new_year(
    product: ReservationProduct, customer: Customer, by: Actor, **choices: Any
) -> Reservation:
    """Two for a year, for 1000.00 USD, so that each tenth of the year costs 100.00."""
    return bought_at(NEW_YEAR, product, customer, by, **choices)


def refund_terms(**details: Any) -> RefundTerms:
    """Five days without a fee, then 10 %; 50,000.00 USD in twelve months; renewal in 30 days."""
    return RefundTerms.objects.create(
        **{
            "currency": "USD",
            "valid_from": LONG_AGO,
            "free_days": 5,
            "fee_percent": Decimal(10),
            "yearly_cap": Decimal(50_000),
            "renewal_days": 30,
            "record_number": 0,
            **details,
        }
    )


def customers_price(
    customer: Customer, product: ReservationProduct, amount: str | None, day: dt.date = LONG_AGO
) -> CustomerPrice:
    return CustomerPrice.objects.create(
        customer=customer,
        product=product,
        amount=None if amount is None else Decimal(amount),
        valid_from=day,
        record_number=0,
    )


def cancel(reservation: Reservation, by: Actor) -> Refund:
    """As somebody does who has just reviewed it."""
    expected = reviewed(reservation).refund
    return cancel_reservation(reservation=reservation, expected_refund=expected, by=by)


def exchange(reservation: Reservation, purchase: Purchase, by: Actor) -> Reservation:
    expected = exchange_of(reservation, purchase).credit
    return exchange_reservation(
        reservation=reservation, purchase=purchase, expected_credit=expected, by=by
    )


def renew(reservation: Reservation, by: Actor) -> Reservation:
    price = price_of(reservation.product, reservation.customer, today())
    assert price
    return renew_reservation(reservation=reservation, expected_price=price.unit, by=by)
