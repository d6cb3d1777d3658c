"""Tables that people hand in as CSV (RFC 4180): read strictly, with errors by line.

The first line names the columns, in any order and case, and shows what separates cells: commas,
semicolons or TABs, as spreadsheets write and copy them. A mistake never stops the reading, so that
one look at a file shows all of them.
"""

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activitylog.search import plain
from partnercenter.sent import BAD_CHARACTERS
from partnercenter.typed import OTHER_YEAR, YEARS, is_meant

LARGEST = 2 * 2**20  # bytes in UTF-8, beneath what Django takes of a form
MOST_LINES = 20_000
BYTE_ORDER_MARK = "\ufeff"
HEADER = 1
NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]+)?", re.ASCII)
SEPARATORS = (",", ";", "\t")
# What Excel takes for a hint, in a line before all others
SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?[;,\t]*", re.IGNORECASE)
MOST_NAMES = 20  # columns that an error lists

# A cell as large as a file is told by its column, not by Python's reader.
csv.field_size_limit(2 * LARGEST)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: the line of the text it begins on, and its cells by column, trimmed."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class TableError:
    """What is wrong, on which line of the text, and in which column where it's a cell's fault."""

    line: int
    sentence: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What could be read, and what could not, both in the order of the text."""

    lines: list[Line] = field(default_factory=list)
    errors: list[TableError] = field(default_factory=list)


class BadCell(ValueError):
    """A cell does not hold what its column asks for; the sentence says what it should be."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


def read_table(text: str, columns: Sequence[str], *, optional: Sequence[str] = ()) -> Table:
    """The rows of a CSV text that has all of `columns` and no others but the `optional` ones.

    A byte-order mark, either kind of line end, empty lines and columns, and Excel's line `sep=;`
    make no difference. Cells of optional columns that the text does not have are empty.
    """
    rows = rows_of(text, {*columns, *optional})
    first = next(rows, (HEADER, []))
    if isinstance(first, TableError):
        return Table(errors=[first])
    line, names = first[0], [cell.casefold() for cell in first[1]]
    errors = list(_errors_of_header(line, names, columns, optional))
    if errors:
        return Table(errors=errors)
    return _table(rows, names, {*columns, *optional})


def rows_of(text: str, columns: Collection[str]) -> Iterator[tuple[int, list[str]] | TableError]:
    """The rows of the text, each with the line it begins on, and with its cells trimmed; the first
    one names the columns, of which `columns` are known. What is no CSV is the last one, an error.
    """
    text = _plain(text)
    if len(text.encode(errors="replace")) > LARGEST:
        return iter([TableError(HEADER, _too_large())])
    return _rows(text, _separator_of(text, columns))


class TableForm(forms.Form):
    """A table as a file or as pasted text; `cleaned_data["text"]` is what there is of either."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste CSV text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["text"] = self._text(cleaned["file"], cleaned["text"])
        return cleaned

    def _text(self, file: "UploadedFile[bytes] | None", text: str) -> str:
        if bool(file) == bool(text.strip()):
            raise forms.ValidationError(_("Choose a file or paste its text, not both."))
        if not file:
            return text
        content = decoded(file.read(2 * LARGEST))
        if content is None:
            raise forms.ValidationError(
                _("The file is not UTF-8 text. Save it as “CSV UTF-8”, then choose it again.")
            )
        return content


def decoded(content: bytes) -> str | None:
    """The text of a file in UTF-8, or None for any other encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def digest_of(text: str) -> str:
    """The SHA-256 of the text as a file with plain line feeds and no byte-order mark would have it:
    forms change the ends of lines, and which ones a file had makes no difference.
    """
    return hashlib.sha256(_plain(text).encode(errors="replace")).hexdigest()


def number_in(cell: str, *, places: int) -> Decimal:
    """The number, in plain digits with a point; zeros at its end are nothing. Raises BadCell."""
    written = plain(cell)
    whole, _point, fraction = written.partition(".")
    fraction = fraction.rstrip("0")
    if not NUMBER.fullmatch(written) or len(fraction) > places:
        raise BadCell(
            _("“%(cell)s” is not a number with at most %(places)s decimal places.")
            % {"cell": cell[:40], "places": places}
        )
    return Decimal(f"{whole}.{fraction}" if fraction else whole)


def day_in(cell: str) -> dt.date:
    """The day, written year-month-day, of a year that can be meant. Raises BadCell."""
    written = plain(cell)
    try:
        day = dt.date.fromisoformat(written) if DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None:
        raise BadCell(
            _("“%(cell)s” is not a valid date. Use YYYY-MM-DD, for example 2026-01-31.")
            % {"cell": cell[:40]}
        )
    if not is_meant(day):
        raise BadCell(f"“{written}”: {OTHER_YEAR % {'years': YEARS}}")
    return day


