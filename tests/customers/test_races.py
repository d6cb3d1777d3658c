"""Many at once: whatever the order in which they come, the log and the state stay one story."""

import random
from collections import defaultdict
from contextlib import suppress
from functools import partial

from django.core.exceptions import ValidationError

from activitylog import verification
from customers.models import (
    Customer,
    CustomerUser,
    Resource,
    RoleAssignment,
    Subscription,
)
from customers.operations.customers import add_customer
from customers.operations.role_assignments import assign_role, remove_role
from customers.operations.subscriptions import (
    reactivate_subscription,
    suspend_subscription,
)
from customers.operations.users import add_customer_user
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import create_agent
from partnercenter.agents.roles import Role
from partnercenter.operations import Refused
from tests.customers.racing import (
    RESERVATIONS,
    SAVINGS,
    THREADS,
    Act,
    assert_switches_are_the_fold_of_the_log,
    assert_the_log_is_one_story,
    at_once,
    errors,
    log,
    on_postgresql,
    ready_customers,
    turn,
)
from tests.factories import (
    PASSWORD,
    CustomerFactory,
    CustomerUserFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)

pytestmark = on_postgresql

MOVES = 25


def kinds() -> dict[tuple[str, str], list[str]]:
    """For each switch what was recorded of it, in the order of the log."""
    found = defaultdict(list)
    for record in log():
        if record.resource_type == "purchase_permission":
            switch = (record.customer_id, record.resource_id)
            found[switch].append(record.action.partition("_")[0])
    return found


# The same switch


def mover(customer: Customer, by: Agent, seed: int) -> Act:
    """Somebody who cannot decide, about both resources of a customer but mostly about one."""
    chance = random.Random(seed)  # noqa: S311 (no secret)

    def act() -> None:
        for _ in range(MOVES):
            resource = chance.choice((RESERVATIONS, RESERVATIONS, RESERVATIONS, SAVINGS))
            turn(customer, by, on=chance.random() < 0.5, resource=resource)

    return act


def test_many_agents_moving_one_switch_and_others_leave_one_story(ada: Agent) -> None:
    busy, *others = ready_customers(4)
    movers = [mover(busy, ada, seed) for seed in range(THREADS)]
    movers += [mover(customer, ada, 100 + seed) for seed, customer in enumerate(others)]

    assert errors(at_once(movers)) == []

    assert_the_log_is_one_story()
    assert_switches_are_the_fold_of_the_log()
    for switch, recorded in kinds().items():
        alternating = ["create", "delete"] * len(recorded)
        assert recorded == alternating[: len(recorded)], switch
    assert len(kinds()[str(busy.pk), RESERVATIONS]) > THREADS


def test_the_same_wish_of_many_agents_is_one_move(ada: Agent, fabrikam: Customer) -> None:
    outcomes = at_once([partial(turn, fabrikam, ada, on=True)] * THREADS)

    assert errors(outcomes) == []
    assert [outcome.changed for outcome in outcomes].count(True) == 1
    assert len(log()) == 1


def test_both_resources_moved_at_once_are_two_records_that_know_each_other(ada: Agent) -> None:
    customers = ready_customers(8)
    acts = [
        partial(turn, customer, ada, on=True, resource=resource)
        for customer in customers
        for resource in Resource
    ]
    assert errors(at_once(acts)) == []

    assert len(log()) == 16
    assert_switches_are_the_fold_of_the_log()


def test_the_same_undo_pressed_twice_is_one_record(ada: Agent) -> None:
    customers = ready_customers(8)
    numbers = [turn(customer, ada, on=True).permission.record_number for customer in customers]
    acts = [
        partial(turn, customer, ada, on=False, undoes=number)
        for customer, number in zip(customers, numbers, strict=True)
        for _ in range(2)
    ]
    outcomes = at_once(acts)

    assert errors(outcomes) == []
    assert [outcome.changed for outcome in outcomes].count(True) == 8
    assert set(map(tuple, kinds().values())) == {("create", "delete")}


def test_verifying_beside_the_work_of_the_day_finds_nothing(ada: Agent) -> None:
    customers = ready_customers(4)

    def verify() -> list[verification.Finding]:
        return [finding for _ in range(10) for finding in verification.findings()]

    movers = [mover(customer, ada, seed) for seed, customer in enumerate(customers)]
    assert at_once([*movers, verify, verify]) == [None] * 4 + [[], []]


# Suspending and turning on


