"""Amounts of money: decimal, with their currency, and rounded here alone.

Source: `Decimal` and ISO 4217; no float ever touches an amount.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# The currencies in which partners are billed, with the digits after the point that ISO 4217 gives.
CURRENCIES: dict[str, int] = {
    "AUD": 2,
    "BRL": 2,
    "CAD": 2,
    "CHF": 2,
    "CNY": 2,
    "DKK": 2,
    "EUR": 2,
    "GBP": 2,
    "INR": 2,
    "JPY": 0,
    "KRW": 0,
    "NOK": 2,
    "NZD": 2,
    "SEK": 2,
    "TWD": 2,
    "USD": 2,
}


def currency_choices() -> list[tuple[str, str]]:
    return [(code, code) for code in CURRENCIES]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that has exactly the digits of its currency. Make one with `rounded`."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if self.amount != _quantized(self.amount, self.currency):
            raise ValueError(f"{self.amount} {self.currency} has too many digits.")
        object.__setattr__(self, "amount", _quantized(self.amount, self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        """Such as “1,234.50 USD”, grouped as the reader's language groups."""
        digits = number_format(self.amount, CURRENCIES[self.currency], force_grouping=True)
        return _("%(amount)s %(currency)s") % {"amount": digits, "currency": self.currency}

    @property
    def code(self) -> str:
        """The amount for programs and records: plain digits and a point."""
        return f"{self.amount:f}"

    def times(self, quantity: int) -> "Money":
        return Money(self.amount * quantity, self.currency)

    def share(self, part: Decimal | int, whole: Decimal | int) -> "Money":
        """`part`/`whole` of the amount, rounded once."""
        return rounded(self.amount * part / whole, self.currency)

    def percent(self, percentage: Decimal) -> "Money":
        return self.share(percentage, 100)

    def parts(self, number: int) -> list["Money"]:
        """The amount in `number` parts as equal as can be, which together are the amount."""
        ends = [self.share(index, number) for index in range(number + 1)]
        return [end - start for start, end in pairwise(ends)]

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are different currencies.")
        return other.amount


def rounded(amount: Decimal, currency: str) -> Money:
    """The nearest amount that the currency has; a half goes away from zero."""
    return Money(_quantized(amount, currency), currency)


def places(amount: Decimal) -> int:
    """How many digits after the point the amount is written with."""
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def plain(number: Decimal) -> str:
    """The number in digits and a point, without zeros that say nothing, such as “5” or “-2.5”."""
    return f"{number.normalize() + 0:f}"


def percent_text(percent: Decimal, *, signed: bool = False) -> str:
    """Such as “12 %”; with its sign “+5 %” for a margin and “−5 %” for a discount."""
    sign = "\N{MINUS SIGN}" if percent < 0 else "+" if signed and percent > 0 else ""
    digits = number_format(Decimal(plain(abs(percent))), force_grouping=True)
    return _("%(sign)s%(number)s %%") % {"sign": sign, "number": digits}


def nothing(currency: str) -> Money:
    return Money(Decimal(0), currency)


def _quantized(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-CURRENCIES[currency]), ROUND_HALF_UP)
