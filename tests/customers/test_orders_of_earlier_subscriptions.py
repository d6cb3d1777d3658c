"""Subscriptions that were bought before there were orders get theirs by a migration."""

from importlib import import_module

import pytest
from django.apps import apps

from activitylog.models import ActivityRecord
from customers.models import Customer, Order, OrderItem
from customers.operations.subscriptions import add_subscription, buy_azure_plan
from partnercenter.agents.models import Agent
from tests.customers.acts import azure_plan
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")


@pytest.fixture
def before_there_were_orders(ada: Agent, sam: Agent, contoso: Customer) -> None:
    buy_azure_plan(customer=contoso, by=ada)
    licenses = azure_plan(contoso, product="license", offer_name="Office 365 E1", quantity=25)
    add_subscription(subscription=licenses, by=sam)
    OrderItem.objects.all().delete()
    Order.objects.all().delete()


def migrate() -> None:
    import_module("customers.migrations.0005_orders").place_orders(apps, None)


@pytest.mark.usefixtures("before_there_were_orders")
def test_each_has_the_number_time_and_buyer_of_its_record(
    ada: Agent, sam: Agent, contoso: Customer
) -> None:
    migrate()

    bought = ActivityRecord.objects.of_action("create_subscription").order_by("number")
    assert [
        (order.number, order.created_at, order.buyer_name)
        for order in contoso.orders.order_by("number")
    ] == [(record.number, record.at, record.actor_name) for record in bought]
    assert [order.buyer_name for order in contoso.orders.order_by("number")] == [
        ada.username,
        sam.username,
    ]


@pytest.mark.usefixtures("before_there_were_orders")
def test_each_has_one_item_and_no_total(contoso: Customer) -> None:
    migrate()

    assert [
        (item.friendly_name, item.quantity, item.subscription_id, item.order.amount)
        for item in OrderItem.objects.order_by("order__number").select_related("order")
    ] == [
        (subscription.offer_name, subscription.quantity, subscription.pk, None)
        for subscription in contoso.subscriptions.order_by("created_at")
    ]


def test_one_without_a_record_has_none(contoso: Customer) -> None:
    SubscriptionFactory.create(customer=contoso)
    migrate()

    assert not contoso.orders.exists()