def _plain(text: str) -> str:
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")


def _separator_of(text: str, columns: Collection[str]) -> str:
    """What Excel's line says, or else what splits the first line into the most known names."""
    first = next((line for line in text.split("\n") if line.strip(",;\t ")), "")
    hint = SEPARATOR_LINE.fullmatch(first)
    if hint and hint[1] in SEPARATORS:
        return hint[1]
    return max(SEPARATORS, key=lambda separator: _known_names(first, separator, columns))


def _known_names(line: str, separator: str, columns: Collection[str]) -> tuple[int, int]:
    """How many names the separator finds in the line, known ones first."""
    names = ["".join(name.strip(' "').casefold().split()) for name in line.split(separator)]
    return sum(name in columns for name in names), len(names)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]] | TableError]:
    """Each row with the line it begins on; one that is no CSV ends the reading with an error."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    end, is_first = 0, True
    try:
        for row in reader:
            start, end = end + 1, reader.line_num
            if is_first and SEPARATOR_LINE.fullmatch(separator.join(row)):
                continue
            is_first = is_first and not any(cell.strip() for cell in row)
            if any(BAD_CHARACTERS.search(cell) for cell in row):
                yield TableError(start, str(BAD_CHARACTER))
            elif any(cell.strip() for cell in row):
                yield start, [cell.strip() for cell in row]
    except csv.Error:
        yield TableError(end + 1, str(NO_CSV))


def _table(
    rows: Iterator[tuple[int, list[str]] | TableError], names: list[str], columns: set[str]
) -> Table:
    table = Table()
    absent = dict.fromkeys(columns.difference(names), "")
    for row in rows:
        if isinstance(row, TableError):
            table.errors.append(row)
        elif not _fits(row[1], names):
            table.errors.append(TableError(row[0], _other_number(row[1], names)))
        elif len(table.lines) == MOST_LINES:
            table.errors.append(TableError(row[0], too_many_lines()))
            break
        else:
            cells = {name: cell for name, cell in zip(names, row[1], strict=False) if name}
            table.lines.append(Line(row[0], cells | absent))
    if not table.lines and not table.errors:
        table.errors.append(TableError(HEADER, _("There are no lines under the columns' names.")))
    return table


def _fits(cells: list[str], names: list[str]) -> bool:
    """Whether each column with a name has its cell, and no cell without a name has any text."""
    unnamed = [cell for cell, name in zip_longest(cells, names) if not name]
    return len(cells) >= _width(names) and not any(unnamed)


def _width(names: list[str]) -> int:
    """The number of columns up to the last one with a name."""
    return max((place for place, name in enumerate(names, start=1) if name), default=0)


def _errors_of_header(
    line: int, names: list[str], columns: Sequence[str], optional: Sequence[str]
) -> Iterator[TableError]:
    named = [name for name in names if name]
    if not named:
        yield TableError(line, _("The file is empty."))
        return
    missing = [name for name in columns if name not in named]
    unknown = [name for name in named if name not in {*columns, *optional}]
    if missing:
        yield TableError(line, _("Missing columns: %(columns)s.") % {"columns": _listed(missing)})
    if unknown:
        yield TableError(
            line,
            _("Unknown columns: %(unknown)s. The columns are %(columns)s.")
            % {"unknown": _listed(unknown), "columns": _listed([*columns, *optional])},
        )
    if len(set(named)) < len(named):
        yield TableError(line, _("A column appears twice."))


def _listed(names: Sequence[str]) -> str:
    shown = [name[:40] for name in names[:MOST_NAMES]]
    return ", ".join([*shown, "…"] if len(names) > MOST_NAMES else shown)


BAD_CHARACTER = gettext_lazy("The line has characters that can't be used.")
NO_CSV = gettext_lazy("Invalid CSV: unclosed or misplaced quotation mark.")


def _other_number(cells: list[str], names: list[str]) -> str:
    return _("The line has %(cells)s cells, but there are %(columns)s columns.") % {
        "cells": _width(cells),
        "columns": _width(names),
    }


def _too_large() -> str:
    return _("The file is too large. Split the file into parts of 2 MB or less.")


def too_many_lines() -> str:
    """The sentence for the first line that is one too many."""
    return _("There are more than %(number)s lines. Split the file.") % {"number": MOST_LINES}
