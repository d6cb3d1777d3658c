"""Amounts: rounded half away from zero, in one place, and never mixed."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.utils.translation import override

from customers.money import Money, nothing, percent_text, places, plain, rounded


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "nearest"),
    [
        ("1.005", "USD", "1.01"),
        ("1.004", "USD", "1.00"),
        ("-1.005", "USD", "-1.01"),
        ("0.5", "JPY", "1"),
        ("1.5", "JPY", "2"),
        ("2.5", "JPY", "3"),
        ("1234.4", "KRW", "1234"),
        ("7", "EUR", "7.00"),
    ],
)
def test_a_half_goes_away_from_zero(amount: str, currency: str, nearest: str) -> None:
    assert rounded(Decimal(amount), currency).code == nearest


@pytest.mark.parametrize(("amount", "currency"), [("1.005", "USD"), ("0.5", "JPY")])
def test_an_amount_with_more_digits_than_its_currency_is_no_money(
    amount: str, currency: str
) -> None:
    with pytest.raises(ValueError, match="too many digits"):
        Money(Decimal(amount), currency)


@pytest.mark.parametrize("number", [1, 2, 3, 7, 12, 36])
@pytest.mark.parametrize("amount", ["0.00", "0.01", "100.00", "999.99", "-100.00"])
def test_parts_are_together_the_amount_and_nearly_equal(amount: str, number: int) -> None:
    parts = usd(amount).parts(number)

    assert len(parts) == number
    assert sum((part.amount for part in parts), Decimal(0)) == Decimal(amount)
    assert max(part.amount for part in parts) - min(part.amount for part in parts) <= Decimal(
        "0.01"
    )


def test_yen_are_parted_into_whole_yen() -> None:
    parts = Money(Decimal(100), "JPY").parts(12)
    assert {part.code for part in parts} == {"8", "9"}


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
    ],
    ids=["+", "-", "<", "<="],
)
def test_different_currencies_never_mix(mix: Callable[[Money, Money], object]) -> None:
    with pytest.raises(ValueError, match="different currencies"):
        mix(usd("1.00"), Money(Decimal(1), "EUR"))
    assert usd("1.00") != Money(Decimal(1), "EUR")


def test_percentages_are_rounded_once() -> None:
    assert usd("10.10").percent(Decimal("12.5")) == usd("1.26")
    assert usd("10.00").times(3) - usd("0.01") == usd("29.99")
    assert -usd("1.00") + usd("1.00") == nothing("USD")


def test_an_amount_is_written_for_people_and_for_programs() -> None:
    amount = usd("1234567.5")

    assert (str(amount), amount.code) == ("1,234,567.50 USD", "1234567.50")
    assert str(Money(Decimal(1500), "JPY")) == "1,500 JPY"
    with override("ja"):
        assert amount.code == "1234567.50"


@pytest.mark.parametrize(
    ("percent", "unsigned", "signed"),
    [
        ("5.000", "5 %", "+5 %"),
        ("-2.500", "−2.5 %", "−2.5 %"),
        ("0.000", "0 %", "0 %"),
        ("100", "100 %", "+100 %"),
    ],
)
def test_a_percentage_is_written_without_zeros_that_say_nothing(
    percent: str, unsigned: str, signed: str
) -> None:
    assert percent_text(Decimal(percent)) == unsigned
    assert percent_text(Decimal(percent), signed=True) == signed


@pytest.mark.parametrize(
    ("number", "written", "digits"),
    [("5.000", "5", 3), ("-0.000", "0", 3), ("1E+2", "100", 0), ("0.25", "0.25", 2)],
)
def test_plain_digits_and_their_places(number: str, written: str, digits: int) -> None:
    assert plain(Decimal(number)) == written
    assert places(Decimal(number)) == digits
