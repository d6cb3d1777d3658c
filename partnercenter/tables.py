"""Tables that people hand in as CSV (RFC 4180): read strictly, with errors by line.

The first line names the columns, in any order and case. A mistake never stops the reading, so that
one look at a file shows all of them.
"""

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.sent import BAD_CHARACTERS

LARGEST = 2 * 2**20  # bytes in UTF-8, beneath what Django takes of a form
MOST_LINES = 20_000
BYTE_ORDER_MARK = "\ufeff"
HEADER = 1
NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]+)?", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: the line of the text it begins on, and its cells by column, trimmed."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class TableError:
    """What is wrong, and on which line of the text; 1 is the line with the columns' names."""

    line: int
    sentence: str


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

    A byte-order mark, either kind of line end and empty lines make no difference. Cells of optional
    columns that the text does not have are empty.
    """
    text = _plain(text)
    if len(text.encode(errors="replace")) > LARGEST:
        return Table(errors=[TableError(HEADER, _too_large())])
    rows = _rows(text)
    first = next(rows, (HEADER, []))
    if isinstance(first, TableError):
        return Table(errors=[first])
    names = [cell.casefold() for cell in first[1]]
    errors = list(_errors_of_header(names, columns, optional))
    if errors:
        return Table(errors=errors)
    return _table(rows, names, {*columns, *optional})


class TableForm(forms.Form):
    """A table as a file or as pasted text; `cleaned_data["text"]` is what there is of either."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or the lines themselves"),
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
            raise forms.ValidationError(_("Choose a file, or paste its lines."))
        if not file:
            return text
        content = decoded(file.read(2 * LARGEST))
        if content is None:
            raise forms.ValidationError(
                _("The file is no text in UTF-8. Save it as “CSV UTF-8”, and choose it again.")
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
    """The number, in plain digits with a point. Raises BadCell."""
    if not NUMBER.fullmatch(cell) or len(cell.partition(".")[2]) > places:
        raise BadCell(
            _("“%(cell)s” is no number with at most %(places)s digits after a point.")
            % {"cell": cell[:40], "places": places}
        )
    return Decimal(cell)


def day_in(cell: str) -> dt.date:
    """The day, written year-month-day. Raises BadCell."""
    try:
        if DAY.fullmatch(cell):
            return dt.date.fromisoformat(cell)
    except ValueError:
        pass
    raise BadCell(
        _("“%(cell)s” is no day. Write year-month-day, such as 2026-01-31.") % {"cell": cell[:40]}
    )


def _plain(text: str) -> str:
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")


def _rows(text: str) -> Iterator[tuple[int, list[str]] | TableError]:
    """Each row with the line it begins on; one that is no CSV ends the reading with an error."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    end = 0
    try:
        for row in reader:
            start, end = end + 1, reader.line_num
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
        elif len(row[1]) != len(names):
            table.errors.append(TableError(row[0], _other_number(len(row[1]), len(names))))
        elif len(table.lines) == MOST_LINES:
            table.errors.append(TableError(row[0], _too_many()))
            break
        else:
            table.lines.append(Line(row[0], dict(zip(names, row[1], strict=True)) | absent))
    if not table.lines and not table.errors:
        table.errors.append(TableError(HEADER, _("There are no lines under the columns' names.")))
    return table


def _errors_of_header(
    names: list[str], columns: Sequence[str], optional: Sequence[str]
) -> Iterator[TableError]:
    if not names:
        yield TableError(HEADER, _("The file is empty."))
        return
    missing = [name for name in columns if name not in names]
    unknown = [name for name in names if name not in {*columns, *optional}]
    if missing:
        sentence = _("These columns are missing: %(columns)s.")
        yield TableError(HEADER, sentence % {"columns": get_text_list(missing, _("and"))})
    if unknown:
        sentence = _("There is no column named “%(name)s”.")
        yield TableError(HEADER, sentence % {"name": unknown[0][:40]})
    if len(set(names)) < len(names):
        yield TableError(HEADER, _("A column stands there twice."))


BAD_CHARACTER = gettext_lazy("The line holds characters that cannot be used.")
NO_CSV = gettext_lazy("The line is no CSV: a quotation mark is not closed, or stands in a cell.")


def _other_number(cells: int, columns: int) -> str:
    return _("The line has %(cells)s cells, and the first line names %(columns)s columns.") % {
        "cells": cells,
        "columns": columns,
    }


def _too_large() -> str:
    return _("The file is too large. Divide it, into parts of two megabytes at most.")


def _too_many() -> str:
    return _("There are more than %(number)s lines. Divide the file.") % {"number": MOST_LINES}
