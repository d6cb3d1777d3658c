"""Which usage a reservation covers, and how well it is used.

Source: “Give customers permission”, section *Help customers manage reservations they purchase*: a
shared scope applies to matching usage of all subscriptions that the partner bought for the
customer; a single one to its own subscription (partner-center facts, section 7, *Scope*).

Only usage of the product's SKU in its region matches, in whatever spelling (customers/codes.py).
Instance size flexibility is not modelled. Usage is known by the day, so it is matched by the day.
Hours are `timedelta`s, whole microseconds, of which sums and shares are exact. Each day is matched
by the scopes that it ended with.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from activitylog import clock
from customers.codes import identity
from customers.models import Reservation, Scope, UsageRecord

ONE_DAY = dt.timedelta(days=1)
NO_TIME = dt.timedelta(0)
MICROSECOND = dt.timedelta(microseconds=1)
MICROSECONDS_AN_HOUR = 3_600_000_000

Open = dict[UUID, dt.timedelta]


@dataclass(frozen=True, slots=True)
class Usage:
    """What instances of one SKU ran in one region on one day, on one subscription."""

    subscription_id: UUID
    sku_key: str
    region_key: str
    day: dt.date
    hours: dt.timedelta


@dataclass(frozen=True, slots=True)
class Benefit:
    """Hours of one subscription's usage that one reservation covered on one day."""

    reservation_id: UUID
    subscription_id: UUID
    day: dt.date
    hours: dt.timedelta


@dataclass(frozen=True, slots=True)
class Day:
    """What a reservation had to give on one day, and what of it was used."""

    day: dt.date
    available: dt.timedelta
    used: dt.timedelta

    @property
    def percent(self) -> Decimal:
        return percentage(self.used, self.available)


@dataclass(frozen=True, slots=True)
class Utilisation:
    """A reservation in some days: those on which it served, and which subscriptions it served."""

    days: list[Day]
    by_subscription: dict[UUID, dt.timedelta]

    @property
    def available(self) -> dt.timedelta:
        return sum((day.available for day in self.days), NO_TIME)

    @property
    def used(self) -> dt.timedelta:
        return sum((day.used for day in self.days), NO_TIME)

    @property
    def percent(self) -> Decimal | None:
        """How much of its hours was used, or None where it did not serve."""
        return percentage(self.used, self.available) if self.days else None


def utilisation_of(
    reservations: Sequence[Reservation], first: dt.date, last: dt.date
) -> dict[UUID, Utilisation]:
    """These reservations of one customer between the days (UTC, both included), in two queries.

    They were read with their products. Others of the customer's take their share of the usage.
    """
    return utilisations(reservations, _benefits(reservations, first, last), first, last)


def was_used(reservation: Reservation) -> bool:
    """Whether it covered any hour of usage between its start and now.

    Other reservations take their share first, as they do wherever usage is matched.
    """
    benefits = _benefits([reservation], _day(reservation.starts_at), _day(clock.now()))
    return any(benefit.reservation_id == reservation.pk for benefit in benefits)


def utilisations(
    reservations: Iterable[Reservation],
    benefits: Iterable[Benefit],
    first: dt.date,
    last: dt.date,
) -> dict[UUID, Utilisation]:
    """The same from the benefits of these days, which may be those of others too."""
    used: dict[tuple[UUID, dt.date], dt.timedelta] = defaultdict(dt.timedelta)
    whose: dict[UUID, dict[UUID, dt.timedelta]] = defaultdict(lambda: defaultdict(dt.timedelta))
    for benefit in benefits:
        used[benefit.reservation_id, benefit.day] += benefit.hours
        whose[benefit.reservation_id][benefit.subscription_id] += benefit.hours
    return {
        reservation.pk: Utilisation(
            days=[
                Day(day, available, used[reservation.pk, day])
                for day, available in _days_of(reservation, first, last)
            ],
            by_subscription=dict(whose[reservation.pk]),
        )
        for reservation in reservations
    }


