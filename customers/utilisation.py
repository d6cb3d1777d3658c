"""Whether a reservation covered anything."""

import datetime as dt

from customers.models import Reservation, UsageRecord


def was_used(reservation: Reservation) -> bool:
    """Whether matching instances ran on any day (UTC) since the reservation began."""
    usage = UsageRecord.objects.filter(
        subscription__customer=reservation.customer_id,
        sku=reservation.product.sku,
        region=reservation.product.region,
        day__gte=reservation.starts_at.astimezone(dt.UTC).date(),
        hours__gt=0,
    )
    if not reservation.is_shared:
        usage = usage.filter(subscription=reservation.subscription_id)
    return usage.exists()
