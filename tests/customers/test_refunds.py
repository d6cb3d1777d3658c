"""Refunds: each figure of a cancellation, and that none ever exceeds what was paid."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.models import RefundTerms, Reservation, ReservationProduct, Term
from customers.models.reservation import end_of_term
from customers.money import CURRENCIES, Money, nothing, rounded
from customers.refunds import Balance, Cancellation, balance_at, months_later
from tests.customers.reserving import DAY, NEW_YEAR, usd

START = NEW_YEAR


def reservation(amount: str = "1000.00", *, term: str = "P1Y", **details: Any) -> Reservation:
    start = details.pop("starts_at", START)
    return Reservation(
        **{
            "product": ReservationProduct(term=term),
            "billing_cycle": "one_time",
            "currency": "USD",
            "amount": Decimal(amount),
            "starts_at": start,
            "ends_at": end_of_term(start, term),
            "term_ends_at": end_of_term(start, term),
            **details,
        }
    )


def utc(year: int, month: int, day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC)


def balance(days: float = 146, current: Money | None = None, **details: Any) -> Balance:
    """After two fifths of the year, where nothing else is said."""
    return balance_at(reservation(**details), START + DAY * days, current)


def cancellation(
    balance: Balance,
    *,
    early: bool = False,
    used: bool = True,
    left: str = "50000",
    fee: str = "10",
) -> Cancellation:
    return Cancellation(
        balance=balance,
        terms=RefundTerms(fee_percent=Decimal(fee), valid_from=START.date()),
        is_early=early,
        is_whole=early and not used,
        left_of_cap=rounded(Decimal(left), balance.commitment.currency),
    )


# What was paid and is used up


def test_paid_at_once_the_unused_part_is_what_lies_ahead() -> None:
    after_two_fifths = balance()

    assert after_two_fifths.paid == usd("1000.00")
    assert after_two_fifths.used_up == usd("400.00")
    assert after_two_fifths.remaining == after_two_fifths.unused == usd("600.00")


def test_paid_monthly_only_the_instalments_that_fell_due_are_paid() -> None:
    monthly = balance(billing_cycle="monthly", amount="1200.00")

    assert monthly.instalments == (5, 12)
    assert (monthly.paid, monthly.used_up) == (usd("500.00"), usd("480.00"))
    assert (monthly.unused, monthly.remaining) == (usd("20.00"), usd("720.00"))


def test_the_first_instalment_falls_due_at_the_start_and_not_before() -> None:
    monthly: dict[str, Any] = {"billing_cycle": "monthly", "amount": "1200.00"}

    assert balance(0, **monthly).paid == usd("100.00")
    assert balance(-0.01, **monthly).paid == usd("0.00")
    assert balance(-30).used_up == usd("0.00")


def test_instalments_of_an_amount_that_does_not_divide_come_to_it() -> None:
    monthly: dict[str, Any] = {"billing_cycle": "monthly", "amount": "100.00"}

    assert [balance(days, **monthly).paid.code for days in (0, 31, 59, 365)] == [
        "8.33",
        "16.67",
        "25.00",
        "100.00",
    ]


def test_three_years_have_thirty_six_instalments() -> None:
    three_years = balance(365, billing_cycle="monthly", term="P3Y")

    assert three_years.instalments == (13, 36)
    assert three_years.hours == (365 * 24, (3 * 365 + 1) * 24)


def test_instalments_of_the_31st_fall_due_on_the_last_days_of_shorter_months() -> None:
    bought = reservation(starts_at=utc(2026, 1, 31, 12), billing_cycle="monthly")
    noon = utc(2026, 2, 28, 12)

    assert balance_at(bought, noon - dt.timedelta(seconds=1), None).instalments == (1, 12)
    assert balance_at(bought, noon, None).instalments == (2, 12)
    assert balance_at(bought, noon + DAY * 30, None).instalments == (2, 12)
    assert balance_at(bought, noon + DAY * 31, None).instalments == (3, 12)


def test_a_month_later_and_a_year_earlier_are_the_same_day_or_the_month_s_last() -> None:
    assert months_later(utc(2026, 1, 31), 1) == utc(2026, 2, 28)
    assert months_later(utc(2024, 2, 29), -12) == utc(2023, 2, 28)
    assert months_later(utc(2026, 12, 5), 1) == utc(2027, 1, 5)


def test_a_term_is_used_up_hour_by_hour() -> None:
    almost_two_hours = balance(119 / 24 / 60, amount="8760.00")

    assert almost_two_hours.hours == (1, 8760)
    assert almost_two_hours.used_up == usd("1.00")


def test_after_its_term_everything_is_used_up() -> None:
    over = balance(400)

    assert over.used_up == over.paid == usd("1000.00")
    assert over.credit == usd("0.00")


def test_the_lower_of_the_two_prices_counts() -> None:
    assert balance(current=usd("900.00")).credit == usd("540.00")
    assert balance(current=usd("1100.00")).credit == usd("600.00")
    assert balance(current=None).credit == usd("600.00")
    assert balance(current=usd("0.00")).credit == usd("0.00")


def test_what_cost_nothing_gives_nothing_back() -> None:
    free = balance(amount="0.00", current=usd("5.00"))
    assert cancellation(free, early=True, used=False).refund == usd("0.00")


# What cancelling gives back


def test_unused_within_the_days_without_a_fee_everything_comes_back() -> None:
    whole = cancellation(balance(3, current=usd("1.00")), early=True, used=False)

    assert (whole.fee, whole.refund) == (usd("0.00"), usd("1000.00"))


def test_used_within_the_days_without_a_fee_the_unused_part_comes_back() -> None:
    used = cancellation(balance(36.5), early=True, used=True)

    assert (used.fee, used.refund) == (usd("0.00"), usd("900.00"))


def test_later_the_fee_is_a_percentage_of_the_remaining_commitment() -> None:
    late = cancellation(balance(), used=False)

    assert (late.fee, late.refund) == (usd("60.00"), usd("540.00"))


def test_the_fee_of_monthly_instalments_takes_no_more_than_there_is() -> None:
    monthly = cancellation(balance(billing_cycle="monthly", amount="1200.00"))

    assert monthly.before_fee == monthly.fee == usd("20.00")
    assert monthly.refund == usd("0.00")


def test_no_more_comes_back_than_the_cap_leaves() -> None:
    assert cancellation(balance(), left="100.00").refund == usd("100.00")
    assert cancellation(balance(), left="0").refund == usd("0.00")
    assert cancellation(balance(2), early=True, used=False, left="7.50").refund == usd("7.50")


def test_the_figures_stand_in_records_as_plain_digits() -> None:
    assert cancellation(balance(current=usd("900.00"))).facts == {
        "commitment": "1000.00",
        "paid": "1000.00",
        "used_up": "400.00",
        "remaining_commitment": "600.00",
        "unused": "600.00",
        "price_today": "900.00",
        "credit": "540.00",
        "currency": "USD",
        "fee": "60.00",
        "left_of_cap": "50000.00",
        "refund": "480.00",
        "terms_valid_from": "2026-01-01",
    }


def test_yen_have_no_digits_after_the_point() -> None:
    yen = cancellation(balance(amount="1001", currency="JPY", current=rounded(Decimal(998), "JPY")))

    assert {yen.facts[name] for name in ("paid", "used_up", "credit", "refund")} == {
        "1001",
        "400",
        "599",
        "539",
    }


# Whatever the figures are

at_leisure = settings(deadline=None)  # a busy machine is no fault
amounts = st.integers(0, 10**12)
currencies = st.sampled_from(sorted(CURRENCIES))
moments = st.integers(0, 15 * 365 * 24 * 3600).map(
    lambda s: utc(2020, 1, 1) + dt.timedelta(seconds=s)
)
percentages = st.integers(0, 100_000).map(lambda thousandths: Decimal(thousandths).scaleb(-3))


def smallest(units: int, currency: str) -> Money:
    """So many of the currency's smallest units."""
    return Money(Decimal(units).scaleb(-CURRENCIES[currency]), currency)


