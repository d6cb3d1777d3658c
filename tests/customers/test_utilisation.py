"""Usage is matched with reservations: nothing twice, nothing too much, nothing wasted."""

import datetime as dt
import uuid
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.codes import identity
from customers.models import Customer, Reservation, ReservationProduct, Scope, UsageRecord
from customers.pricing import today
from customers.utilisation import (
    Benefit,
    Usage,
    hours,
    matched,
    number_of_hours,
    percentage,
    served,
    utilisation_of,
    utilisations,
    was_used,
)
from partnercenter.agents.models import Agent
from tests.customers.buying import bought
from tests.factories import ReservationProductFactory, SubscriptionFactory

MONDAY = dt.date(2026, 3, 2)
ONE_DAY = dt.timedelta(days=1)
TUESDAY = MONDAY + ONE_DAY
D2 = ReservationProduct(sku="Standard_D2s_v5", region="westeurope", term="P1Y", currency="USD")
D4 = ReservationProduct(sku="Standard_D4s_v5", region="westeurope", term="P1Y", currency="USD")
D2_ELSEWHERE = ReservationProduct(sku=D2.sku, region="japaneast", term="P1Y", currency="USD")
ONE, TWO, THREE = (uuid.UUID(int=number) for number in (1, 2, 3))


def at(day: dt.date, time: str = "00:00") -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{time}:00+00:00")


def reservation(**details: Any) -> Reservation:
    """One shared D2, billed to the first subscription, which serves the whole year."""
    defaults = {
        "product": D2,
        "quantity": 1,
        "scope": Scope.SHARED,
        "subscription_id": ONE,
        "starts_at": at(dt.date(2026, 1, 1)),
        "ends_at": at(dt.date(2027, 1, 1)),
    }
    return Reservation(**{**defaults, **details})


def ran(number: str, subscription_id: uuid.UUID = ONE, **details: Any) -> Usage:
    """So many hours of a D2 on Monday."""
    defaults = {"sku_key": identity(D2.sku), "region_key": D2.region, "day": MONDAY}
    return Usage(subscription_id, hours=hours(Decimal(number)), **{**defaults, **details})


def covered(reservations: list[Reservation], *usage: Usage) -> list[tuple[int, int, str]]:
    """Which reservation covered how many hours of which subscription."""
    order = [each.pk for each in reservations]
    return [
        (
            order.index(benefit.reservation_id) + 1,
            benefit.subscription_id.int,
            f"{number_of_hours(benefit.hours):f}",
        )
        for benefit in matched(reservations, usage)
    ]


def test_a_day_is_matched_by_the_scope_that_it_ended_with() -> None:
    changed = reservation(
        scope=Scope.SINGLE,
        subscription_id=TWO,
        earlier_scopes=[
            {"until": MONDAY.isoformat(), "scope": "single", "subscription": str(ONE)},
            {"until": TUESDAY.isoformat(), "scope": "shared", "subscription": str(ONE)},
        ],
    )
    usage = [
        ran("1", ONE, day=MONDAY - ONE_DAY),
        ran("2", TWO, day=MONDAY - ONE_DAY),
        ran("3", ONE),
        ran("4", TWO),
        ran("5", ONE, day=TUESDAY),
        ran("6", TWO, day=TUESDAY),
    ]

    assert covered([changed], *usage) == [
        (1, 1, "1.0"),
        (1, 1, "3.0"),
        (1, 2, "4.0"),
        (1, 2, "6.0"),
    ]


# Whom a scope serves


def test_a_single_scope_covers_its_own_subscription_alone() -> None:
    single = reservation(scope=Scope.SINGLE)
    assert covered([single], ran("5", ONE), ran("6", TWO)) == [(1, 1, "5.0")]


def test_a_shared_scope_covers_all_subscriptions_and_its_own_first() -> None:
    shared = reservation(subscription_id=TWO)
    usage = [ran("10", ONE), ran("10", TWO), ran("10", THREE)]
    assert covered([shared], *usage) == [(1, 2, "10.0"), (1, 1, "10.0"), (1, 3, "4.0")]


