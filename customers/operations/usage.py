"""Usage: what instances ran, imported from CSV.

The columns are subscription_id, sku, region, day and hours. A line replaces what is known of its
subscription, SKU, region and day, in whatever spelling the SKU and the region are.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from activitylog.recording import Actor, Affected, record
from activitylog.search import guid_in
from customers.codes import identity, spelling
from customers.events import CustomerActivity
from customers.models import Customer, Subscription, UsageRecord
from customers.models.product import validate_code
from customers.models.usage import HOUR_PLACES
from customers.operations.locking import locked_customers
from customers.operations.spellings import spelled_as_stored
from customers.pricing import today
from partnercenter.authority import act
from partnercenter.operations import Refused
from partnercenter.tables import BadCell, Line, TableError, day_in, digest_of, number_in, read_table

COLUMNS = ("subscription_id", "sku", "region", "day", "hours")
RESOURCE_TYPE = "usage"
MOST_INSTANCES = 10_000  # of one SKU in one region on one subscription
MOST_HOURS = Decimal(24 * MOST_INSTANCES)
LONGEST_CODE = 64
BATCH = 500

Key = tuple[UUID, dt.date, str, str]  # the last two by their identity


@dataclass(frozen=True, slots=True)
class UsagePreview:
    """What an import of a text does, or else what is wrong with the text. Its rows are unsaved."""

    errors: list[TableError] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    new: list[UsageRecord] = field(default_factory=list)
    replaced: list[UsageRecord] = field(default_factory=list)
    unchanged: list[UsageRecord] = field(default_factory=list)

    @property
    def changed(self) -> list[UsageRecord]:
        return [*self.new, *self.replaced]

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of which the text speaks."""
        days = [row.day for row in (*self.changed, *self.unchanged)]
        return min(days), max(days)


@act("customers.add_usagerecord")
def import_usage(*, text: str, by: Actor) -> UsagePreview:
    """Stores the usage of a CSV text, all of it or nothing, with one record.

    Does nothing where everything is known already. Raises Refused (bad_lines) for a text with any
    mistake; `preview_usage` says which ones.
    """
    rows, errors = _read(text)
    if errors:
        raise _bad_lines(errors[0])
    customers = locked_customers(row.subscription.customer_id for row in rows)
    preview = _compared(rows, customers)
    if preview.changed:
        _store(preview.changed)
        _record(text, preview, by)
    return preview


def preview_usage(text: str) -> UsagePreview:
    """What `import_usage` would do with the text now; it stores nothing."""
    rows, errors = _read(text)
    if errors:
        return UsagePreview(errors=errors)
    found = {row.subscription.customer for row in rows}
    return _compared(rows, sorted(found, key=lambda customer: customer.sort_name))


def _read(text: str) -> tuple[list[UsageRecord], list[TableError]]:
    """The rows of the text, unsaved, and all errors in it, in its order."""
    table = read_table(text, COLUMNS)
    known = _subscriptions(table.lines)
    rows: dict[Key, int] = {}
    found, errors = [], list(table.errors)
    for line in table.lines:
        cells, wrong = _cells(line, known)
        errors += wrong
        if wrong:
            continue
        row = UsageRecord(**cells)
        first = rows.setdefault(_key(row), line.number)
        if first != line.number:
            errors.append(TableError(line.number, _duplicate(first)))
        found.append(row)
    spelled_as_stored(found)
    return found, sorted(errors, key=lambda error: error.line)


def _subscriptions(lines: Iterable[Line]) -> dict[UUID, Subscription]:
    """Those that the lines name, as far as there are such."""
    named = {line.cells["subscription_id"] for line in lines}
    ids = filter(None, map(guid_in, named))
    return Subscription.objects.select_related("customer").in_bulk(ids)


def _cells(
    line: Line, known: Mapping[UUID, Subscription]
) -> tuple[dict[str, Any], list[TableError]]:
    """What the line says, by field of a row, and what is wrong with its cells."""
    readers: dict[str, Callable[[str], Any]] = {
        "subscription": lambda cell: _subscription(cell, known),
        "sku": _code,
        "region": _code,
        "day": _past_day,
        "hours": _hours,
    }
    values: dict[str, Any] = {}
    errors = []
    for column, (name, read) in zip(COLUMNS, readers.items(), strict=True):
        try:
            values[name] = read(line.cells[column])
        except BadCell as bad:
            errors.append(TableError(line.number, str(bad), column))
    return values, errors


