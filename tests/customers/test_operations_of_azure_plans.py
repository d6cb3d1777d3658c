"""Buying an Azure plan: one for each customer, but for deleted ones."""

import pytest

from customers.models import Customer, SubscriptionStatus
from customers.operations.subscriptions import buy_azure_plan
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, the_record
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")

THERE = [status for status in SubscriptionStatus if status != SubscriptionStatus.DELETED]


def test_a_plan_is_stored_active_and_recorded(ada: Agent, contoso: Customer) -> None:
    plan = buy_azure_plan(customer=contoso, by=ada)

    record = the_record()
    assert contoso.subscriptions.azure_plans().active().get() == plan
    assert (record.action, record.resource_id) == ("create_subscription", str(plan.pk))
    assert (record.customer_name, record.at) == ("Contoso", plan.created_at)
    assert record.new == {
        "product": "azure_plan",
        "friendly_name": "Azure plan",
        "quantity": 1,
        "auto_renew": True,
        "status": "active",
        "order": str(contoso.orders.get().pk),
    }


@pytest.mark.parametrize(
    "details",
    [
        {"status": "deleted"},
        {"product": "azure_global"},
        {"product": "azure_global", "status": "suspended"},
        {"product": "license"},
    ],
    ids=str,
)
def test_what_is_no_plan_or_deleted_does_not_hinder(
    ada: Agent, contoso: Customer, details: dict[str, str]
) -> None:
    SubscriptionFactory.create(customer=contoso, **details)
    assert buy_azure_plan(customer=contoso, by=ada).is_active


def test_another_customers_plan_does_not_hinder(
    ada: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    assert buy_azure_plan(customer=contoso, by=ada).customer == contoso


@pytest.mark.parametrize("status", THERE)
def test_a_second_plan_is_refused(ada: Agent, contoso: Customer, status: str) -> None:
    plan = SubscriptionFactory.create(customer=contoso, status=status)
    with pytest.raises(Refused) as refusal:
        buy_azure_plan(customer=contoso, by=ada)

    assert refusal.value.code == "has_azure_plan"
    assert contoso.subscriptions.get() == plan
    assert actions() == []


def test_buying_twice_is_one_plan_and_one_record(ada: Agent, contoso: Customer) -> None:
    buy_azure_plan(customer=contoso, by=ada)
    with pytest.raises(Refused):
        buy_azure_plan(customer=contoso, by=ada)

    assert contoso.subscriptions.count() == len(actions()) == 1
