"""Sequences of acts that nobody thought of: after each, log and state are one story.

A model of a few lists says beforehand what each act must answer. The database is the real one;
every sequence runs in a transaction that is rolled back. Races are in `test_races_of_purchases.py`.
"""

import os
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from activitylog import verification
from activitylog.models import ActivityRecord
from activitylog.recording import Actor
from customers.models import (
    BillingCycle,
    Customer,
    CustomerUser,
    Order,
    PurchasePermission,
    Refund,
    RefundTerms,
    Reservation,
    Resource,
    RoleAssignment,
    Scope,
    Subscription,
)
from customers.money import Money, nothing
from customers.operations.cancellations import cancel_reservation, reviewed
from customers.operations.exchanges import exchange_of, exchange_reservation
from customers.operations.prices import set_customer_price, set_refund_terms
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.purchase_rules import Purchase
from customers.operations.purchasing import Bought, buy_reservation
from customers.operations.role_assignments import assign_role, remove_role
from customers.operations.subscriptions import reactivate_subscription, suspend_subscription
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import change_roles
from partnercenter.agents.roles import Role
from partnercenter.authority import RoleNeeded
from partnercenter.operations import Refused
from tests.customers.buying import purchase_of
from tests.factories import (
    AgentFactory,
    CustomerFactory,
    CustomerUserFactory,
    ReservationProductFactory,
    SubscriptionFactory,
)

