"""What instances ran in the last weeks, as files that an Admin agent imports."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import cycle
from uuid import UUID

from customers.demonstration.acts import DAY, Diary
from customers.demonstration.purchases import Wish
from customers.models import Subscription
from customers.operations.usage import COLUMNS, import_usage

WEEKS = 6
SATURDAY = 5
LATE = dt.timedelta(hours=5)
# Percent of the reserved hours on weekdays and on weekends: well used, half used, not used at all,
# and more than is reserved
PATTERNS = ((98, 96), (70, 15), (0, 0), (140, 135))


@dataclass(frozen=True, slots=True)
class Load:
    """Hours that instances of one SKU run on a subscription, roughly, on weekdays and weekends.

    `first` and `last` are days before today.
    """

    subscription: Subscription
    sku: str
    region: str
    weekdays: int
    weekends: int
    first: int = 7 * WEEKS
    last: int = 1


def run(diary: Diary, wishes: Sequence[Wish]) -> None:
    """Each purchase is used in one of the PATTERNS; a file a week tells of all of them."""
    loads: dict[tuple[UUID, str, str], Load] = {}
    served = [wish for wish in wishes if wish.chapter.is_served_at(diary.now - DAY)]
    for wish, (weekdays, weekends) in zip(served, cycle(PATTERNS), strict=False):
        hours = 24 * wish.quantity
        load = Load(
            wish.subscription,
            wish.sku,
            wish.region,
            hours * weekdays // 100,
            hours * weekends // 100,
        )
        if weekdays:
            loads.setdefault((load.subscription.pk, load.sku, load.region), load)
    for week in range(WEEKS, 0, -1):
        import_days(diary, list(loads.values()), first=7 * week, last=7 * week - 6)


def import_days(diary: Diary, loads: Sequence[Load], *, first: int, last: int) -> None:
    """An Admin agent imports what ran from so many days before today to so many, a day later."""
    lines = [",".join(COLUMNS)]
    for days in range(first, last - 1, -1):
        day = diary.now.date() - DAY * days
        lines += [line for load in loads for line in _lines(diary, load, day, days)]
    text = "\n".join(lines) + "\n"
    at = diary.now - DAY * (last - 1) - LATE
    diary.does(at, lambda by: import_usage(text=text, by=by), by=diary.admin)


def _lines(diary: Diary, load: Load, day: dt.date, days_ago: int) -> Iterator[str]:
    hours = load.weekends if day.weekday() >= SATURDAY else load.weekdays
    if load.first >= days_ago >= load.last and hours:
        ran = Decimal(hours * diary.chance.randrange(92, 105) // 10).scaleb(-1)
        yield f"{load.subscription.pk},{load.sku},{load.region},{day},{ran}"