def test_single_ones_take_first_so_that_the_shared_one_can_cover_others() -> None:
    shared, single = reservation(), reservation(scope=Scope.SINGLE)
    assert covered([shared, single], ran("24", ONE), ran("24", TWO)) == [
        (2, 1, "24.0"),
        (1, 2, "24.0"),
    ]


def test_of_two_with_the_same_scope_the_older_one_takes_first() -> None:
    younger, older = reservation(starts_at=at(MONDAY)), reservation()
    assert covered([younger, older], ran("30")) == [(2, 1, "24.0"), (1, 1, "6.0")]


@pytest.mark.parametrize("product", [D4, D2_ELSEWHERE], ids=["SKU", "region"])
def test_usage_of_another_sku_or_region_is_not_covered(product: ReservationProduct) -> None:
    assert covered([reservation(product=product)], ran("5")) == []


def test_a_day_has_no_hours_of_another_day() -> None:
    usage = [ran("30"), ran("30", day=TUESDAY)]
    assert covered([reservation()], *usage) == [(1, 1, "24.0"), (1, 1, "24.0")]


# How many hours there are


@pytest.mark.parametrize(
    ("start", "end", "available"),
    [
        ("2026-03-01T00:00", "2026-03-09T00:00", "48"),
        ("2026-03-02T18:00", "2026-03-09T00:00", "12"),
        ("2026-03-01T00:00", "2026-03-02T06:30", "13"),
        ("2026-03-02T06:00", "2026-03-02T06:30", "1"),
        ("2026-03-03T00:00", "2026-03-09T00:00", "0"),
        ("2026-02-01T00:00", "2026-03-02T00:00", "0"),
    ],
    ids=["whole day", "first day", "last day", "one day", "not yet", "no more"],
)
def test_the_first_and_the_last_day_count_in_part(start: str, end: str, available: str) -> None:
    moments = [dt.datetime.fromisoformat(f"{moment}+00:00") for moment in (start, end)]
    two = reservation(quantity=2, starts_at=moments[0], ends_at=moments[1])
    assert served(two, MONDAY) == hours(Decimal(available))


def test_utilisation_is_told_by_day_and_by_subscription_and_passes_over_other_days() -> None:
    one = reservation(starts_at=at(MONDAY, "12:00"))
    usage = [ran("6", ONE), ran("3", TWO), ran("12", TWO, day=TUESDAY)]
    found = utilisations([one], matched([one], usage), MONDAY - 5 * ONE_DAY, TUESDAY)[one.pk]

    assert [(day.day, day.percent) for day in found.days] == [
        (MONDAY, Decimal("75.0")),
        (TUESDAY, Decimal("50.0")),
    ]
    assert found.percent == Decimal("58.3")
    assert found.by_subscription == {ONE: hours(Decimal(6)), TWO: hours(Decimal(15))}


def test_what_did_not_serve_has_no_utilisation_rather_than_none_percent() -> None:
    later = reservation(starts_at=at(dt.date(2026, 6, 1)))
    assert utilisations([later], [], MONDAY, TUESDAY)[later.pk].percent is None
    unused = reservation()
    assert utilisations([unused], [], MONDAY, TUESDAY)[unused.pk].percent == 0


# Whatever the numbers are

moments = st.timedeltas(-2 * ONE_DAY, 4 * ONE_DAY).map(lambda time: at(MONDAY) + time)
subscriptions = st.sampled_from([ONE, TWO, THREE])
numbers = st.decimals("0", "100", places=3)


@st.composite
def reservations(draw: st.DrawFn) -> Reservation:
    start, end = sorted([draw(moments), draw(moments)])
    return reservation(
        pk=draw(st.uuids()),
        product=draw(st.sampled_from([D2, D4, D2_ELSEWHERE])),
        quantity=draw(st.integers(1, 5)),
        scope=draw(st.sampled_from(Scope)),
        subscription_id=draw(subscriptions),
        starts_at=start,
        ends_at=end,
    )


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    product = draw(st.sampled_from([D2, D4, D2_ELSEWHERE]))
    day = MONDAY + draw(st.integers(-3, 4)) * ONE_DAY
    number = draw(numbers)
    return Usage(draw(subscriptions), identity(product.sku), product.region, day, hours(number))