PRICES = ("500.00", "333.33", "0.07")
CAP = Decimal("900.00")
EVERYTHING = bool(os.environ.get("EVERYTHING"))
STEPS = settings(
    max_examples=400 if EVERYTHING else 30,
    stateful_step_count=60 if EVERYTHING else 40,
    derandomize=not EVERYTHING,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TWO_FIRMS = (0, 1)
TWO = st.sampled_from(TWO_FIRMS)


@dataclass
class Firm:
    """A customer with what the model believes of him."""

    customer: Customer
    subscriptions: list[Subscription]
    users: list[CustomerUser]
    permitted: bool = False
    active: list[bool] = field(default_factory=lambda: [True, True])
    owners: set[tuple[int, int]] = field(default_factory=set)

    def refuses(self, purchase: Purchase, buyer: Actor, price: Money) -> str | None:
        """The first condition that is not met, by the document."""
        if isinstance(buyer, CustomerUser) and not self.permitted:
            return "not_permitted"
        keys = [subscription.pk for subscription in self.subscriptions]
        if purchase.subscription_id not in keys:
            return "other_subscription"
        subscription = keys.index(purchase.subscription_id)
        if not self.active[subscription]:
            return "not_active"
        if isinstance(buyer, CustomerUser):
            user = self.users.index(buyer) if buyer in self.users else None
            if (subscription, user) not in self.owners:
                return "not_owner"
        return None if purchase.unit_price == price else "price_changed"


class Partner(RuleBasedStateMachine):
    """Two customers with two subscriptions and two users each, two products, one Admin agent."""

    forms = Bundle("forms")
    reservations = Bundle("reservations")

    def __init__(self) -> None:
        super().__init__()
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(transaction.set_rollback, True)
        self.ada = AgentFactory.create(role=Role.ADMIN)
        self.erik = AgentFactory.create(role=Role.ADMIN)  # as a door read them, long ago
        self.erik_is_admin = True
        self.firms = [self._firm(), self._firm()]
        self.products = [ReservationProductFactory.create(price=price) for price in PRICES[:2]]
        self.prices: dict[tuple[int, int], Money] = {}
        self.bought: dict[tuple[str, uuid.UUID], Order] = {}
        self.failed: set[tuple[str, uuid.UUID]] = set()
        set_refund_terms(terms=self._terms(), by=self.ada)

    def teardown(self) -> None:
        self.undo.close()

    def _firm(self) -> Firm:
        customer = CustomerFactory.create()
        return Firm(
            customer,
            SubscriptionFactory.create_batch(2, customer=customer),
            CustomerUserFactory.create_batch(2, customer=customer),
        )

    def _terms(self) -> RefundTerms:
        return RefundTerms(
            currency="USD",
            valid_from=today(),
            free_days=5,
            fee_percent=Decimal(12),
            yearly_cap=CAP,
            renewal_days=30,
        )

    def _price(self, firm: int, product: int) -> Money:
        default = Money(Decimal(PRICES[product]), "USD")
        return self.prices.get((firm, product), default)

    @initialize()
    def everybody_may_buy_at_first(self) -> None:
        """So that sequences begin where something can go wrong."""
        for firm in TWO_FIRMS:
            self.turn(firm, allowed=True)
            self.grant_owner(firm, subscription=0, user=0)

    # What forbids and allows

    @rule(firm=TWO, allowed=st.booleans())
    def turn(self, firm: int, allowed: bool) -> None:
        found = self.firms[firm]
        try:
            move = set_purchase_permission(
                customer=found.customer,
                resource=Resource.AZURE_RESERVATIONS,
                allowed=allowed,
                by=self.ada,
            )
        except Refused:
            assert allowed
            assert not any(found.active)
            return
        assert move.changed == (found.permitted != allowed)
        found.permitted = allowed

    @rule(is_admin=st.booleans())
    def give_or_take_the_role(self, is_admin: bool) -> None:
        roles = [Role.ADMIN] if is_admin else [Role.SALES]
        change_roles(agent=Agent.objects.get(pk=self.erik.pk), roles=roles, by=self.ada)
        self.erik_is_admin = is_admin

    @rule(firm=TWO)
    def turn_off_with_a_right_that_may_be_gone(self, firm: int) -> None:
        found = self.firms[firm]
        try:
            set_purchase_permission(
                customer=found.customer,
                resource=Resource.AZURE_RESERVATIONS,
                allowed=False,
                by=self.erik,
            )
        except RoleNeeded:
            assert not self.erik_is_admin
            return
        assert self.erik_is_admin
        found.permitted = False

    @rule(firm=TWO, subscription=TWO, user=TWO)
    def grant_owner(self, firm: int, subscription: int, user: int) -> None:
        found = self.firms[firm]
        assign_role(assignment=self._role(found, subscription, user), by=self.ada)
        found.owners.add((subscription, user))

    @rule(firm=TWO, subscription=TWO, user=TWO)
    def remove_owner(self, firm: int, subscription: int, user: int) -> None:
        found = self.firms[firm]
        wanted = self._role(found, subscription, user)
        held = RoleAssignment.objects.filter(subscription=wanted.subscription, user=wanted.user)
        for assignment in held:
            remove_role(assignment=assignment, by=self.ada)
        found.owners.discard((subscription, user))

    def _role(self, firm: Firm, subscription: int, user: int) -> RoleAssignment:
        return RoleAssignment(
            subscription=firm.subscriptions[subscription], user=firm.users[user], role="Owner"
        )

    @rule(firm=TWO, subscription=TWO, active=st.booleans())
    def suspend_or_reactivate(self, firm: int, subscription: int, active: bool) -> None:
        found = self.firms[firm]
        act = reactivate_subscription if active else suspend_subscription
        act(subscription=found.subscriptions[subscription], by=self.ada)
        found.active[subscription] = active

    @rule(firm=TWO, product=TWO, price=st.sampled_from(PRICES))
    def set_price(self, firm: int, product: int, price: str) -> None:
        set_customer_price(
            customer=self.firms[firm].customer,
            product=self.products[product],
            amount=Decimal(price),
            valid_from=today(),
            by=self.ada,
        )
        self.prices[firm, product] = Money(Decimal(price), "USD")

    # Buying: a review makes a form, which is confirmed later, more than once, and by others

    @rule(
        target=forms,
        firm=TWO,
        product=TWO,
        owner_of=st.sampled_from([0, 0, 0, 1, 2]),
        quantity=st.integers(1, 5),
        scope=st.sampled_from(Scope),
        cycle=st.sampled_from([BillingCycle.ONE_TIME, BillingCycle.MONTHLY]),
    )
    def review(
        self, firm: int, product: int, owner_of: int, quantity: int, scope: Scope, cycle: Any
    ) -> tuple[int, int, Purchase]:
        """On one of the customer's subscriptions, or now and then on one of the other's."""
        subscriptions = [*self.firms[firm].subscriptions, *self.firms[1 - firm].subscriptions]
        purchase = purchase_of(
            self.products[product],
            self.firms[firm].customer,
            quantity=quantity,
            scope=scope,
            billing_cycle=cycle,
            subscription_id=subscriptions[owner_of].pk,
        )
        assert purchase.unit_price == self._price(firm, product)
        return firm, product, purchase

    @rule(target=reservations, form=forms, user=TWO)
    def confirm_as_customer(self, form: tuple[int, int, Purchase], user: int) -> Any:
        bought = self._confirm(form, self.firms[form[0]].users[user])
        return bought or multiple()

    @rule(target=reservations, form=forms)
    def confirm_as_agent(self, form: tuple[int, int, Purchase]) -> Any:
        return self._confirm(form, self.ada) or multiple()

    @rule(form=forms, user=TWO)
    def confirm_as_a_user_of_the_other_customer(
        self, form: tuple[int, int, Purchase], user: int
    ) -> None:
        assert self._confirm(form, self.firms[1 - form[0]].users[user]) is None

    def _confirm(self, form: tuple[int, int, Purchase], buyer: Actor) -> Reservation | None:
        number, product, purchase = form
        firm, key = self.firms[number], (buyer.actor_id, purchase.key)
        expected = firm.refuses(purchase, buyer, self._price(number, product))
        outcome = buy_reservation(customer=firm.customer, purchase=purchase, by=buyer)
        if key in self.bought:
            assert outcome == Bought(self.bought[key])
        elif expected:
            assert isinstance(outcome, Refused)
            assert outcome.code == expected
            self.failed.add(key)
            return None
        assert isinstance(outcome, Bought)
        self.bought[key] = outcome.order
        assert outcome.order.total == purchase.total
        return Reservation.objects.filter(item__order=outcome.order).first()

    # What agents do with reservations

    @rule(reservation=reservations)
    def cancel(self, reservation: Reservation) -> None:
        """Just bought, the refund is whole, as far as the cap goes; not so after an exchange."""
        before = Reservation.objects.get(pk=reservation.pk)
        if not before.is_active:
            self._is_over(before)
            return
        left = CAP - sum(self._refunds(before.customer, reason="cancel"))
        refund = cancel_reservation(
            reservation=before, expected_refund=reviewed(before).refund, by=self.ada
        )
        paid = before.commitment
        if before.billing_cycle == BillingCycle.MONTHLY:
            paid = before.commitment.parts(12)[0]
        most = min(paid.amount, left)
        assert refund.amount <= most if before.replaces_id else refund.amount == most

    def _is_over(self, reservation: Reservation) -> None:
        with pytest.raises(Refused):
            cancel_reservation(reservation=reservation, expected_refund=nothing("USD"), by=self.ada)

    @rule(target=reservations, reservation=consumes(reservations), form=forms)
    def exchange(self, reservation: Reservation, form: tuple[int, int, Purchase]) -> Reservation:
        number, product, purchase = form
        old = Reservation.objects.select_related("customer", "product").get(pk=reservation.pk)
        firm = self.firms[number]
        possible = (
            old.is_active
            and old.customer == firm.customer
            and not firm.refuses(purchase, self.ada, self._price(number, product))
            and old.commitment <= purchase.total
        )
        try:
            new = exchange_reservation(
                reservation=old,
                purchase=purchase,
                expected_credit=exchange_of(old, purchase).credit,
                by=self.ada,
            )
        except Refused:
            assert not possible
            return reservation
        assert possible or not old.is_active  # and so it was done already
        assert new.replaces == old
        return new

    @rule(reservation=reservations, user=TWO)
    def a_customers_user_tries_to_cancel(self, reservation: Reservation, user: int) -> None:
        with pytest.raises(Refused) as refusal:
            cancel_reservation(
                reservation=reservation,
                expected_refund=nothing("USD"),
                by=self.firms[0].users[user],
            )
        assert refusal.value.code == "through_partner"

    # What holds after each act

    @invariant()
    def the_log_is_sound_and_agrees_with_the_state(self) -> None:
        assert list(verification.findings()) == []

    @invariant()
    def each_switch_is_what_the_model_says(self) -> None:
        on = set(PurchasePermission.objects.allowed().values_list("customer_id", flat=True))
        assert on == {firm.customer.pk for firm in self.firms if firm.permitted}

    @invariant()
    def each_form_has_one_purchase_or_one_failure_at_most(self) -> None:
        purchases = ActivityRecord.objects.of_action("create_order")
        assert purchases.filter(status="failed").count() == len(self.failed)
        assert purchases.filter(status="succeeded").count() == len(self.bought)

    @invariant()
    def customers_bought_while_they_were_permitted(self) -> None:
        permitted: set[str] = set()
        for record in ActivityRecord.objects.order_by("number"):
            if record.action == "create_customer_purchase_permissions":
                permitted.add(record.customer_id)
            elif record.action == "delete_customer_purchase_permissions":
                permitted.discard(record.customer_id)
            elif record.action == "create_order" and record.status == "succeeded":
                by_customer = record.actor_roles == ["Customer user"]
                assert not by_customer or record.customer_id in permitted

    @invariant()
    def nothing_is_recorded_after_the_removal_of_the_right(self) -> None:
        admins: dict[str, bool] = {}
        for record in ActivityRecord.objects.order_by("number"):
            if record.action == "change_partner_user_roles":
                admins[record.resource_id] = Role.ADMIN in (record.new or {})["roles"]
            elif record.resource_type == "purchase_permission":
                assert admins.get(record.actor_id, True)

    @invariant()
    def no_more_is_refunded_than_was_paid(self) -> None:
        for firm in self.firms:
            commitments = firm.customer.reservations.values_list("amount", flat=True)
            assert sum(self._refunds(firm.customer)) <= sum(commitments)
            assert sum(self._refunds(firm.customer, reason="cancel")) <= CAP
        for refund in Refund.objects.select_related("reservation"):
            assert refund.refunded <= refund.reservation.commitment

    def _refunds(self, customer: Customer, **filters: str) -> list[Decimal]:
        refunds = Refund.objects.filter(reservation__customer=customer, **filters)
        return list(refunds.values_list("amount", flat=True))


@pytest.mark.django_db
def test_whatever_is_done_log_and_state_are_one_story() -> None:
    run_state_machine_as_test(Partner, settings=STEPS)
