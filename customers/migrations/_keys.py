"""What the migrations that merge spellings have in common."""

from typing import Any

from django.db.models import Count

from customers.codes import identity


def fill_keys(model: Any) -> None:
    """Stores the identity of every SKU and region that rows of the model spell."""
    for name in ("sku", "region"):
        for written in model.objects.order_by(name).values_list(name, flat=True).distinct():
            model.objects.filter(**{name: written}).update(**{f"{name}_key": identity(written)})


def twins(model: Any, *fields: str) -> list[dict[str, Any]]:
    """The values of these fields that several rows have, in an order that is always the same."""
    shared = model.objects.order_by(*fields).values(*fields).annotate(rows=Count("pk"))
    return [{name: row[name] for name in fields} for row in shared.filter(rows__gt=1)]