def assert_nobody_was_turned_on_while_suspended() -> None:
    suspended = set()
    for record in log():
        if record.action == "suspend_subscription":
            suspended.add(record.customer_id)
        elif record.action == "reactivate_subscription":
            suspended.remove(record.customer_id)
        elif record.action.startswith("create_customer_purchase"):
            assert record.customer_id not in suspended, record.number


def test_turning_on_never_comes_after_suspending(ada: Agent) -> None:
    subscriptions = SubscriptionFactory.create_batch(12)
    acts: list[Act] = []
    for subscription in subscriptions:
        acts += [
            partial(suspend_subscription, subscription=subscription, by=ada),
            partial(turn, subscription.customer, ada, on=True),
        ]
    outcomes = at_once(acts)

    assert {type(error) for error in errors(outcomes)} <= {Refused}
    assert not Subscription.objects.active().exists()
    assert_nobody_was_turned_on_while_suspended()
    assert_the_log_is_one_story()


def test_turning_on_and_off_amid_suspending_and_reactivating_keeps_the_rule(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    """Everything at once on one customer; being refused is the only failure there may be."""
    customer = fabrikam_azure.customer
    kinds_of_acts: list[Act] = [
        partial(suspend_subscription, subscription=fabrikam_azure, by=ada),
        partial(reactivate_subscription, subscription=fabrikam_azure, by=ada),
        partial(turn, customer, ada, on=True),
        partial(turn, customer, ada, on=False),
    ]

    def worker(seed: int) -> Act:
        chance = random.Random(seed)  # noqa: S311 (no secret)

        def act() -> None:
            for _ in range(MOVES):
                with suppress(Refused):
                    chance.choice(kinds_of_acts)()

        return act

    assert errors(at_once([worker(seed) for seed in range(8)])) == []

    assert_nobody_was_turned_on_while_suspended()
    assert_switches_are_the_fold_of_the_log()
    assert_the_log_is_one_story()


# Adding the same thing twice


def new_customer() -> Customer:
    return CustomerFactory.build(company_name="Adatum", domain="adatum.example")


def test_the_same_domain_added_at_once_is_one_customer(ada: Agent) -> None:
    acts = [partial(add_customer, customer=new_customer(), by=ada) for _ in range(THREADS)]
    failed = errors(at_once(acts))

    assert [type(error) for error in failed] == [ValidationError] * (THREADS - 1)
    assert Customer.objects.get().billing_profile.company_name == "Adatum"
    assert [record.action for record in log()] == ["add_customer"]
    assert_the_log_is_one_story()


def test_the_same_user_added_at_once_to_many_customers_is_one_user(ada: Agent) -> None:
    users = [
        CustomerUserFactory.build(customer=customer, user_principal_name="kim@company.example")
        for customer in ready_customers(THREADS)
    ]
    acts = [partial(add_customer_user, user=user, by=ada) for user in users]
    failed = errors(at_once(acts))

    assert [type(error) for error in failed] == [ValidationError] * (THREADS - 1)
    assert CustomerUser.objects.count() == 1
    assert len(log()) == 1


def test_the_same_agent_created_at_once_is_one_agent(ada: Agent) -> None:
    def create() -> Agent:
        return create_agent(
            username="nora@partner.example",
            display_name="Nora",
            password=PASSWORD,
            roles=[Role.SALES],
            by=ada,
        )

    failed = errors(at_once([create] * 4))

    assert [type(error) for error in failed] == [ValidationError] * 3
    assert Agent.objects.filter(username="nora@partner.example").count() == 1
    assert len(log()) == 1


def test_the_same_role_assigned_at_once_is_one_assignment(ada: Agent, northwind: Customer) -> None:
    azure = northwind.subscriptions.get()
    user = CustomerUserFactory.create(customer=northwind)

    def assign() -> RoleAssignment:
        assignment = RoleAssignment(subscription=azure, user=user, role="Owner")
        return assign_role(assignment=assignment, by=ada)

    outcomes = at_once([assign] * THREADS)

    assert errors(outcomes) == []
    assert {outcome.pk for outcome in outcomes} == {RoleAssignment.objects.get().pk}
    assert len(log()) == 1


def test_the_same_role_removed_at_once_is_removed_once(ada: Agent) -> None:
    assignment = RoleAssignmentFactory.create()
    outcomes = at_once([partial(remove_role, assignment=assignment, by=ada)] * THREADS)

    assert errors(outcomes) == []
    assert not RoleAssignment.objects.exists()
    assert [record.action for record in log()] == ["delete_role_assignment"]
