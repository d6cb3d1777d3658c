"""How tests press the buttons of an export and read the file that comes of it."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partnercenter.exports import BYTE_ORDER_MARK
from tests.customers.pages import Part, read

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer = _MonkeyPatchedWSGIResponse
else:  # what a test client answers has a name in the stubs only
    Answer = StreamingHttpResponse


def buttons(client: Client, address: str) -> Part:
    """The form of the export on a list's page."""
    return read(client.get(address)).the("form", class_="export")


def press(client: Client, address: str, format_: str) -> Answer:
    """Opens the list at the address and presses the button of a format."""
    action = buttons(client, address)["action"]
    assert urlsplit(action).netloc == ""
    answer = client.post(action, {"format": format_})
    assert answer.status_code == 200, answer.content
    return answer


def chunks(answer: Answer) -> Iterator[bytes]:
    """The file as it is sent, piece by piece."""
    yield from cast("StreamingHttpResponse", answer)


def contents(answer: Answer) -> bytes:
    return b"".join(chunks(answer))


def queries_while_sent(answer: Answer) -> list[int]:
    """How often the database was asked before each piece was sent; never for a transaction."""
    with CaptureQueriesContext(connection) as captured:
        numbers = [len(captured) for _chunk in chunks(answer)]
    assert {query["sql"].split()[0] for query in captured} == {"SELECT"}
    return numbers


def cells(file: bytes) -> list[list[str]]:
    """The rows of a CSV, the headings first, as a spreadsheet reads them."""
    text = file.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def columns(answer: Answer) -> dict[str, list[str]]:
    """What stands below each heading of a CSV."""
    headings, *rows = cells(contents(answer))
    return {heading: [row[place] for row in rows] for place, heading in enumerate(headings)}


def objects(answer: Answer) -> list[dict[str, Any]]:
    """The objects of a file of JSON Lines."""
    text = contents(answer).decode()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]
