"""Small charts as SVG: everything is worked out here, the template only writes it down.

The drawing is stretched to the width of the page, so that it holds no text; what it shows is said
by the titles of its bars, and by a table beside it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from customers.utilisation import ONE_DAY, Utilisation, number_of_hours

HEIGHT = 1000  # of which a bar of 100% takes all
STEP, WIDTH = 10, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where it stands in the drawing, and what is said of it.

    Places are texts, so that no language writes them with other digits or separators.
    """

    x: str
    y: str
    height: str
    day: str
    percent: str
    used: str
    available: str

    @property
    def title(self) -> str:
        return _("%(day)s: %(percent)s, %(used)s of %(available)s hours") % {
            "day": self.day,
            "percent": self.percent,
            "used": self.used,
            "available": self.available,
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """The utilisation of a reservation in some days; without bars it did not serve on any."""

    first: str
    last: str
    width: str
    bars: list[Bar]
    percent: str

    @property
    def summary(self) -> str:
        """What the drawing shows, for whoever does not see it."""
        return _("From %(first)s to %(last)s, %(percent)s of its hours were used.") % {
            "first": self.first,
            "last": self.last,
            "percent": self.percent,
        }


def chart_of(utilisation: Utilisation, first: dt.date, last: dt.date) -> Chart:
    """A bar for each day between the two, both included, on which the reservation served."""
    return Chart(
        first=date_format(first, "DATE_FORMAT"),
        last=date_format(last, "DATE_FORMAT"),
        width=str(STEP * ((last - first) // ONE_DAY + 1)),
        bars=list(_bars(utilisation, first)),
        percent=shown_percent(utilisation),
    )


def shown_percent(utilisation: Utilisation) -> str:
    """Such as “87.5%”; “–” where the reservation did not serve."""
    percent = utilisation.percent
    return "–" if percent is None else _percent(percent)


def shown_hours(time: dt.timedelta) -> str:
    return number_format(number_of_hours(time), 1, force_grouping=True)


def _bars(utilisation: Utilisation, first: dt.date) -> Iterable[Bar]:
    for day in utilisation.days:
        height = int(day.percent * (HEIGHT // 100))
        yield Bar(
            x=str(STEP * ((day.day - first) // ONE_DAY) + (STEP - WIDTH) // 2),
            y=str(HEIGHT - height),
            height=str(height),
            day=date_format(day.day, "DATE_FORMAT"),
            percent=_percent(day.percent),
            used=shown_hours(day.used),
            available=shown_hours(day.available),
        )


def _percent(number: Decimal) -> str:
    return _("%(number)s%%") % {"number": number_format(number, 1)}
