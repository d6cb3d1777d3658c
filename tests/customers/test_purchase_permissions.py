"""The switch as an operation: what it does, what it records, and what it refuses."""

import pytest
from django.db import transaction

from activitylog.models import ActivityRecord
from activitylog.origin import Channel, Origin, acting_from
from customers.models import Customer, PurchasePermission, Resource, Subscription
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.factories import SubscriptionFactory

RESERVATIONS, SAVINGS = Resource.AZURE_RESERVATIONS, Resource.AZURE_SAVINGS_PLAN


def turn(customer: Customer, agent: Agent, *, on: bool, resource: Resource = RESERVATIONS) -> bool:
    return set_purchase_permission(
        customer=customer, resource=resource, allowed=on, by=agent
    ).changed


def recorded() -> list[tuple[str, list[str], list[str]]]:
    """Of each record of the switch: create or delete, and the resources before and after."""
    records = ActivityRecord.objects.filter(resource_type="purchase_permission").order_by("number")
    rows = records.values_list("action", "old__resources", "new__resources")
    return [(action.partition("_")[0], old, new) for action, old, new in rows]


def test_it_is_off_unless_somebody_turned_it_on(fabrikam: Customer) -> None:
    assert not Customer.objects.able_to_purchase().exists()


def test_turning_on_is_stored_with_who_and_when(fabrikam: Customer, ada: Agent) -> None:
    turn(fabrikam, ada, on=True)

    permission, record = PurchasePermission.objects.get(), ActivityRecord.objects.get()
    assert permission.allowed
    assert permission.changed_by == "ada@partner.example"
    assert (permission.record_number, permission.changed_at) == (record.number, record.at)


def test_turning_on_and_off_records_create_and_delete(fabrikam: Customer, ada: Agent) -> None:
    turn(fabrikam, ada, on=True)
    turn(fabrikam, ada, on=False)

    assert recorded() == [
        ("create", [], ["AzureReservedInstances"]),
        ("delete", ["AzureReservedInstances"], []),
    ]


def test_each_resource_has_its_own_switch_and_record(fabrikam: Customer, ada: Agent) -> None:
    turn(fabrikam, ada, on=True)
    turn(fabrikam, ada, on=True, resource=SAVINGS)
    turn(fabrikam, ada, on=False)

    assert recorded() == [
        ("create", [], ["AzureReservedInstances"]),
        ("create", ["AzureReservedInstances"], ["AzureReservedInstances", "AzureSavingsPlan"]),
        ("delete", ["AzureReservedInstances", "AzureSavingsPlan"], ["AzureSavingsPlan"]),
    ]


def test_wanting_what_is_already_so_records_nothing(fabrikam: Customer, ada: Agent) -> None:
    assert turn(fabrikam, ada, on=True)
    assert not turn(fabrikam, ada, on=True)
    assert len(recorded()) == 1


def test_turning_off_what_was_never_on_records_nothing(fabrikam: Customer, ada: Agent) -> None:
    assert not turn(fabrikam, ada, on=False)
    assert recorded() == []


@pytest.mark.parametrize(
    "details",
    [
        {"status": "suspended"},
        {"status": "deleted"},
        {"product": "license"},
    ],
)
def test_turning_on_needs_an_active_azure_subscription(
    contoso: Customer, ada: Agent, details: dict[str, str]
) -> None:
    SubscriptionFactory.create(customer=contoso, **details)

    with pytest.raises(Refused) as refusal:
        turn(contoso, ada, on=True)

    assert refusal.value.code == "no_azure_subscription"
    assert recorded() == []


@pytest.mark.parametrize("product", ["azure_plan", "azure_global"])
def test_an_azure_plan_or_azure_global_is_enough(
    contoso: Customer, ada: Agent, product: str
) -> None:
    SubscriptionFactory.create(customer=contoso, product=product)
    assert turn(contoso, ada, on=True)


def test_a_missing_owner_does_not_prevent_turning_on(northwind: Customer, ada: Agent) -> None:
    assert turn(northwind, ada, on=True)


def test_it_stays_on_when_the_subscription_is_suspended(
    fabrikam: Customer, fabrikam_azure: Subscription, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    assert PurchasePermission.objects.get().allowed


def test_it_can_be_turned_off_without_a_subscription(
    fabrikam: Customer, fabrikam_azure: Subscription, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    assert turn(fabrikam, ada, on=False)


def test_undo_takes_back_the_last_move(fabrikam: Customer, ada: Agent) -> None:
    move = set_purchase_permission(customer=fabrikam, resource=RESERVATIONS, allowed=True, by=ada)
    undone = set_purchase_permission(
        customer=fabrikam,
        resource=RESERVATIONS,
        allowed=False,
        undoes=move.permission.record_number,
        by=ada,
    )
    assert undone.changed
    assert not undone.permission.allowed


def test_undo_does_nothing_once_somebody_moved_the_switch_again(
    fabrikam: Customer, ada: Agent
) -> None:
    first = set_purchase_permission(
        customer=fabrikam, resource=RESERVATIONS, allowed=True, by=ada
    ).permission.record_number
    turn(fabrikam, ada, on=False)
    turn(fabrikam, ada, on=True)

    undone = set_purchase_permission(
        customer=fabrikam, resource=RESERVATIONS, allowed=False, undoes=first, by=ada
    )
    assert not undone.changed
    assert undone.permission.allowed
    assert len(recorded()) == 3


def test_the_record_copies_the_customer_the_agent_and_the_origin(
    fabrikam: Customer, ada: Agent
) -> None:
    origin = Origin(Channel.API, address="192.0.2.7", request_id="r-1", correlation_id="c-1")
    with acting_from(origin):
        turn(fabrikam, ada, on=True)

    record = ActivityRecord.objects.get()
    assert (record.customer_id, record.customer_name) == (str(fabrikam.pk), "Fabrikam")
    assert (record.actor_id, record.actor_name) == (str(ada.pk), "ada@partner.example")
    assert record.actor_roles == ["Admin agent"]
    assert (record.channel, record.address) == ("api", "192.0.2.7")
    assert (record.request_id, record.correlation_id) == ("r-1", "c-1")


def test_a_move_and_its_record_are_rolled_back_together(fabrikam: Customer, ada: Agent) -> None:
    with transaction.atomic():
        turn(fabrikam, ada, on=True)
        transaction.set_rollback(True)

    assert not PurchasePermission.objects.exists()
    assert recorded() == []
