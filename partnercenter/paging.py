"""Paging by keyset: each page begins where another ended, whatever was added in between.

A cursor is signed together with the list it belongs to, so that it cannot be forged, nor carried
to another filter, order or page size. No page ever counts the whole list.

`in_batches` walks a whole list in the same way, for whoever needs all of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db import models
from django.utils.translation import gettext_lazy as _

from partnercenter.http import BadInput

Row = TypeVar("Row", bound=models.Model)
NEXT, PREVIOUS = "next", "previous"
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in the list's order, and the cursors of the pages beside them, None where none is."""

    rows: list[Row]
    previous: str | None
    next: str | None

    @property
    def number_of_all(self) -> int | None:
        """How many rows the list has, if this page is all of it; None if there are others."""
        return None if self.previous or self.next else len(self.rows)


def page_of(
    rows: models.QuerySet[Row], *, order: Sequence[str], size: int, cursor: str, scope: str
) -> Page[Row]:
    """One page of `rows` in `order`: field names, together unique, all or none with a minus.

    `cursor` is empty for the first page, else one that this function gave out for the same
    `scope`. Raises BadInput for any other.
    """
    direction, values = _read(cursor, scope) if cursor else (NEXT, [])
    ordered = rows.order_by(*(order if direction == NEXT else map(_reversed, order)))
    if values:
        ordered = ordered.filter(_beyond(rows.model, order, values, direction))
    found = list(ordered[: size + 1])
    more, found = len(found) > size, found[:size]
    if direction == PREVIOUS:
        found.reverse()
    has_previous = more if direction == PREVIOUS else bool(values)
    has_next = more if direction == NEXT else True
    return Page(
        rows=found,
        previous=_written(found[0], order, PREVIOUS, scope) if found and has_previous else None,
        next=_written(found[-1], order, NEXT, scope) if found and has_next else None,
    )


def in_batches(rows: models.QuerySet[Row], *, order: Sequence[str]) -> Iterator[list[Row]]:
    """All of `rows` in `order` (as for a page), BATCH at a time, with one query for each batch.

    It opens no transaction: what is added behind the place it has reached is not read.
    """
    ordered = rows.order_by(*order)
    batch = list(ordered[:BATCH])
    while batch:
        yield batch
        if len(batch) < BATCH:
            return
        beyond = _beyond(rows.model, order, _values(batch[-1], order), NEXT)
        batch = list(ordered.filter(beyond)[:BATCH])


def _beyond(
    model: type[models.Model], order: Sequence[str], values: Sequence[str], direction: str
) -> models.Q:
    """(a, b) > (x, y) as: a > x or (a = x and b > y); and a >= x, for the index to start at."""
    ascending = (direction == NEXT) != order[0].startswith("-")
    comparison = "gt" if ascending else "lt"
    names = [name.lstrip("-") for name in order]
    fields = _fields(model, order)
    keys = [field.to_python(value) for field, value in zip(fields, values, strict=True)]
    beyond = models.Q()
    for depth, (name, key) in enumerate(zip(names, keys, strict=True)):
        equal = dict(zip(names[:depth], keys[:depth], strict=True))
        beyond |= models.Q(**equal, **{f"{name}__{comparison}": key})
    return beyond & models.Q(**{f"{names[0]}__{comparison}e": keys[0]})


def _reversed(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _fields(model: type[models.Model], order: Sequence[str]) -> list["models.Field[Any, Any]"]:
    fields = [model._meta.get_field(name.lstrip("-")) for name in order]
    return [field for field in fields if isinstance(field, models.Field)]


def _written(row: models.Model, order: Sequence[str], direction: str, scope: str) -> str:
    return signing.dumps([direction, _values(row, order)], salt=_salt(scope))


def _values(row: models.Model, order: Sequence[str]) -> list[str]:
    """What the row has in the fields of the order, as text that stands in cursors."""
    return [field.value_to_string(row) for field in _fields(type(row), order)]


def _read(cursor: str, scope: str) -> tuple[str, list[Any]]:
    try:
        direction, values = signing.loads(cursor, salt=_salt(scope))
    except signing.BadSignature as error:
        raise BadInput(
            _("This page link belongs to another list or was changed. Start from the first page.")
        ) from error
    return direction, values


def _salt(scope: str) -> str:
    return f"partnercenter.paging:{scope}"