def matched(reservations: Iterable[Reservation], usage: Iterable[Usage]) -> Iterator[Benefit]:
    """One customer's usage, each hour covered at most once, and as much of it as can be.

    Those with a single subscription take first, since they can take nowhere else; within a scope
    the older one does. A shared one begins with the subscription that it is billed to.
    """
    takers: dict[tuple[str, str], list[Reservation]] = defaultdict(list)
    for reservation in reservations:
        product = reservation.product
        takers[identity(product.sku), identity(product.region)].append(reservation)
    uncovered: dict[tuple[str, str, dt.date], Open] = defaultdict(lambda: defaultdict(dt.timedelta))
    for each in usage:
        uncovered[each.sku_key, each.region_key, each.day][each.subscription_id] += each.hours
    for (sku_key, region_key, day), open_ in uncovered.items():
        for reservation in sorted(takers[sku_key, region_key], key=partial(_turn, day=day)):
            yield from _taken(reservation, day, open_)


def served(reservation: Reservation, day: dt.date) -> dt.timedelta:
    """The hours that a reservation has on a day (UTC): its first and its last day count in part."""
    midnight = dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)
    time = min(reservation.ends_at, midnight + ONE_DAY) - max(reservation.starts_at, midnight)
    return reservation.quantity * max(time, NO_TIME)


def hours(number: Decimal) -> dt.timedelta:
    """A number of hours, of at most three places, as time."""
    return int(number * MICROSECONDS_AN_HOUR) * MICROSECOND


def number_of_hours(time: dt.timedelta) -> Decimal:
    """The time in hours, to the nearest tenth."""
    tenths, rest = divmod(time // MICROSECOND * 10, MICROSECONDS_AN_HOUR)
    return Decimal(tenths + (2 * rest >= MICROSECONDS_AN_HOUR)).scaleb(-1)


def percentage(part: dt.timedelta, whole: dt.timedelta) -> Decimal:
    """How many percent of `whole`, which is not zero, `part` is, to the nearest tenth."""
    return Decimal((1000 * part + whole // 2) // whole).scaleb(-1)


def _taken(reservation: Reservation, day: dt.date, open_: Open) -> Iterator[Benefit]:
    """What it takes of the day's uncovered hours, which become fewer by it."""
    free = served(reservation, day)
    for subscription_id in _whom(reservation, day, open_):
        taken = min(free, open_[subscription_id])
        if not taken:
            continue
        free -= taken
        open_[subscription_id] -= taken
        yield Benefit(reservation.pk, subscription_id, day, taken)


def _whom(reservation: Reservation, day: dt.date, open_: Open) -> list[UUID]:
    """The subscriptions that it may serve, in the order in which it does."""
    scope, own = reservation.scope_on(day)
    if scope == Scope.SHARED:
        return sorted(open_, key=lambda subscription_id: (subscription_id != own, subscription_id))
    return [own] if own in open_ else []


def _turn(reservation: Reservation, *, day: dt.date) -> tuple[bool, dt.datetime, UUID]:
    scope, _own = reservation.scope_on(day)
    return scope == Scope.SHARED, reservation.starts_at, reservation.pk


def _days_of(
    reservation: Reservation, first: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, dt.timedelta]]:
    """The days on which it has any hours, with how many."""
    day = max(first, _day(reservation.starts_at))
    while day <= min(last, _day(reservation.ends_at)):
        available = served(reservation, day)
        if available:
            yield day, available
        day += ONE_DAY


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(dt.UTC).date()


def _benefits(
    reservations: Sequence[Reservation], first: dt.date, last: dt.date
) -> Iterator[Benefit]:
    """Whatever reservations of the same SKUs and regions as these covered between the days."""
    if not reservations:
        return iter(())
    customer = reservations[0].customer_id
    sku_keys = {reservation.product.sku_key for reservation in reservations}
    region_keys = {reservation.product.region_key for reservation in reservations}
    rivals = Reservation.objects.overlapping(first, last).filter(
        customer=customer, product__sku_key__in=sku_keys, product__region_key__in=region_keys
    )
    records = UsageRecord.objects.filter(
        subscription__customer=customer,
        sku_key__in=sku_keys,
        region_key__in=region_keys,
        day__gte=first,
        day__lte=last,
    )
    return matched(rivals.select_related("product"), _usage(records))


def _usage(records: QuerySet[UsageRecord]) -> Iterator[Usage]:
    rows = records.values_list("subscription_id", "sku_key", "region_key", "day", "hours")
    for subscription_id, sku_key, region_key, day, number in rows:
        yield Usage(subscription_id, sku_key, region_key, day, hours(number))
