"""Price lists as files: CSV with one reserved instance and its Web Direct price a line."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.codes import chosen, identity
from customers.microsoft_prices import read_microsoft_prices
from customers.models import ReservationProduct, WebDirectPrice
from customers.models.product import TERM_WORDS
from customers.money import CURRENCIES, Money, places, rounded
from partnercenter import tables
from partnercenter.tables import BadCell, TableError, number_in

FACTS = ("product_type", "sku", "region", "term", "billing_frequency", "currency")
PRICE = "web_direct_price"
COLUMNS = (*FACTS, PRICE)
END = "end_of_sale"  # may be absent; an empty cell says nothing, NO_END that there is none
NO_END = "none"
LONGEST_QUOTE = 40  # characters of a value that an error repeats
WORDS = {"term": TERM_WORDS}  # further ones than a column's codes
MOST_PLACES = 15  # that a price is read with
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be imported: a product, not stored and perhaps new, and its price.

    `written` is the price as the list has it where it was rounded, else empty. Where the line says
    an end of sale, that is the product's; none means that it is sold without end.
    """

    number: int
    product: ReservationProduct
    price: Money
    written: str = ""
    says_end_of_sale: bool = False


@dataclass
class PriceList:
    """What was read, with the digest of the file. With any error nothing is imported."""

    sha256: str
    lines: list[Line] = field(default_factory=list)
    errors: list[TableError] = field(default_factory=list)


def key_of(product: ReservationProduct) -> Key:
    """What tells one product of the catalogue from another, in whatever spelling."""
    return identity(product.sku), identity(product.region), product.term, product.currency


def checked_price(product: ReservationProduct, amount: Decimal) -> WebDirectPrice:
    """The price for the product, neither stored. The rule of imports and of single products.

    Raises ValidationError for codes that are not known and amounts that cannot be.
    """
    price = WebDirectPrice(product=product, amount=amount)
    product.clean_fields(exclude={"search", "sku_key", "region_key"})
    price.clean_fields(exclude={"product", "valid_from", "record_number"})
    price.clean()
    return price


def read_price_list(text: str, *, rounding: bool = False) -> PriceList:
    """The lines of a CSV with the columns COLUMNS and perhaps END, in any order, or of a list of
    Microsoft's own (see microsoft_prices.py), and all errors by line and column.

    With `rounding`, prices with more decimal places than their currency has are rounded half up;
    otherwise they are errors.
    """
    table = read_microsoft_prices(text) or tables.read_table(text, COLUMNS, optional=[END])
    found = PriceList(tables.digest_of(text), errors=list(table.errors))
    seen: dict[Key, int] = {}
    for row in table.lines:
        line, errors = _line(row, seen, rounding=rounding)
        found.errors += errors
        found.lines += [line] if line else []
    found.errors.sort(key=lambda error: error.line)
    return found


def _line(
    row: tables.Line, seen: dict[Key, int], *, rounding: bool
) -> tuple[Line | None, list[TableError]]:
    """The line, or everything that is wrong with it."""
    product = ReservationProduct(**{name: _code(name, row.cells[name]) for name in FACTS})
    exact, errors = Decimal(0), []
    try:
        exact = _amount(row.cells[PRICE], product.currency, rounding=rounding)
    except BadCell as bad:
        errors.append(TableError(row.number, str(bad), PRICE))
    try:
        product.end_of_sale = _end_of_sale(row.cells.get(END, ""))
    except BadCell as bad:
        errors.append(TableError(row.number, str(bad), END))
    errors += _errors_of_cells(product, exact, row)
    first = seen.setdefault(key_of(product), row.number)
    if first != row.number:
        sentence = _("Duplicate of line %(number)s.") % {"number": first}
        errors.append(TableError(row.number, sentence))
    if errors:
        return None, errors
    price = rounded(exact, product.currency)
    written = row.cells[PRICE] if price.amount != exact else ""
    return Line(row.number, product, price, written, bool(row.cells.get(END))), []


def _end_of_sale(cell: str) -> dt.date | None:
    """The day, or None for a cell that names none. Raises BadCell."""
    return None if cell in ("", NO_END) else tables.day_in(cell)


def _code(column: str, cell: str) -> str:
    """The cell, as the code that it spells where the column takes certain ones."""
    codes = codes_of(column)
    return chosen(cell, codes, **WORDS.get(column, {})) if codes else cell


def _amount(cell: str, currency: str, *, rounding: bool) -> Decimal:
    """The amount, without zeros at its end that say nothing. Raises BadCell."""
    try:
        amount = number_in(cell, places=MOST_PLACES)
    except BadCell as bad:
        sentence = _("“%(value)s” isn't an amount. Use digits and a point, for example 1234.50.")
        raise BadCell(sentence % {"value": cell[:LONGEST_QUOTE]}) from bad
    digits = CURRENCIES.get(currency)
    if rounding or digits is None or places(amount) <= digits:
        return amount
    raise BadCell(
        _(
            "“%(value)s” has more decimal places than %(currency)s has (%(digits)s). Correct it, "
            "or select “Round half up”."
        )
        % {"value": cell[:LONGEST_QUOTE], "currency": currency, "digits": digits}
    )


def _errors_of_cells(
    product: ReservationProduct, exact: Decimal, row: tables.Line
) -> list[TableError]:
    """What is wrong with codes and with the price as it would be saved, by column."""
    known = product.currency in CURRENCIES
    try:
        checked_price(product, rounded(exact, product.currency).amount if known else Decimal(0))
    except ValidationError as error:
        return [
            TableError(row.number, sentence, column)
            for name, errors in error.error_dict.items()
            for column in [name if name in FACTS else PRICE]
            for each in errors
            for sentence in _sentences(each, column, row.cells)
        ]
    return []


def _sentences(error: ValidationError, column: str, values: Mapping[str, str]) -> list[str]:
    return [_unknown(column, values)] if error.code == "invalid_choice" else error.messages


def _unknown(column: str, values: Mapping[str, str]) -> str:
    return _("“%(value)s” is not one of %(codes)s.") % {
        "value": values[column][:LONGEST_QUOTE],
        "codes": ", ".join(codes_of(column)),
    }


def codes_of(column: str) -> list[str]:
    """The codes that a column takes; an empty list where any word is taken."""
    if column in (PRICE, END):
        return []
    choices = getattr(ReservationProduct._meta.get_field(column), "choices", None)
    return [str(code) for code, _label in choices or []]
