"""CSV that people hand in: what is read, and which mistakes are found on which line."""

import hashlib
from decimal import Decimal

import pytest

from partnercenter import tables
from partnercenter.tables import BadCell, Line, day_in, decoded, digest_of, number_in, read_table

COLUMNS = ("name", "day")
HEADER = "name,day\n"


def errors(text: str) -> list[tuple[int, str]]:
    return [(error.line, error.sentence) for error in read_table(text, COLUMNS).errors]


def test_a_row_is_known_by_its_line_and_its_cells_by_their_columns() -> None:
    table = read_table("name,day\nAda, 2026-01-31 \nSam,2026-02-01\n", COLUMNS)
    assert table.errors == []
    assert table.lines == [
        Line(2, {"name": "Ada", "day": "2026-01-31"}),
        Line(3, {"name": "Sam", "day": "2026-02-01"}),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffname,day\r\nAda,2026-01-31\r\n",
        "Name,DAY\nAda,2026-01-31",
        "day,name\n2026-01-31,Ada\n",
        '"name","day"\n"Ada","2026-01-31"\n',
        "\n\nname,day\n\n,\nAda,2026-01-31\n\n",
        "name;day\nAda;2026-01-31\n",
        "name\tday\nAda\t2026-01-31\n",
        "sep=;\nname;day\nAda;2026-01-31\n",
        "\ufeffsep=,\r\nname,day\r\nAda,2026-01-31\r\n",
        '"sep=\t"\nname\tday\nAda\t2026-01-31\n',
        "name;day;;\nAda;2026-01-31;;\n;;;\n",
        "name,,day\nAda,,2026-01-31\n",
        "name,day,,\nAda,2026-01-31\n",
    ],
    ids=[
        "byte-order mark and CRLF",
        "other case",
        "other order",
        "quoted",
        "empty lines",
        "semicolons",
        "cells pasted from a spreadsheet",
        "Excel's hint with semicolons",
        "Excel's hint with commas",
        "Excel's hint with TABs",
        "empty columns at the end",
        "an empty column in the middle",
        "empty columns without cells",
    ],
)
def test_it_makes_no_difference_how_a_spreadsheet_writes(text: str) -> None:
    table = read_table(text, COLUMNS)
    assert table.errors == []
    assert [line.cells for line in table.lines] == [{"name": "Ada", "day": "2026-01-31"}]


def test_a_cell_of_a_column_without_a_name_is_not_lost_in_silence() -> None:
    assert errors("name,day,\nAda,2026-01-31,x\n") == [
        (2, "The line has 3 cells, but there are 2 columns.")
    ]


def test_lines_after_excels_hint_keep_their_numbers() -> None:
    table = read_table("sep=;\nname;day\nAda;2026-01-31\n", COLUMNS)
    assert [line.number for line in table.lines] == [3]
    [error] = read_table("sep=;\nname;age\n", ("name",)).errors
    assert error.line == 2


def test_a_cell_as_large_as_a_file_is_read() -> None:
    long = "x" * 200_000
    [line] = read_table(f"{HEADER}{long},2026-01-31\n", COLUMNS).lines
    assert line.cells["name"] == long


def test_a_row_over_two_lines_is_counted_from_the_first_and_the_next_is_not_moved() -> None:
    table = read_table(f'{HEADER}"Ada\nLovelace",2026-01-31\nSam,2026-02-01\n', COLUMNS)
    assert [line.number for line in table.lines] == [2, 4]


def test_optional_columns_that_are_absent_are_empty() -> None:
    table = read_table(f"{HEADER}Ada,2026-01-31\n", COLUMNS, optional=["city"])
    assert table.lines[0].cells["city"] == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("name\nAda\n", "Missing columns: day."),
        (
            "name,day,age,shoe\n",
            "Unknown columns: age, shoe. The columns are name, day.",
        ),
        ("name,day,day\n", "A column appears twice."),
        ("name,day\n", "There are no lines under the columns' names."),
    ],
)
def test_what_is_wrong_with_the_columns_is_said_at_the_first_line(text: str, sentence: str) -> None:
    assert (1, sentence) in errors(text)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("Ada", "The line has 1 cells, but there are 2 columns."),
        ("Ada,b,c", "The line has 3 cells, but there are 2 columns."),
        ("A\x00da,b", "The line has characters that can't be used."),
        ("A\u202eda,b", "The line has characters that can't be used."),
        ('"Ada"x,b', str(tables.NO_CSV)),
        ('"Ada,b', str(tables.NO_CSV)),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_number(row: str, sentence: str) -> None:
    assert errors(f"{HEADER}Sam,2026-01-31\n{row}\n") == [(3, sentence)]


def test_a_bad_line_does_not_hide_the_next_one() -> None:
    assert [line for line, _ in errors(f"{HEADER}a\nb,c\nd\n")] == [2, 4]


def test_a_file_has_a_greatest_size_and_a_greatest_number_of_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "MOST_LINES", 2)
    assert errors(HEADER + "a,b\n" * 3) == [(4, "There are more than 2 lines. Split the file.")]
    monkeypatch.setattr(tables, "LARGEST", 20)
    [(line, sentence)] = errors(HEADER + "é,b\n" * 3)
    assert (line, sentence[:22]) == (1, "The file is too large.")


def test_the_size_and_the_digest_are_those_of_a_file_with_plain_line_feeds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = HEADER + "a,b\n" * 3
    sent = "\ufeff" + plain.replace("\n", "\r\n")
    monkeypatch.setattr(tables, "LARGEST", len(plain))
    assert read_table(sent, COLUMNS).errors == []
    assert digest_of(sent) == digest_of(plain) == hashlib.sha256(plain.encode()).hexdigest()


def test_only_utf_8_is_read() -> None:
    assert decoded("\ufeffÅse".encode()) == "Åse"
    assert decoded("Åse".encode("utf-16")) is None


@pytest.mark.parametrize("cell", ["4594.00000", "24.000000000000000", "0.12500", "7.0"])
def test_zeros_at_the_end_of_a_number_are_nothing(cell: str) -> None:
    assert number_in(cell, places=3) == Decimal(cell)


@pytest.mark.parametrize("cell", ["0", "24", "23.5", "0.125", "999999999999.999"])
def test_plain_digits_are_a_number(cell: str) -> None:
    assert number_in(cell, places=3) == Decimal(cell)


@pytest.mark.parametrize(
    "cell", ["", "-1", "+1", "1e3", "1,5", "1.", ".5", "0.1234", "NaN", "٣", "1" * 13, "9" * 5000]
)
def test_whatever_else_is_none(cell: str) -> None:
    with pytest.raises(BadCell, match="is not a number with at most 3 decimal places"):
        number_in(cell, places=3)


@pytest.mark.parametrize(
    "cell", ["", "2026-02-30", "20260131", "2026-1-1", "0000-00-00", "2026-W01-1", "31.1.2026"]
)
def test_a_day_is_written_in_one_way(cell: str) -> None:
    assert day_in("2026-01-31").isoformat() == "2026-01-31"
    with pytest.raises(BadCell, match="is not a valid date"):
        day_in(cell)