@st.composite
def cancellations(draw: st.DrawFn) -> Cancellation:
    currency, start = draw(currencies), draw(moments)
    bought = reservation(
        smallest(draw(amounts), currency).code,
        currency=currency,
        term=draw(st.sampled_from(Term.values)),
        billing_cycle=draw(st.sampled_from(["one_time", "monthly"])),
        starts_at=start,
    )
    now = start + dt.timedelta(seconds=draw(st.integers(-(10**7), 10**8)))
    current = draw(st.none() | amounts.map(lambda units: smallest(units, currency)))
    is_early = draw(st.booleans())
    return Cancellation(
        balance=balance_at(bought, now, current),
        terms=RefundTerms(fee_percent=draw(percentages), valid_from=START.date()),
        is_early=is_early,
        is_whole=is_early and draw(st.booleans()),
        left_of_cap=smallest(draw(amounts), currency),
    )


@at_leisure
@given(cancellations())
def test_no_refund_is_below_zero_or_above_what_was_paid_or_what_the_cap_leaves(
    found: Cancellation,
) -> None:
    zero = nothing(found.left_of_cap.currency)

    assert zero <= found.refund <= found.balance.paid <= found.balance.commitment
    assert found.refund <= found.left_of_cap
    assert zero <= found.balance.credit <= found.balance.unused <= found.balance.paid


@at_leisure
@given(cancellations())
def test_the_figures_add_up_to_the_last_digit(found: Cancellation) -> None:
    balance = found.balance

    assert balance.used_up + balance.remaining == balance.commitment
    assert found.before_fee == found.fee + found.after_fee
    assert found.refund in (found.after_fee, found.left_of_cap)


@at_leisure
@given(cancellations())
def test_records_bear_no_floats_and_each_digit_of_the_currency(found: Cancellation) -> None:
    facts = found.facts
    refund = Money(Decimal(facts["refund"]), facts["currency"])

    assert refund == found.refund
    assert {type(fact) for fact in facts.values()} == {str}


@at_leisure
@given(
    st.lists(st.tuples(amounts, st.integers(0, 366 * 24)), min_size=1, max_size=20),
    st.integers(0, 10**12),
)
def test_one_after_the_other_refunds_exhaust_the_cap_and_never_exceed_it_or_what_was_paid(
    many: list[tuple[int, int]], cap: int
) -> None:
    """Each is limited to what those before it have left of the cap."""
    left = whole = smallest(cap, "USD")
    paid = given_back = nothing("USD")
    for units, hours in many:
        bought = reservation(smallest(units, "USD").code)
        found = cancellation(
            balance_at(bought, START + dt.timedelta(hours=hours), None), left=left.code
        )
        paid, given_back = paid + found.balance.paid, given_back + found.refund
        left = left - found.refund

    assert nothing("USD") <= left
    assert given_back <= min(whole, paid)


@pytest.mark.parametrize("amount", ["0.01", "0.10", "99.99", "12345678901.23"])
def test_the_parts_of_a_term_paid_at_once_come_to_the_commitment(amount: str) -> None:
    for hours in range(0, 366 * 24, 97):
        found = balance(hours / 24, amount=amount)
        assert found.used_up + found.unused == found.commitment
