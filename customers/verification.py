"""State and log agree: every switch is the fold of its records, every order has its record."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max

from activitylog.models import ActivityRecord, Status
from activitylog.verification import BATCH, Finding
from customers.events import CustomerActivity
from customers.models import Customer, Order, PurchasePermission
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


def check_orders() -> Iterator[Finding]:
    """One finding for each order whose record, customer or total differs, and for each recorded
    purchase without an order.
    """
    last = 0
    while batch := list(_orders_after(last)):
        records = ActivityRecord.objects.in_bulk([order.number for order in batch])
        for order in batch:
            yield from _check_order(order, records.get(order.number))
        last = batch[-1].number
    yield from _purchases_without_orders()


def _orders_after(number: int) -> models.QuerySet[Order]:
    orders = Order.objects.filter(number__gt=number).order_by("number")
    return orders.prefetch_related("items")[:BATCH]


def _check_order(order: Order, record: ActivityRecord | None) -> Iterator[Finding]:
    if record is None or record.customer_id != str(order.customer_id):
        yield Finding(f"Order {order} has no record of its purchase.", order.number)
    amounts = [item.amount for item in order.items.all() if item.amount is not None]
    if (order.amount or 0) != sum(amounts):
        yield Finding(f"The total of order {order} is not the sum of its items.", order.number)


def _purchases_without_orders() -> Iterator[Finding]:
    """An order is stored in the transaction of its record, so that both are there or neither is."""
    ordered = Order.objects.filter(number=models.OuterRef("number"))
    records = ActivityRecord.objects.filter(
        ~models.Exists(ordered),
        action=CustomerActivity.CREATE_ORDER,
        status=Status.SUCCEEDED,
    )
    for number in records.order_by("number").values_list("number", flat=True)[:BATCH]:
        yield Finding("A recorded purchase has no order.", number)