some_reservations = st.lists(reservations(), max_size=6, unique_by=lambda each: each.pk)
some_usage = st.lists(usages(), max_size=12)
Place = tuple[str, str, dt.date]


def place_of(each: Reservation, day: dt.date) -> Place:
    return identity(each.product.sku), each.product.region, day


def total(times: Any) -> dt.timedelta:
    return sum(times, dt.timedelta(0))


def left_over(
    held: list[Reservation], usage: list[Usage], benefits: list[Benefit]
) -> dict[tuple[Place, uuid.UUID], dt.timedelta]:
    """The hours of each subscription that nothing covered."""
    by_id = {each.pk: each for each in held}
    left: dict[tuple[Place, uuid.UUID], dt.timedelta] = defaultdict(dt.timedelta)
    for each in usage:
        left[(each.sku_key, each.region_key, each.day), each.subscription_id] += each.hours
    for benefit in benefits:
        place = place_of(by_id[benefit.reservation_id], benefit.day)
        left[place, benefit.subscription_id] -= benefit.hours
    return left


@given(some_reservations, some_usage)
def test_no_hour_is_covered_twice_and_none_that_was_not_used(
    held: list[Reservation], usage: list[Usage]
) -> None:
    benefits = list(matched(held, usage))
    assert all(benefit.hours > dt.timedelta(0) for benefit in benefits)
    assert min(left_over(held, usage, benefits).values(), default=dt.timedelta(0)) >= dt.timedelta()


@given(some_reservations, some_usage)
def test_no_reservation_gives_more_than_it_has_or_to_whom_it_does_not_serve(
    held: list[Reservation], usage: list[Usage]
) -> None:
    given_away: dict[tuple[uuid.UUID, dt.date], dt.timedelta] = defaultdict(dt.timedelta)
    by_id = {each.pk: each for each in held}
    for benefit in matched(held, usage):
        given_away[benefit.reservation_id, benefit.day] += benefit.hours
        giver = by_id[benefit.reservation_id]
        assert giver.is_shared or giver.subscription_id == benefit.subscription_id
    for (key, day), time in given_away.items():
        assert time <= served(by_id[key], day)


@given(some_reservations, some_usage)
def test_nothing_that_could_be_covered_is_left_while_hours_are(
    held: list[Reservation], usage: list[Usage]
) -> None:
    benefits = list(matched(held, usage))
    left = left_over(held, usage, benefits)
    for each in held:
        for place, subscription_id in left:
            of_the_day = [b for b in benefits if (b.reservation_id, b.day) == (each.pk, place[2])]
            unused = served(each, place[2]) - total(benefit.hours for benefit in of_the_day)
            serves = each.is_shared or each.subscription_id == subscription_id
            if serves and place == place_of(each, place[2]) and unused:
                assert not left[place, subscription_id]


@given(some_reservations, some_usage)
def test_no_other_order_would_cover_more(held: list[Reservation], usage: list[Usage]) -> None:
    """What single ones can cover of their own subscriptions, and shared ones of the rest."""
    most = dt.timedelta(0)
    before = left_over(held, usage, [])
    for place in {place for place, _ in before}:
        of_the_place = [each for each in held if place_of(each, place[2]) == place]
        rest = dt.timedelta(0)
        for subscription_id in (ONE, TWO, THREE):
            ran_there = before.get((place, subscription_id), dt.timedelta(0))
            single = total(
                served(each, place[2])
                for each in of_the_place
                if not each.is_shared and each.subscription_id == subscription_id
            )
            most += min(ran_there, single)
            rest += max(ran_there - single, dt.timedelta(0))
        shared = total(served(each, place[2]) for each in of_the_place if each.is_shared)
        most += min(rest, shared)
    assert total(benefit.hours for benefit in matched(held, usage)) == most


