"""Price lists as files: CSV with one reserved instance and its Web Direct price a line."""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import ReservationProduct, WebDirectPrice
from customers.money import Money

if TYPE_CHECKING:
    import _csv

FACTS = ("product_type", "sku", "region", "term", "billing_frequency", "currency")
PRICE = "web_direct_price"
COLUMNS = (*FACTS, PRICE)
MOST_LINES = 20_000
LARGEST_BYTES = 2_000_000  # of the text; Django's own limit of a form is 2.5 MB
LONGEST_QUOTE = 40  # characters of a value that an error repeats
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]+)?", re.ASCII)
BYTE_ORDER_MARK = "\ufeff"
Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line that can be imported: a product, not stored and perhaps new, and its price."""

    number: int
    product: ReservationProduct
    price: Money


@dataclass(frozen=True, slots=True)
class LineError:
    """Why a line cannot be imported, in the reader's language."""

    number: int
    sentence: str


@dataclass
class PriceList:
    """What was read. With any error nothing is imported.

    `sha256` is that of the text in UTF-8, without a byte order mark and with line feeds alone:
    forms change the ends of lines on their way.
    """

    sha256: str
    lines: list[Line] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def key_of(product: ReservationProduct) -> Key:
    """What tells one product of the catalogue from another."""
    return product.sku, product.region, product.term, product.currency


def checked_price(product: ReservationProduct, amount: Decimal) -> WebDirectPrice:
    """The price for the product, neither stored. The rule of imports and of single products.

    Raises ValidationError for codes that are not known and amounts that cannot be.
    """
    price = WebDirectPrice(product=product, amount=amount)
    product.clean_fields(exclude={"search"})
    price.clean_fields(exclude={"product", "valid_from", "record_number"})
    price.clean()
    return price


def read_price_list(text: str) -> PriceList:
    """The lines of a CSV with the columns COLUMNS, in any order, and all errors by line."""
    text = text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    found = PriceList(hashlib.sha256(text.encode(errors="replace")).hexdigest())
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        headings = [cell.strip() for cell in next(reader, [])]
        found.errors += [LineError(1, sentence) for sentence in _faults_of(headings)]
        if not found.errors:
            _read_lines(_filled(reader), headings, found)
    except csv.Error:
        sentence = _("The line is no CSV: a quotation mark is missing, or a value is far too long.")
        found.errors.append(LineError(max(1, reader.line_num), sentence))
    return found


def _faults_of(headings: Sequence[str]) -> Iterator[str]:
    if not any(headings):
        yield _("The first line is empty. It names the columns.")
        return
    for name in COLUMNS:
        if name not in headings:
            yield _("The column “%(name)s” is missing.") % {"name": name}
    for name in dict.fromkeys(headings):
        if name not in COLUMNS:
            yield _("The column “%(name)s” is not known.") % {"name": name[:LONGEST_QUOTE]}
        elif headings.count(name) > 1:
            yield _("The column “%(name)s” is there twice.") % {"name": name}


def _filled(reader: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    """The lines with anything on them, with their numbers."""
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [cell.strip() for cell in cells]


def _read_lines(
    lines: Iterator[tuple[int, list[str]]], headings: Sequence[str], found: PriceList
) -> None:
    seen: dict[Key, int] = {}
    for count, (number, cells) in enumerate(lines):
        if count == MOST_LINES:
            sentence = _("A price list has %(number)s lines at most. Divide it.")
            found.errors.append(LineError(number, sentence % {"number": MOST_LINES}))
            return
        try:
            line = _line(number, cells, headings, seen)
        except ValidationError as error:
            found.errors += [LineError(number, sentence) for sentence in error.messages]
        else:
            found.lines.append(line)
    if not found.lines and not found.errors:
        found.errors.append(LineError(1, _("The price list has no lines below its first.")))


def _line(number: int, cells: Sequence[str], headings: Sequence[str], seen: dict[Key, int]) -> Line:
    """Raises ValidationError with a sentence for everything that is wrong with the line."""
    if len(cells) != len(headings):
        numbers = {"found": len(cells), "expected": len(headings)}
        raise ValidationError(
            _("The line has %(found)s values; the first line has %(expected)s.") % numbers
        )
    values = dict(zip(headings, cells, strict=True))
    product = ReservationProduct(**{name: values[name] for name in FACTS})
    first = seen.setdefault(key_of(product), number)
    if first != number:
        raise ValidationError(
            _("The same product stands on line %(number)s already.") % {"number": first}
        )
    price = _checked(product, values)
    return Line(number, product, Money(price.amount, product.currency))


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
