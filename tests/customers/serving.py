"""Reservations that have served for some time, and usage that they cover."""

import datetime as dt
from decimal import Decimal
from typing import Any

from customers.models import Reservation, Subscription, UsageRecord
from customers.pricing import today

ONE_DAY = dt.timedelta(days=1)


def moved(reservation: Reservation, days: int) -> Reservation:
    """The same reservation as if it had begun so many days later, or earlier where negative."""
    reservation.starts_at += days * ONE_DAY
    reservation.ends_at += days * ONE_DAY
    reservation.term_ends_at += days * ONE_DAY
    reservation.save()
    return reservation


def ran(subscription: Subscription, hours: str, *, days_ago: int = 1, **details: Any) -> None:
    """So many hours of a Standard_D2s_v5 in westeurope on one day."""
    defaults = {"sku": "Standard_D2s_v5", "region": "westeurope"}
    UsageRecord.objects.create(
        subscription=subscription,
        day=today() - days_ago * ONE_DAY,
        hours=Decimal(hours),
        **{**defaults, **details},
    )
