"""Dates in addresses, in every form that clients are known to send.

Source: partner-center facts, section 4.2.
"""

import datetime as dt
import re
from typing import Annotated, Never

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from pydantic import WithJsonSchema

from partnercenter.api.faults import BAD_INPUT, Fault

# A date in an address. Documented are the forms of RFC 3339; clients send more: see `_read`.
DateText = Annotated[
    str,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "format": "date-time"},
                {"const": ""},
            ]
        }
    ),
]
DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ].{4,40}")
DAY_OF_YEAR = re.compile(r"(\d{4})-\d{2}-(\d{3})")  # Java's SDK writes DD for the day
ONE_TICK = dt.timedelta(microseconds=1)
LATEST = dt.datetime.max.replace(tzinfo=dt.UTC) - dt.timedelta(days=2)
AMERICAN = ("%m/%d/%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p")


def moment_of(text: str) -> dt.datetime | None:
    """The moment (aware, UTC where it names no zone), or None for an empty text.

    Raises Fault (400) for what is no date.
    """
    text = text.strip()
    if not text:
        return None
    try:
        found = _read(text) if text.isascii() else None
        return _in_utc(found) if found else _refuse()
    except (ValueError, OverflowError):
        return _refuse()


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """Raises OverflowError where that would be before the first year or after the last one."""
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _refuse() -> Never:
    sentence = _("This is no date: write it as 2026-01-31 or as 2026-01-31T12:00:00Z.")
    raise Fault(400, BAD_INPUT, sentence)


def end_of(text: str) -> dt.datetime | None:
    """Where a time ends that reaches to this moment, itself not included any more: a day, or its
    midnight, means the whole of that day.
    """
    found = moment_of(text)
    if found is None:
        return None
    whole_day = found.timetz().replace(tzinfo=None) == dt.time.min
    return min(found, LATEST) + (dt.timedelta(days=1) if whole_day else ONE_TICK)


def _read(text: str) -> dt.datetime | None:
    if DAY_ONLY.fullmatch(text):
        return dt.datetime.fromisoformat(text)
    day_of_year = DAY_OF_YEAR.fullmatch(text)
    if day_of_year:
        return dt.datetime.strptime("-".join(day_of_year.groups()), "%Y-%j")  # noqa: DTZ007
    if DAY_AND_TIME.fullmatch(text):
        # In an address, a “+” before the zone has become a space.
        return parse_datetime(re.sub(r" (?=\d{2}:?\d{2}$)", "+", text))
    return _american(text)


def _american(text: str) -> dt.datetime | None:
    for form in AMERICAN:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    return None
