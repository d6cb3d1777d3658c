"""Subscriptions that were bought before there were orders get theirs, from their records."""

from uuid import UUID

from django.db import migrations

BATCH = 1000


def place_orders(apps, schema_editor):
    Subscription = apps.get_model("customers", "Subscription")
    ids = list(Subscription.objects.order_by("created_at", "id").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        _place(apps, Subscription.objects.in_bulk(ids[start : start + BATCH]))


def _place(apps, subscriptions):
    Order = apps.get_model("customers", "Order")
    OrderItem = apps.get_model("customers", "OrderItem")
    records = apps.get_model("activitylog", "ActivityRecord").objects.filter(
        action="create_subscription", resource_id__in=[str(pk) for pk in subscriptions]
    )
    orders = {record.resource_id: _order(Order, record) for record in records}
    for key, order in orders.items():
        subscription = subscriptions[UUID(key)]
        order.customer_id = subscription.customer_id
        order.billing_cycle = subscription.billing_cycle
    Order.objects.bulk_create(orders.values())
    OrderItem.objects.bulk_create(
        OrderItem(
            order=orders[str(pk)],
            friendly_name=subscription.offer_name,
            subscription_id=pk,
            quantity=subscription.quantity,
        )
        for pk, subscription in subscriptions.items()
        if str(pk) in orders
    )


def _order(Order, record):
    return Order(
        number=record.number,
        created_at=record.at,
        buyer_id=record.actor_id,
        buyer_name=record.actor_name,
    )


def remove_orders(apps, schema_editor):
    """Backwards, the tables themselves go with the migration before this one."""


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_purchases"), ("activitylog", "0004_purchases")]

    operations = [migrations.RunPython(place_orders, remove_orders)]
