"""Prices of reservations as Microsoft writes them, read as lines of our price lists.

These are the items of the Azure Retail Prices API
(https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices), as its
JSON or as a table with columns of the same names, which price sheets have too: `Unit Price` and
`unitPrice` are one column. Of reservations the API gives the price for the whole term.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.models.product import BillingFrequency, ProductType
from partnercenter.tables import (
    HEADER,
    MOST_LINES,
    Line,
    Table,
    TableError,
    rows_of,
    too_many_lines,
)

# By our columns, Microsoft's names for them: folded, and the first that is there counts.
NAMES = {
    "sku": ("armskuname",),
    "region": ("armregionname",),
    "term": ("reservationterm", "term", "termduration"),
    "currency": ("currencycode", "currency"),
    "web_direct_price": ("retailprice", "unitprice"),
}
KIND, RESERVATION = ("type", "pricetype"), ("reservation", "reservedinstance")
SERVICE = ("servicename", "metercategory")
PRODUCT_TYPES = {
    "Virtual Machines": ProductType.VIRTUAL_MACHINES,
    "SQL Database": ProductType.SQL_DATABASES,
    "Azure Cosmos DB": ProductType.COSMOS_DB,
    "Azure Synapse Analytics": ProductType.SYNAPSE,
    "Azure App Service": ProductType.APP_SERVICE,
    "Storage": ProductType.BLOCK_BLOB,
}


def read_microsoft_prices(text: str) -> Table | None:
    """The reservations in the text, with the cells of our columns; None for any other text.

    What isn't a reservation, such as pay-as-you-go prices, is left out. Lines of JSON are numbered
    by its items.
    """
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        items = _items(text)
        if items is None:
            return Table(errors=[TableError(HEADER, _not_prices())])
        return _table(enumerate(items, start=1))
    rows = rows_of(text, {name for names in NAMES.values() for name in names})
    first = next(rows, None)
    if first is None or isinstance(first, TableError):
        return None
    names = [_folded(cell) for cell in first[1]]
    if not all(any(name in names for name in known) for known in NAMES.values()):
        return None
    table = Table()
    read = _table(_named(rows, names, table))
    return Table(read.lines, [*table.errors, *read.errors])


def _items(text: str) -> list[dict[str, str]] | None:
    """The items of the API's answer, or of a list of them; numbers as they are written."""
    try:
        answer = json.loads(text.lstrip("\ufeff"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None
    items = answer.get("Items") if isinstance(answer, dict) else answer
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    return [{_folded(name): _text(value) for name, value in item.items()} for item in items]


def _named(
    rows: Iterable[tuple[int, list[str]] | TableError], names: list[str], table: Table
) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of each row by the columns' names; what can't be read goes to the table."""
    for row in rows:
        if isinstance(row, TableError):
            table.errors.append(row)
        else:
            yield row[0], dict(zip(names, row[1], strict=False))


def _table(items: Iterable[tuple[int, Mapping[str, str]]]) -> Table:
    table = Table()
    for number, item in items:
        if _of(item, KIND) and _folded(_of(item, KIND)) not in RESERVATION:
            continue
        if len(table.lines) == MOST_LINES:
            table.errors.append(TableError(number, too_many_lines()))
            break
        table.lines.append(Line(number, _cells(item)))
    if not table.lines and not table.errors:
        table.errors.append(TableError(HEADER, _("There are no prices of reservations in it.")))
    return table


def _cells(item: Mapping[str, str]) -> dict[str, str]:
    service = _of(item, SERVICE)
    return {
        **{column: _of(item, names) for column, names in NAMES.items()},
        "product_type": PRODUCT_TYPES.get(service, service) or ProductType.VIRTUAL_MACHINES,
        "billing_frequency": BillingFrequency.EITHER.value,
    }


def _of(item: Mapping[str, str], names: Iterable[str]) -> str:
    return next((item[name] for name in names if name in item), "")


def _folded(name: str) -> str:
    return "".join(name.casefold().replace("_", " ").split())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _not_prices() -> str:
    return _(
        "The file is JSON, but not an answer of the Azure Retail Prices API. Choose a CSV file "
        "with the columns below, or that answer."
    )