def _subscription(cell: str, known: Mapping[UUID, Subscription]) -> Subscription:
    guid = guid_in(cell)
    subscription = known.get(guid) if guid else None
    if subscription is None:
        raise BadCell(_("There is no subscription “%(cell)s”.") % {"cell": cell[:40]})
    if not subscription.is_azure:
        raise BadCell(
            _("The subscription “%(cell)s” is neither an Azure plan nor Azure Global.")
            % {"cell": cell}
        )
    return subscription


def _code(cell: str) -> str:
    code = spelling(cell)
    try:
        validate_code(code)
    except ValidationError as error:
        raise BadCell(_bad_code(cell)) from error
    if len(code) > LONGEST_CODE:
        raise BadCell(_bad_code(cell))
    return code


def _past_day(cell: str) -> dt.date:
    day = day_in(cell)
    if day > today():
        raise BadCell(_("%(day)s is in the future.") % {"day": cell})
    return day


def _hours(cell: str) -> Decimal:
    hours = number_in(cell, places=HOUR_PLACES)
    if hours > MOST_HOURS:
        raise BadCell(
            _("%(cell)s hours are more than one day can have, which are %(most)s at most.")
            % {"cell": cell, "most": MOST_HOURS}
        )
    return hours


def _bad_code(cell: str) -> str:
    return _(
        "“%(cell)s” isn't a SKU or region. Use at most %(longest)s letters, digits, spaces, “_”, "
        "“.”, and “-”, and begin with a letter or a digit."
    ) % {"cell": cell[:40], "longest": LONGEST_CODE}


def _duplicate(first: int) -> str:
    return _("Duplicate of line %(number)s.") % {"number": first}


def _bad_lines(error: TableError) -> Refused:
    sentence = _("Line %(line)s: %(sentence)s Nothing was imported.")
    return Refused(sentence % {"line": error.line, "sentence": error.sentence}, code="bad_lines")


def _compared(rows: Sequence[UsageRecord], customers: list[Customer]) -> UsagePreview:
    """The rows beside what is stored now."""
    stored = _stored(rows)
    preview = UsagePreview(customers=customers)
    for row in rows:
        hours = stored.get(_key(row))
        if hours is None:
            preview.new.append(row)
        else:
            (preview.unchanged if hours == row.hours else preview.replaced).append(row)
    return preview


def _stored(rows: Iterable[UsageRecord]) -> dict[Key, Decimal]:
    """The hours that are stored for the subscriptions and days of the rows."""
    days: dict[UUID, set[dt.date]] = defaultdict(set)
    for row in rows:
        days[row.subscription_id].add(row.day)
    ids = sorted(days)
    stored: dict[Key, Decimal] = {}
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        found = UsageRecord.objects.filter(
            subscription__in=batch, day__in=set().union(*(days[pk] for pk in batch))
        )
        stored |= {_key(row): row.hours for row in found}
    return stored


def _key(row: UsageRecord) -> Key:
    return row.subscription_id, row.day, identity(row.sku), identity(row.region)


def _store(rows: Sequence[UsageRecord]) -> None:
    UsageRecord.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["subscription", "day", "sku_key", "region_key"],
        update_fields=["hours"],
    )


def _record(text: str, preview: UsagePreview, by: Actor) -> None:
    """One record; a customer's Activity shows it where the file is about that customer alone."""
    first, last = preview.days
    only = preview.customers[0].affected if len(preview.customers) == 1 else Affected()
    record(
        CustomerActivity.IMPORT_USAGE,
        resource_type=RESOURCE_TYPE,
        resource_id="",
        customer=only,
        new={
            "new": len(preview.new),
            "replaced": len(preview.replaced),
            "unchanged": len(preview.unchanged),
            "customers": len(preview.customers),
            "from": first.isoformat(),
            "to": last.isoformat(),
            "sha256": digest_of(text),
        },
        by=by,
    )
