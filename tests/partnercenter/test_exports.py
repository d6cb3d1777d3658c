"""Rows become files: quoted, harmless in spreadsheets, in the reader's language, batch by batch."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from partnercenter.exports import Column, Format, Layout, download
from tests.downloads import cells

Batches = Sequence[Sequence[object]]

TEXT: Layout[object] = Layout(
    [Column(_("Yes"), lambda row: row), Column("Twice", lambda row: row)],
    facts=lambda row: {"row": row, "b": 1, "a": None},
)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(“https://evil.example”)")


def file(batches: Batches, format_: Format = Format.CSV) -> StreamingHttpResponse:
    return download(batches, name="things", format=format_, layout=TEXT)


def content(answer: StreamingHttpResponse) -> bytes:
    return b"".join(answer)


def cell(value: object) -> str:
    return cells(content(file([[value]])))[1][0]


# CSV


def test_a_csv_has_a_byte_order_mark_crlf_and_quotes_around_every_cell() -> None:
    answer = file([['a "b"', "c,d\ne"], [7]])
    assert content(answer).decode() == (
        '\ufeff"Yes","Twice"\r\n'
        '"a ""b""","a ""b"""\r\n'
        '"c,d\ne","c,d\ne"\r\n'
        '"7","7"\r\n'
    )  # fmt: skip


def test_a_list_without_rows_is_a_file_with_headings_alone() -> None:
    assert cells(content(file([]))) == [["Yes", "Twice"]]


def test_nothing_is_an_empty_cell() -> None:
    assert cell(None) == ""


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "\n", "\u00a0", "\u3000", " \t\r\n "])
def test_no_cell_is_a_formula(formula: str, before: str) -> None:
    assert cell(before + formula) == f"'{before}{formula}"


@pytest.mark.parametrize("formula", ["＝1+1", "＋1", "－1", "＠SUM"])
def test_no_cell_is_a_formula_in_full_width(formula: str) -> None:
    assert cell(formula) == f"'{formula}"


@pytest.mark.parametrize("first", ["\t", "\r", "\n"])
def test_no_cell_begins_with_white_space_that_moves_it(first: str) -> None:
    assert cell(f"{first}Fabrikam") == f"'{first}Fabrikam"


@pytest.mark.parametrize(
    "text", ["Fabrikam", "a=b", "A-Z", "ada@partner.example", " Ö", "日本", "'"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


# JSON Lines


def test_json_lines_have_one_object_a_line_with_sorted_keys() -> None:
    answer = file([["Łódź\u2028\n"], ["x"]], Format.JSON_LINES)
    assert content(answer).decode() == (
        '{"a":null,"b":1,"row":"Łódź\u2028\\n"}\n'
        '{"a":null,"b":1,"row":"x"}\n'
    )  # fmt: skip


def test_json_lines_change_no_text() -> None:
    assert b'"row":"=1+1"' in content(file([["=1+1"]], Format.JSON_LINES))


# The answer


@pytest.mark.parametrize(
    ("format_", "media_type", "ending"),
    [(Format.CSV, "text/csv", "csv"), (Format.JSON_LINES, "application/jsonl", "jsonl")],
)
def test_the_file_is_named_after_the_list_and_the_day(
    format_: Format, media_type: str, ending: str
) -> None:
    before = dt.datetime.now(dt.UTC).date()
    answer = file([], format_)
    days = {before, dt.datetime.now(dt.UTC).date()}

    assert answer["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer["Content-Disposition"] in {
        f'attachment; filename="things-{day}.{ending}"' for day in days
    }


@pytest.mark.parametrize("format_", list(Format))
def test_a_batch_is_read_when_the_one_before_it_has_been_sent(format_: Format) -> None:
    read: list[int] = []

    def batches() -> Iterator[list[Any]]:
        for number in range(3):
            read.append(number)
            yield [number]

    chunks = iter(download(batches(), name="things", format=format_, layout=TEXT))
    assert read == []
    chunks = (chunk for chunk in chunks if re.search(rb"\d", chunk))  # without the headings
    for number in range(3):
        assert str(number).encode() in next(chunks)
        assert read == list(range(number + 1))


def test_the_file_is_in_the_language_of_the_request_though_it_is_made_later() -> None:
    words: Layout[object] = Layout([Column(_("Yes"), lambda row: _("No"))], facts=lambda row: {})
    with override("ja"):
        answer = download([[1], [2]], name="things", format=Format.CSV, layout=words)

    languages, chunks = [], []
    for chunk in answer:
        languages.append(get_language())
        chunks.append(chunk)
    assert cells(b"".join(chunks)) == [["はい"], ["いいえ"], ["いいえ"]]
    assert set(languages) == {get_language()} == {"en"}
