"""Purchases that race with each other and with everything that could forbid them."""

import random
import uuid
from dataclasses import replace
from decimal import Decimal
from functools import partial

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    CustomerUser,
    Order,
    ReservationProduct,
    RoleAssignment,
    Subscription,
)
from customers.operations.prices import set_price_adjustment
from customers.operations.purchase_rules import Purchase
from customers.operations.purchasing import Bought, buy_reservation
from customers.operations.role_assignments import assign_role, remove_role
from customers.operations.subscriptions import reactivate_subscription, suspend_subscription
from customers.operations.users import remove_customer_user
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.authority import SignedOut
from partnercenter.operations import Refused
from tests.customers.buying import allowed, purchase_of
from tests.customers.racing import (
    THREADS,
    Act,
    assert_switches_are_the_fold_of_the_log,
    assert_the_log_is_one_story,
    at_once,
    errors,
    log,
    on_postgresql,
    turn,
)
from tests.factories import ReservationProductFactory, RoleAssignmentFactory

pytestmark = on_postgresql

TIMES = 20


def buyer_of(customer: Customer, purchase: Purchase, by: CustomerUser | Agent) -> Act:
    """Buys again and again, each time with a form of its own; counts what became of it."""

    def buy() -> Bought | Refused:
        form = replace(purchase, key=uuid.uuid4())
        try:
            return buy_reservation(customer=customer, purchase=form, by=by)
        except Refused as refusal:  # raised, and not recorded, once enough of this hour are
            return refusal

    return lambda: [buy() for _ in range(TIMES)]


def purchases_after(record: ActivityRecord) -> list[ActivityRecord]:
    """The customers' purchases that stand in the log right after a record of this customer's."""
    return [
        each
        for each in log()
        if each.number > record.number
        and each.action == "create_order"
        and each.status == "succeeded"
        and each.actor_roles == ["Customer user"]
        and each.customer_id == record.customer_id
    ]


