"""Price lists as files: CSV with one reserved instance and its Web Direct price a line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.codes import chosen, identity
from customers.models import ReservationProduct, WebDirectPrice
from customers.models.product import TERM_WORDS
from customers.money import Money
from partnercenter import tables
from partnercenter.tables import TableError

FACTS = ("product_type", "sku", "region", "term", "billing_frequency", "currency")
PRICE = "web_direct_price"
COLUMNS = (*FACTS, PRICE)
LONGEST_QUOTE = 40  # characters of a value that an error repeats
WORDS = {"term": TERM_WORDS}  # further ones than a column's codes
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]+)?", re.ASCII)
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be imported: a product, not stored and perhaps new, and its price."""

    number: int
    product: ReservationProduct
    price: Money


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


def read_price_list(text: str) -> PriceList:
    """The lines of a CSV with the columns COLUMNS, in any order, and all errors by line."""
    table = tables.read_table(text, COLUMNS)
    found = PriceList(tables.digest_of(text), errors=list(table.errors))
    seen: dict[Key, int] = {}
    for row in table.lines:
        try:
            found.lines.append(_line(row, seen))
        except ValidationError as error:
            found.errors += [TableError(row.number, sentence) for sentence in error.messages]
    found.errors.sort(key=lambda error: error.line)
    return found


def _line(row: tables.Line, seen: dict[Key, int]) -> Line:
    """Raises ValidationError with a sentence for everything that is wrong with the line."""
    product = ReservationProduct(**{name: _code(name, row.cells[name]) for name in FACTS})
    first = seen.setdefault(key_of(product), row.number)
    if first != row.number:
        raise ValidationError(
            _("The same product stands on line %(number)s already.") % {"number": first}
        )
    price = _checked(product, row.cells)
    return Line(row.number, product, Money(price.amount, product.currency))


def _code(column: str, cell: str) -> str:
    """The cell, as the code that it spells where the column takes certain ones."""
    codes = codes_of(column)
    return chosen(cell, codes, **WORDS.get(column, {})) if codes else cell


def _checked(product: ReservationProduct, values: Mapping[str, str]) -> WebDirectPrice:
    if not AMOUNT.fullmatch(values[PRICE]):
        raise ValidationError(
            _("%(column)s: “%(value)s” is not an amount such as 1234.50, from zero up.")
            % {"column": PRICE, "value": values[PRICE][:LONGEST_QUOTE]}
        )
    try:
        return checked_price(product, Decimal(values[PRICE]))
    except ValidationError as error:
        raise ValidationError(list(_sentences(error, values))) from error


def _sentences(error: ValidationError, values: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, with the column and the codes that it takes."""
    for name, errors in error.error_dict.items():
        column = name if name in FACTS else PRICE
        for each in errors:
            yield (
                _unknown(column, values)
                if each.code == "invalid_choice"
                else _("%(column)s: %(error)s")
                % {"column": column, "error": " ".join(each.messages)}
            )


def _unknown(column: str, values: Mapping[str, str]) -> str:
    return _("%(column)s: “%(value)s” is not one of %(codes)s.") % {
        "column": column,
        "value": values[column][:LONGEST_QUOTE],
        "codes": ", ".join(codes_of(column)),
    }


def codes_of(column: str) -> list[str]:
    """The codes that a column takes; an empty list where any word is taken."""
    if column == PRICE:
        return []
    choices = getattr(ReservationProduct._meta.get_field(column), "choices", None)
    return [str(code) for code, _label in choices or []]
