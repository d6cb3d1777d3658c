"""The markets in which Microsoft doesn't offer Azure reservations, as markets.json lists them.

A customer there is warned of, not refused: Microsoft changes its list, and an installation that
knows an earlier one must not stop a purchase that Microsoft takes.
"""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

_DATA = json.loads(Path(__file__).with_name("markets.json").read_text(encoding="utf-8"))
SOURCE: str = _DATA["source"]
READ_ON = dt.date.fromisoformat(_DATA["read_on"])
# By their codes of ISO 3166-1, and XK; the names are Microsoft's.
WITHOUT_RESERVATIONS: dict[str, str] = _DATA["without_reservations"]


@dataclass(frozen=True, slots=True)
class Market:
    """A country or region without reservations, and where and when that was read."""

    country: str
    name: str
    source: str = SOURCE
    read_on: dt.date = READ_ON


def market_without_reservations(country: str) -> Market | None:
    """The market of that country or region, if Microsoft offers no reservations there."""
    name = WITHOUT_RESERVATIONS.get(country)
    return Market(country, name) if name else None