def test_no_purchase_stands_in_the_log_after_the_permission_was_deleted(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    olle = allowed(fabrikam, ada)
    purchase = purchase_of(product, fabrikam)

    def mover(seed: int) -> Act:
        chance = random.Random(seed)  # noqa: S311 (no secret)
        return lambda: [turn(fabrikam, ada, on=chance.random() < 0.5) for _ in range(TIMES)]

    acts = [buyer_of(fabrikam, purchase, olle)] * 8 + [mover(seed) for seed in range(8)]
    outcomes = at_once(acts)

    assert errors(outcomes) == []
    permitted = False
    for record in log():
        if record.resource_type == "purchase_permission":
            permitted = record.action.startswith("create")
        elif record.action == "create_order":
            assert permitted == (record.status == "succeeded"), record.number
    answers = [answer for outcome in outcomes[:8] for answer in outcome]
    bought = [answer for answer in answers if isinstance(answer, Bought)]
    assert Order.objects.count() == len(bought)
    assert len(answers) == 8 * TIMES
    assert_switches_are_the_fold_of_the_log()
    assert_the_log_is_one_story()


def test_a_form_that_many_confirm_at_once_buys_once(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    olle = allowed(fabrikam, ada)
    purchase = purchase_of(product, fabrikam)
    act = partial(buy_reservation, customer=fabrikam, purchase=purchase, by=olle)
    outcomes = at_once([act] * THREADS)

    assert errors(outcomes) == []
    assert {outcome.order for outcome in outcomes} == {Order.objects.get()}
    assert [record.action for record in log()].count("create_order") == 1


def test_a_refused_form_that_many_confirm_at_once_is_one_record(
    fabrikam: Customer, product: ReservationProduct
) -> None:
    olle = fabrikam.users.get()
    purchase = purchase_of(product, fabrikam)
    act = partial(buy_reservation, customer=fabrikam, purchase=purchase, by=olle)

    assert {outcome.code for outcome in at_once([act] * THREADS)} == {"not_permitted"}
    assert [record.status for record in log()] == ["failed"]


def test_an_owner_who_comes_and_goes_buys_while_holding_the_role_only(
    ada: Agent,
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    olle = allowed(fabrikam, ada)
    purchase = purchase_of(product, fabrikam)

    def come_and_go() -> None:
        for _ in range(TIMES):
            for held in RoleAssignment.objects.select_related("user", "subscription__customer"):
                remove_role(assignment=held, by=ada)
            wanted = RoleAssignment(subscription=fabrikam_azure, user=olle, role="Owner")
            assign_role(assignment=wanted, by=ada)

    outcomes = at_once([buyer_of(fabrikam, purchase, olle)] * 6 + [come_and_go])

    assert errors(outcomes) == []
    is_owner = True
    for record in log():
        if record.action.endswith("role_assignment"):
            is_owner = record.action.startswith("create")
        elif record.action == "create_order":
            assert is_owner == (record.status == "succeeded"), record.number
    assert_the_log_is_one_story()


def test_nothing_is_bought_on_a_subscription_while_it_is_suspended(
    ada: Agent,
    sam: Agent,
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    purchase = purchase_of(product, fabrikam)

    def suspend_and_reactivate() -> None:
        for _ in range(TIMES):
            suspend_subscription(subscription=fabrikam_azure, by=ada)
            reactivate_subscription(subscription=fabrikam_azure, by=ada)

    outcomes = at_once([buyer_of(fabrikam, purchase, sam)] * 6 + [suspend_and_reactivate])

    assert errors(outcomes) == []
    is_active = True
    for record in log():
        if record.action == "create_order":
            assert is_active == (record.status == "succeeded"), record.number
        else:
            is_active = record.action == "reactivate_subscription"
    assert_the_log_is_one_story()


def test_a_user_who_is_removed_while_buying_buys_nothing_more(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    olle = allowed(fabrikam, ada)
    purchase = purchase_of(product, fabrikam)
    outcomes = at_once(
        [
            *[buyer_of(fabrikam, purchase, olle)] * 6,
            partial(remove_customer_user, user=olle, by=ada),
        ]
    )

    assert {type(error) for error in errors(outcomes)} <= {SignedOut}
    removed = ActivityRecord.objects.get(action="delete_customer_user")
    assert purchases_after(removed) == []
    assert_the_log_is_one_story()


def test_each_purchase_is_at_the_price_that_the_log_says_was_in_force(
    ada: Agent, sam: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    def change_prices() -> None:
        for number in range(3 * TIMES):
            set_price_adjustment(percent=Decimal(number % 3), valid_from=today(), by=ada)

    def buy() -> list[Bought | Refused]:
        return [
            buy_reservation(customer=fabrikam, purchase=purchase_of(product, fabrikam), by=sam)
            for _ in range(TIMES)
        ]

    outcomes = at_once([change_prices, *[buy] * 6])

    assert errors(outcomes) == []
    price = Decimal(500)
    for record in log():
        new = record.new or {}
        if record.action == "set_price_adjustment":
            price = 500 + 5 * Decimal(new["percent"])
        else:
            assert (Decimal(new["unit_price"]) == price) == (record.status == "succeeded")
    answers = {type(answer) for outcome in outcomes[1:] for answer in outcome}
    assert Bought in answers
    assert_the_log_is_one_story()


def test_customers_buy_at_once_and_each_has_his_own(ada: Agent) -> None:
    product = ReservationProductFactory.create()
    customers = [RoleAssignmentFactory.create().subscription.customer for _ in range(8)]
    acts = [
        buyer_of(customer, purchase_of(product, customer), allowed(customer, ada))
        for customer in customers
    ]
    assert errors(at_once(acts)) == []

    for customer in customers:
        assert customer.orders.count() == customer.reservations.count() == TIMES
    assert_the_log_is_one_story()
