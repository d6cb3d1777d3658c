"""The catalogue's spelling of SKUs and regions, for what is stored under another one."""

from collections.abc import Iterable, Sequence

from django.db.models import Min

from customers.codes import identity
from customers.models import ReservationProduct
from customers.models.instances import Instances

BATCH = 500


def spelled_as_stored(rows: Sequence[Instances]) -> None:
    """Gives unsaved rows the SKU and the region as the oldest product of the catalogue has them.

    One query for each name and BATCH of different ones. Rows about neither stay as they are.
    """
    for name in ("sku", "region"):
        known = _spellings(name, {identity(getattr(row, name)) for row in rows})
        for row in rows:
            written = getattr(row, name)
            setattr(row, name, known.get(identity(written), written))


def _spellings(name: str, keys: Iterable[str]) -> dict[str, str]:
    """By identity, how the catalogue spells it."""
    wanted = sorted(keys)
    known: dict[str, str] = {}
    for start in range(0, len(wanted), BATCH):
        products = ReservationProduct.objects.filter(
            **{f"{name}_key__in": wanted[start : start + BATCH]}
        )
        oldest = products.values_list(f"{name}_key", name).annotate(first=Min("pk"))
        known |= {key: spelled for key, spelled, _first in oldest.order_by("-first")}
    return known
