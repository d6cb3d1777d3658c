"""Lists as files: streamed batch by batch, so that a million rows need the memory of one batch.

CSV is for spreadsheets, in the words of the reader's language. JSON Lines is for programs: stable
names, codes instead of words, one object a line in the log's canonical form.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from activitylog.digest import canonical
from partnercenter.http import AgentRequest, BadInput
from partnercenter.lists import FilterForm

Row = TypeVar("Row")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the local code page
FORMULA = tuple("=+-@＝＋－＠")
FORMULA_FIRST = ("\t", "\r", "\n")


class Format(models.TextChoices):
    CSV = "csv", _("CSV")
    JSON_LINES = "jsonl", _("JSON Lines")


# application/jsonl is what jsonlines.org proposes; neither it nor application/x-ndjson is
# registered, and RFC 6648 advises against names that begin with x-.
MEDIA_TYPES = {Format.CSV: "text/csv", Format.JSON_LINES: "application/jsonl"}


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column of the CSV: its heading, and what a row has in it."""

    heading: str | Promise
    cell: Callable[[Row], object]


@dataclass(frozen=True, slots=True)
class Layout(Generic[Row]):
    """How rows are written: the columns of the CSV, and the object of a line of JSON."""

    columns: Sequence[Column[Row]]
    facts: Callable[[Row], dict[str, Any]]


def format_of(request: AgentRequest) -> Format:
    """The format that the pressed button names. Raises BadInput for any other."""
    try:
        return Format(request.POST.get("format", ""))
    except ValueError as error:
        raise BadInput(
            _("Nothing was exported: there is no such format. Choose CSV or JSON Lines.")
        ) from error


def understood(form: FilterForm) -> dict[str, str]:
    """Validates the filters of an export and returns those that were chosen, for its record.

    Page size and cursor make no difference. Raises BadInput with the sentences of what is wrong.
    """
    if not form.is_valid():
        errors = " ".join(str(error) for errors in form.errors.values() for error in errors)
        raise BadInput(_("Nothing was exported. %(errors)s") % {"errors": errors})
    return form.chosen


def download(
    batches: Iterable[Sequence[Row]],
    *,
    name: str,
    format: Format,  # noqa: A002
    layout: Layout[Row],
) -> StreamingHttpResponse:
    """The answer that carries the rows as a file to keep: `name`, the day in UTC, the format."""
    chunks = (
        _csv(batches, layout.columns)
        if format == Format.CSV
        else _json_lines(batches, layout.facts)
    )
    filename = f"{name}-{timezone.now():%Y-%m-%d}.{format.value}"
    disposition = content_disposition_header(as_attachment=True, filename=filename)
    return StreamingHttpResponse(
        _in_this_language(chunks),
        content_type=f"{MEDIA_TYPES[format]}; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


def _in_this_language(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks in the language of now: they are made after the request's language has gone."""
    language = get_language()

    def spoken() -> Iterator[bytes]:
        while True:
            with override(language):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk

    return spoken()


def _csv(batches: Iterable[Sequence[Row]], columns: Sequence[Column[Row]]) -> Iterator[bytes]:
    yield (BYTE_ORDER_MARK + _lines([[column.heading for column in columns]])).encode()
    for batch in batches:
        yield _lines([column.cell(row) for column in columns] for row in batch).encode()


def _lines(rows: Iterable[Iterable[object]]) -> str:
    """The rows as RFC 4180 has them, with CRLF and with every cell quoted."""
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(map(_text, row) for row in rows)
    return text.getvalue()


def _text(cell: object) -> str:
    """The cell as text that no spreadsheet runs as a formula.

    OWASP names the characters, their full-width variants and the white space that tables drop at
    an import. An apostrophe too many does no harm, so white space before them is passed over.
    """
    text = "" if cell is None else str(cell)
    dangerous = text.startswith(FORMULA_FIRST) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if dangerous else text


def _json_lines(
    batches: Iterable[Sequence[Row]], facts: Callable[[Row], dict[str, Any]]
) -> Iterator[bytes]:
    for batch in batches:
        yield b"".join(canonical(facts(row)) + b"\n" for row in batch)
