"""Every switch is what its records say: the state is the fold of the log."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from activitylog.models import ActivityRecord
from activitylog.verification import BATCH, Finding
from customers.models import Customer, PurchasePermission
from customers.operations.locking import locked
from customers.operations.purchase_permissions import RESOURCE_TYPE


def check_switches() -> Iterator[Finding]:
    """One finding for each customer whose switches differ from what his last record says."""
    last_id: UUID | None = None
    while batch := _customers_after(last_id):
        yield from _check(batch)
        last_id = batch[-1].pk


def _customers_after(last_id: UUID | None) -> list[Customer]:
    customers = Customer.objects.order_by("pk")
    if last_id is not None:
        customers = customers.filter(pk__gt=last_id)
    return list(customers.only("pk", "company_name")[:BATCH])


def _check(customers: Sequence[Customer]) -> Iterator[Finding]:
    """Somebody may move a switch between our two reads, so a difference is read again, locked."""
    recorded, stored = _recorded(customers), _stored(customers)
    for customer in customers:
        if recorded.get(customer.pk) == stored.get(customer.pk):
            continue
        with transaction.atomic():
            locked(customer)
            recorded_now, stored_now = _recorded([customer]), _stored([customer])
        if recorded_now != stored_now:
            number = recorded_now.get(customer.pk, (None, []))[0]
            yield Finding(f"The switches of {customer} do not match the log.", number)


def _recorded(customers: Sequence[Customer]) -> dict[UUID, tuple[int | None, list[str]]]:
    """For each customer with records of switches: the last one's number, and who may buy what."""
    last = (
        ActivityRecord.objects.filter(
            resource_type=RESOURCE_TYPE,
            customer_id__in=[str(customer.pk) for customer in customers],
        )
        .order_by()
        .values("customer_id")
        .annotate(last=Max("number"))
        .values("last")
    )
    return {
        UUID(record.customer_id): (record.number, (record.new or {}).get("resources", []))
        for record in ActivityRecord.objects.filter(number__in=last)
    }


def _stored(customers: Sequence[Customer]) -> dict[UUID, tuple[int | None, list[str]]]:
    """The same, from the switches themselves."""
    stored: dict[UUID, tuple[int | None, list[str]]] = {}
    for row in PurchasePermission.objects.filter(customer__in=customers).order_by("resource"):
        number, resources = stored.get(row.customer_id, (0, []))
        allowed = [row.resource] if row.allowed else []
        stored[row.customer_id] = (max(number or 0, row.record_number), resources + allowed)
    return stored
