"""The end of the reseller relationship: when it is refused, what ends with it, and what then."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.utils import timezone

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    Relationship,
    Reservation,
    ReservationProduct,
    Resource,
    Subscription,
)
from customers.operations.customers import change_bill_to, remove_reseller_relationship
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.role_assignments import assign_role, remove_role
from customers.operations.subscriptions import (
    add_subscription,
    buy_azure_plan,
    reactivate_subscription,
    suspend_subscription,
)
from customers.operations.users import add_customer_user, remove_customer_user
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, azure_plan, olga, owner, the_record
from tests.customers.buying import bought
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")

REMOVAL = "remove_partner_customer_relationship"
TURNED_OFF = "delete_customer_purchase_permissions"


def turn_on(customer: Customer, resource: Resource, by: Agent) -> None:
    set_purchase_permission(customer=customer, resource=resource, allowed=True, by=by)


def stored(customer: Customer) -> Relationship:
    return Relationship(Customer.objects.get(pk=customer.pk).relationship)


@pytest.fixture
def on_and_suspended(ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription) -> Customer:
    """Fabrikam, both of whose permissions are on although nothing is active any more."""
    for resource in Resource:
        turn_on(fabrikam, resource, ada)
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    return fabrikam


def test_a_removed_relationship_is_stored_and_recorded(ada: Agent, contoso: Customer) -> None:
    removed = remove_reseller_relationship(customer=contoso, by=ada)

    record = the_record()
    assert not removed.is_reseller_customer
    assert stored(contoso) == Relationship.NONE
    assert (record.action, record.resource_type) == (REMOVAL, "customer")
    assert (record.resource_id, record.customer_name) == (str(contoso.pk), "Contoso")
    assert (record.old, record.new) == ({"relationship": "reseller"}, {"relationship": "none"})


def test_removing_it_again_changes_and_records_nothing(ada: Agent, contoso: Customer) -> None:
    for _ in range(2):
        remove_reseller_relationship(customer=contoso, by=ada)

    assert actions() == [REMOVAL]


@pytest.mark.parametrize("product", ["azure_plan", "azure_global", "license"])
def test_it_is_refused_while_a_subscription_is_active(
    ada: Agent, contoso: Customer, product: str
) -> None:
    SubscriptionFactory.create(customer=contoso, product=product)
    with pytest.raises(Refused) as refusal:
        remove_reseller_relationship(customer=contoso, by=ada)

    assert refusal.value.code == "active_subscriptions"
    assert stored(contoso) == Relationship.RESELLER
    assert actions() == []


def test_it_stays_while_a_reservation_is_active(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription, product: ReservationProduct
) -> None:
    bought(product, fabrikam, ada)
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    with pytest.raises(Refused) as refusal:
        remove_reseller_relationship(customer=fabrikam, by=ada)
    assert refusal.value.code == "active_reservations"
    assert stored(fabrikam) == Relationship.RESELLER


def test_a_reservation_that_has_ended_does_not_keep_it(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription, product: ReservationProduct
) -> None:
    reservation = bought(product, fabrikam, ada)
    Reservation.objects.filter(pk=reservation.pk).update(ends_at=timezone.now())
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    remove_reseller_relationship(customer=fabrikam, by=ada)
    assert stored(fabrikam) == Relationship.NONE


def test_a_refusal_leaves_the_permissions_on(ada: Agent, fabrikam: Customer) -> None:
    turn_on(fabrikam, Resource.AZURE_RESERVATIONS, ada)
    with pytest.raises(Refused):
        remove_reseller_relationship(customer=fabrikam, by=ada)

    assert fabrikam.purchase_permissions.allowed().count() == len(actions()) == 1


@pytest.mark.parametrize("status", ["pending", "suspended", "expired", "disabled", "deleted"])
def test_subscriptions_that_are_not_active_do_not_hinder(
    ada: Agent, contoso: Customer, status: str
) -> None:
    SubscriptionFactory.create(customer=contoso, status=status)
    remove_reseller_relationship(customer=contoso, by=ada)

    assert stored(contoso) == Relationship.NONE


def test_every_permission_ends_with_a_record_of_its_own_before_the_relationship(
    ada: Agent, on_and_suspended: Customer
) -> None:
    before = len(actions())
    remove_reseller_relationship(customer=on_and_suspended, by=ada)

    first, second, last = ActivityRecord.objects.order_by("number")[before:]
    assert [first.action, second.action, last.action] == [TURNED_OFF, TURNED_OFF, REMOVAL]
    assert {first.resource_id, second.resource_id} == set(Resource)
    assert (second.new or {})["resources"] == []
    assert not on_and_suspended.purchase_permissions.allowed().exists()


def test_a_permission_that_was_off_is_not_turned_off_again(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    turn_on(fabrikam, Resource.AZURE_SAVINGS_PLAN, ada)
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    remove_reseller_relationship(customer=fabrikam, by=ada)

    assert actions()[2:] == [TURNED_OFF, REMOVAL]


def test_other_customers_keep_relationship_and_permission(
    ada: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    turn_on(fabrikam, Resource.AZURE_RESERVATIONS, ada)
    remove_reseller_relationship(customer=contoso, by=ada)

    assert stored(fabrikam) == Relationship.RESELLER
    assert fabrikam.purchase_permissions.allowed().exists()


# A transaction that cannot be finished


class Leaving:
    """Somebody whom the log knows for so many records, and then no more."""

    user_principal_name = "leaving@partner.example"
    role_names: Sequence[str] = ()

    def __init__(self, *, after: int) -> None:
        self.left = after

    def confirm(self, permission: str | None) -> None:
        """May do everything."""

    @property
    def actor_id(self) -> str:
        self.left -= 1
        if self.left < 0:
            raise ConnectionError("Nothing can be recorded any more.")
        return ""


@pytest.mark.parametrize("written", [0, 1, 2])
def test_where_a_record_cannot_be_written_nothing_ends(
    on_and_suspended: Customer, written: int
) -> None:
    before = actions()
    with pytest.raises(ConnectionError):
        remove_reseller_relationship(customer=on_and_suspended, by=Leaving(after=written))

    assert stored(on_and_suspended) == Relationship.RESELLER
    assert on_and_suspended.purchase_permissions.allowed().count() == 2
    assert actions() == before


# Afterwards


def bill_to_elsewhere(customer: Customer) -> Any:
    bill_to = customer.billing_profile
    bill_to.city = "Kiel"
    return bill_to


Act = Callable[[Customer, Agent], object]

SELLING: dict[str, Act] = {
    "add a user": lambda customer, by: add_customer_user(user=olga(customer), by=by),
    "add a subscription": lambda customer, by: add_subscription(
        subscription=azure_plan(customer), by=by
    ),
    "buy an Azure plan": lambda customer, by: buy_azure_plan(customer=customer, by=by),
    "assign a role": lambda customer, by: assign_role(
        assignment=owner(customer.subscriptions.get(), customer.users.get(), "Reader"), by=by
    ),
    "change the bill-to": lambda customer, by: change_bill_to(
        bill_to=bill_to_elsewhere(customer), by=by
    ),
    "reactivate": lambda customer, by: reactivate_subscription(
        subscription=customer.subscriptions.get(), by=by
    ),
    "suspend": lambda customer, by: suspend_subscription(
        subscription=customer.subscriptions.get(), by=by
    ),
    "turn on": lambda customer, by: turn_on(customer, Resource.AZURE_RESERVATIONS, by),
}


@pytest.fixture
def ended(ada: Agent, on_and_suspended: Customer) -> Customer:
    """Fabrikam as an agent read it before the relationship was removed."""
    as_read_before = Customer.objects.get(pk=on_and_suspended.pk)
    remove_reseller_relationship(customer=on_and_suspended, by=ada)
    return as_read_before


@pytest.mark.parametrize("act", SELLING.values(), ids=SELLING)
def test_afterwards_nothing_is_sold_or_changed(ada: Agent, ended: Customer, act: Act) -> None:
    before = actions()
    with pytest.raises(Refused) as refusal:
        act(ended, ada)

    assert refusal.value.code == "no_relationship"
    assert actions() == before


TAKING_AWAY: dict[str, tuple[Act, list[str]]] = {
    "remove a user": (
        lambda customer, by: remove_customer_user(user=customer.users.get(), by=by),
        ["delete_role_assignment", "delete_customer_user"],
    ),
    "remove a role": (
        lambda customer, by: remove_role(
            assignment=customer.subscriptions.get().role_assignments.get(), by=by
        ),
        ["delete_role_assignment"],
    ),
}


@pytest.mark.parametrize(("act", "recorded"), TAKING_AWAY.values(), ids=TAKING_AWAY)
def test_afterwards_access_can_still_be_taken_away(
    ada: Agent, ended: Customer, act: Act, recorded: list[str]
) -> None:
    before = len(actions())
    act(ended, ada)

    assert actions()[before:] == recorded
