"""Many at once, preparing one customer: what one takes away, no other can still give."""

from functools import partial

from django.core.exceptions import ValidationError

from customers.models import (
    CustomerUser,
    PurchasePermission,
    Relationship,
    RoleAssignment,
    Subscription,
)
from customers.operations.customers import remove_reseller_relationship
from customers.operations.role_assignments import assign_role
from customers.operations.subscriptions import buy_azure_plan, suspend_subscription
from customers.operations.users import add_customer_user, remove_customer_user
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, olga, owner
from tests.customers.racing import (
    THREADS,
    Act,
    assert_switches_are_the_fold_of_the_log,
    assert_the_log_is_one_story,
    at_once,
    errors,
    on_postgresql,
    ready_customers,
    turn,
)
from tests.factories import CustomerFactory, CustomerUserFactory, SubscriptionFactory

pytestmark = on_postgresql


def test_a_plan_bought_at_once_by_many_is_one_plan(ada: Agent) -> None:
    customer = CustomerFactory.create()
    failed = errors(at_once([partial(buy_azure_plan, customer=customer, by=ada)] * THREADS))

    assert [error.code for error in failed if isinstance(error, Refused)] == ["has_azure_plan"] * (
        THREADS - 1
    )
    assert customer.subscriptions.count() == 1
    assert actions() == ["create_subscription"]
    assert_the_log_is_one_story()


def test_no_permission_outlives_the_relationship(ada: Agent) -> None:
    """Suspending, removing and turning on, as often as each is tried."""
    customers = ready_customers(8)
    acts: list[Act] = []
    for azure in Subscription.objects.select_related("customer"):
        acts += [
            partial(suspend_subscription, subscription=azure, by=ada),
            partial(turn, azure.customer, ada, on=True),
            partial(remove_reseller_relationship, customer=azure.customer, by=ada),
        ]
    assert {type(error) for error in errors(at_once(acts))} <= {Refused}
    for customer in customers:
        remove_reseller_relationship(customer=customer, by=ada)

    assert not PurchasePermission.objects.allowed().exists()
    assert actions().count("remove_partner_customer_relationship") == len(customers)
    assert_switches_are_the_fold_of_the_log()
    assert_the_log_is_one_story()


def test_turning_on_and_removing_the_relationship_at_once_leaves_no_permission(ada: Agent) -> None:
    """A permission is on before, so that each order of the two has something to get wrong."""
    subscriptions = SubscriptionFactory.create_batch(8)
    for azure in subscriptions:
        turn(azure.customer, ada, on=True)
        suspend_subscription(subscription=azure, by=ada)
    acts: list[Act] = []
    for azure in subscriptions:
        acts += [
            partial(remove_reseller_relationship, customer=azure.customer, by=ada),
            partial(turn, azure.customer, ada, on=False),
            partial(buy_azure_plan, customer=azure.customer, by=ada),
            partial(turn, azure.customer, ada, on=True),
        ]
    assert {type(error) for error in errors(at_once(acts))} <= {Refused}

    on = PurchasePermission.objects.allowed()
    assert not on.filter(customer__relationship=Relationship.NONE).exists()
    assert not Subscription.objects.active().filter(customer__relationship="none").exists()
    assert_switches_are_the_fold_of_the_log()
    assert_the_log_is_one_story()


def test_no_removed_user_holds_a_role(ada: Agent) -> None:
    acts: list[Act] = []
    for azure in SubscriptionFactory.create_batch(8):
        user = CustomerUserFactory.create(customer=azure.customer)
        acts += [
            partial(assign_role, assignment=owner(azure, user), by=ada),
            partial(remove_customer_user, user=user, by=ada),
        ]
    failed = errors(at_once(acts))

    assert all(isinstance(error, Refused) and error.code == "removed_user" for error in failed)
    assert not CustomerUser.objects.active().exists()
    assert not RoleAssignment.objects.exists()
    assert actions().count("create_role_assignment") == 8 - len(failed)
    assert actions().count("delete_role_assignment") == 8 - len(failed)
    assert_the_log_is_one_story()


def test_a_user_removed_at_once_by_many_is_removed_once(ada: Agent) -> None:
    user = CustomerUserFactory.create()
    outcomes = at_once([partial(remove_customer_user, user=user, by=ada)] * THREADS)

    assert errors(outcomes) == []
    assert actions() == ["delete_customer_user"]


def test_a_name_that_becomes_free_is_taken_once(ada: Agent) -> None:
    """One removes the bearer of a name while many want the name, each at his own customer."""
    bearer = CustomerUserFactory.create(user_principal_name="olga@adatum.example")
    acts: list[Act] = [partial(remove_customer_user, user=bearer, by=ada)]
    acts += [
        partial(add_customer_user, user=olga(customer), by=ada)
        for customer in ready_customers(THREADS - 1)
    ]
    failed = errors(at_once(acts))

    assert {type(error) for error in failed} == {ValidationError}
    assert CustomerUser.objects.active().count() <= 1
    assert len(failed) + len(actions()) == THREADS
    assert_the_log_is_one_story()