@given(some_reservations, some_usage, st.randoms())
def test_the_order_in_which_things_are_read_makes_no_difference(
    held: list[Reservation], usage: list[Usage], random: Any
) -> None:
    once = set(matched(held, usage))
    random.shuffle(held)
    random.shuffle(usage)
    assert set(matched(held, usage)) == once


@given(some_reservations, some_usage)
def test_by_day_and_by_subscription_are_the_same_hours(
    held: list[Reservation], usage: list[Usage]
) -> None:
    first, last = MONDAY - 3 * ONE_DAY, MONDAY + 4 * ONE_DAY
    for each in utilisations(held, matched(held, usage), first, last).values():
        assert total(each.by_subscription.values()) == each.used <= each.available
        assert each.percent is None or 0 <= each.percent <= 100


@given(numbers)
def test_hours_become_time_and_hours_again(number: Decimal) -> None:
    assert abs(number_of_hours(hours(number)) - number) <= Decimal("0.05")
    assert hours(number) == dt.timedelta(milliseconds=int(number * 3_600_000))


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [("1", "3", "33.3"), ("2", "3", "66.7"), ("0", "24", "0.0")]
)
def test_percentages_are_rounded_to_the_nearest_tenth(part: str, whole: str, percent: str) -> None:
    assert percentage(hours(Decimal(part)), hours(Decimal(whole))) == Decimal(percent)


# What is stored


@pytest.fixture
def yesterday() -> dt.date:
    return today() - ONE_DAY


def started(each: Reservation, day: dt.date) -> Reservation:
    each.starts_at = at(day)
    each.save()
    return each


def use(customer: Customer, day: dt.date, number: str = "5", **details: Any) -> None:
    subscription = details.pop("subscription", None) or customer.subscriptions.earliest("pk")
    defaults = {"sku": "Standard_D2s_v5", "region": "westeurope"}
    UsageRecord.objects.create(
        subscription=subscription, day=day, hours=Decimal(number), **{**defaults, **details}
    )


def test_a_customers_data_are_read_for_the_days_that_are_asked_for(
    ada: Agent,
    fabrikam: Customer,
    northwind: Customer,
    product: ReservationProduct,
    yesterday: dt.date,
    django_assert_num_queries: Any,
) -> None:
    held = started(bought(product, fabrikam, ada), yesterday - 100 * ONE_DAY)
    other = SubscriptionFactory.create(customer=fabrikam)
    use(fabrikam, yesterday, subscription=other)
    use(fabrikam, yesterday - ONE_DAY)
    use(northwind, yesterday)
    with django_assert_num_queries(2):
        found = utilisation_of([held], yesterday, yesterday)

    assert found[held.pk].by_subscription == {other.pk: hours(Decimal(5))}
    assert [day.day for day in found[held.pk].days] == [yesterday]


def test_a_reservation_was_used_once_any_matching_hour_ran_in_its_time(
    ada: Agent, fabrikam: Customer, product: ReservationProduct, yesterday: dt.date
) -> None:
    start = yesterday - 100 * ONE_DAY
    held = started(bought(product, fabrikam, ada), start)
    use(fabrikam, yesterday, "0")
    use(fabrikam, yesterday, sku="Standard_D4s_v5")
    use(fabrikam, start - ONE_DAY)
    assert not was_used(held)

    use(fabrikam, yesterday - ONE_DAY, "0.001")
    assert was_used(held)


def test_a_reservation_was_not_used_while_an_older_one_covers_everything(
    ada: Agent, fabrikam: Customer, yesterday: dt.date
) -> None:
    product = ReservationProductFactory.create(sku="Standard_D2s_v5")
    older = started(bought(product, fabrikam, ada), yesterday - 100 * ONE_DAY)
    younger = started(bought(product, fabrikam, ada), yesterday - 50 * ONE_DAY)
    use(fabrikam, yesterday, "48")
    assert (was_used(older), was_used(younger)) == (True, False)

    use(fabrikam, yesterday - ONE_DAY, "49")
    assert was_used(younger)
