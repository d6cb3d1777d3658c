"""Buying a reservation: who may, on what, at which price, and what is recorded of it."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from activitylog import verification
from activitylog.models import ActivityRecord
from activitylog.recording import Actor
from customers.models import (
    BillingCycle,
    Customer,
    CustomerPrice,
    CustomerUser,
    Order,
    OrderItem,
    PurchaseForm,
    Reservation,
    ReservationProduct,
    Resource,
    Subscription,
)
from customers.models.reservation import end_of_term
from customers.money import Money
from customers.operations.customers import remove_reseller_relationship
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.purchase_rules import Purchase
from customers.operations.purchasing import REFUSALS_AN_HOUR, Bought, buy_reservation
from customers.operations.role_assignments import remove_role
from customers.operations.subscriptions import buy_azure_plan, suspend_subscription
from customers.operations.users import remove_customer_user
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.authority import SignedOut
from partnercenter.operations import Refused
from tests.customers.buying import allowed, bought, purchase_of
from tests.factories import (
    CustomerUserFactory,
    ReservationProductFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.usefixtures("sound_log")


@pytest.fixture
def olle(fabrikam: Customer, ada: Agent) -> CustomerUser:
    """Fabrikam's Owner, while the permission is on."""
    return allowed(fabrikam, ada)


def buy(customer: Customer, purchase: Purchase, by: Actor) -> Bought | Refused:
    return buy_reservation(customer=customer, purchase=purchase, by=by)


def code_of(outcome: Bought | Refused) -> str:
    assert isinstance(outcome, Refused)
    return outcome.code


def records() -> list[ActivityRecord]:
    """Those of purchases, in the order of the log."""
    return list(ActivityRecord.objects.of_action("create_order").order_by("number"))


def set_price(product: ReservationProduct, customer: Customer, amount: str) -> None:
    CustomerPrice.objects.create(
        product=product,
        customer=customer,
        amount=Decimal(amount),
        valid_from=today(),
        record_number=0,
    )


def turn_off(customer: Customer, by: Agent) -> None:
    set_purchase_permission(
        customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=False, by=by
    )


# Bought


def test_an_owner_buys_at_the_partners_price_while_the_permission_is_on(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    set_price(product, fabrikam, "450.00")
    reservation = bought(product, fabrikam, olle, quantity=3)
    order = reservation.item.order

    assert str(order.total) == "1,350.00 USD"
    assert (order.purchased_by, order.buyer_name) == ("customer", olle.user_principal_name)
    assert (reservation.item.quantity, str(reservation.item.unit_price)) == (3, "450.00 USD")
    assert reservation.commitment == order.total


def test_the_order_bears_number_and_time_of_its_record(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    reservation = bought(product, fabrikam, olle)
    [record] = records()
    order = reservation.item.order

    assert (order.number, order.created_at) == (record.number, record.at)
    assert reservation.starts_at == record.at
    assert record.resource_id == str(order.pk)
    assert record.new == {
        "sku": "Standard_D2s_v5",
        "region": "westeurope",
        "term": "P1Y",
        "quantity": 2,
        "billing": "one_time",
        "scope": "shared",
        "subscription": str(reservation.subscription_id),
        "unit_price": "500.00",
        "total": "1000.00",
        "currency": "USD",
        "reservation": str(reservation.pk),
    }
    assert (record.actor_name, record.actor_roles) == (olle.user_principal_name, ["Customer user"])


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2026-11-22", "P1Y", "2027-11-22"),
        ("2026-11-22", "P3Y", "2029-11-22"),
        ("2028-02-29", "P1Y", "2029-02-28"),
    ],
)
def test_a_term_ends_on_the_same_day_of_a_later_year(start: str, term: str, end: str) -> None:
    moment = dt.datetime.fromisoformat(f"{start}T10:20:30+00:00")
    assert end_of_term(moment, term).isoformat() == f"{end}T10:20:30+00:00"


def test_monthly_billing_costs_the_same_and_its_payments_are_the_total(
    fabrikam: Customer, olle: CustomerUser
) -> None:
    product = ReservationProductFactory.create(price="100.00")
    purchase = purchase_of(product, fabrikam, quantity=1, billing_cycle=BillingCycle.MONTHLY)

    assert len(purchase.instalments) == 12
    assert sum(payment.amount for payment in purchase.instalments) == Decimal("100.00")
    assert bought(product, fabrikam, olle, quantity=1).commitment == purchase.total


def test_an_agent_buys_without_the_permission_and_without_an_owner(
    northwind: Customer, sam: Agent, product: ReservationProduct
) -> None:
    order = bought(product, northwind, sam).item.order

    assert (order.purchased_by, order.buyer_name) == ("partner", sam.username)


def test_an_order_stays_as_it_was_when_prices_change(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    order = bought(product, fabrikam, olle).item.order
    set_price(product, fabrikam, "1.00")

    assert str(Order.objects.get(pk=order.pk).total) == "1,000.00 USD"


def test_a_subscription_that_the_partner_buys_has_its_order(contoso: Customer, ada: Agent) -> None:
    plan = buy_azure_plan(customer=contoso, by=ada)
    order = contoso.orders.get()

    assert (order.total, order.purchased_by) == (None, "partner")
    assert [item.subscription for item in order.items.all()] == [plan]
    assert ActivityRecord.objects.get(pk=order.number).action == "create_subscription"


# Refused


def test_nobody_buys_while_the_permission_is_off(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    turn_off(fabrikam, ada)
    outcome = buy(fabrikam, purchase_of(product, fabrikam), olle)

    assert code_of(outcome) == "not_permitted"
    assert "Ask your partner to turn the permission on" in str(outcome)


def test_the_permission_for_savings_plans_is_none_for_reservations(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    turn_off(fabrikam, ada)
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_SAVINGS_PLAN, allowed=True, by=ada
    )

    assert code_of(buy(fabrikam, purchase_of(product, fabrikam), olle)) == "not_permitted"


Choose = Callable[[Customer], Subscription]


def a_license(customer: Customer) -> Subscription:
    return SubscriptionFactory.create(customer=customer, product="license")


def a_suspended_plan(customer: Customer) -> Subscription:
    return SubscriptionFactory.create(customer=customer, status="suspended")


def one_of_another_customer(customer: Customer) -> Subscription:
    return SubscriptionFactory.create()


@pytest.mark.parametrize(
    ("choose", "code"),
    [
        (a_license, "not_azure"),
        (a_suspended_plan, "not_active"),
        (one_of_another_customer, "other_subscription"),
    ],
)
@pytest.mark.parametrize("buyer", ["olle", "sam"])
def test_nobody_buys_on_a_subscription_that_will_not_do(
    buyer: str,
    choose: Choose,
    code: str,
    fabrikam: Customer,
    product: ReservationProduct,
    request: pytest.FixtureRequest,
) -> None:
    by: Actor = request.getfixturevalue(buyer)
    subscription = choose(fabrikam)
    if isinstance(by, CustomerUser):
        RoleAssignmentFactory.create(subscription=subscription, user=by)
    purchase = purchase_of(product, fabrikam, subscription_id=subscription.pk)

    assert code_of(buy(fabrikam, purchase, by)) == code


def test_a_subscription_suspended_since_the_review_is_refused(
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    olle: CustomerUser,
    ada: Agent,
    product: ReservationProduct,
) -> None:
    purchase = purchase_of(product, fabrikam)
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    assert code_of(buy(fabrikam, purchase, olle)) == "not_active"


@pytest.mark.parametrize("role", ["Contributor", "Reader", None])
def test_a_user_without_the_role_owner_is_refused(
    role: str | None,
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    olle: CustomerUser,
    product: ReservationProduct,
) -> None:
    nils = CustomerUserFactory.create(customer=fabrikam)
    if role:
        RoleAssignmentFactory.create(subscription=fabrikam_azure, user=nils, role=role)

    assert code_of(buy(fabrikam, purchase_of(product, fabrikam), nils)) == "not_owner"


def test_an_owner_of_another_subscription_only_is_refused(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    second = SubscriptionFactory.create(customer=fabrikam, product="azure_global")
    purchase = purchase_of(product, fabrikam, subscription_id=second.pk)

    assert code_of(buy(fabrikam, purchase, olle)) == "not_owner"


def test_an_owner_who_lost_the_role_since_the_review_is_refused(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    purchase = purchase_of(product, fabrikam)
    remove_role(assignment=olle.role_assignments.get(), by=ada)

    assert code_of(buy(fabrikam, purchase, olle)) == "not_owner"


def test_a_user_who_was_removed_since_the_review_is_refused(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    purchase = purchase_of(product, fabrikam)
    remove_customer_user(user=olle, by=ada)

    with pytest.raises(SignedOut):
        buy(fabrikam, purchase, olle)
    assert not Order.objects.exists()


@pytest.mark.parametrize("buyer", ["olle", "sam"])
def test_a_price_that_changed_since_the_review_is_reviewed_again(
    buyer: str,
    fabrikam: Customer,
    product: ReservationProduct,
    request: pytest.FixtureRequest,
) -> None:
    by: Actor = request.getfixturevalue(buyer)
    purchase = purchase_of(product, fabrikam)
    set_price(product, fabrikam, "400.00")

    assert code_of(buy(fabrikam, purchase, by)) == "price_changed"
    assert str(bought(product, fabrikam, by).item.unit_price) == "400.00 USD"


def test_nothing_is_bought_after_the_relationship_has_ended(
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    olle: CustomerUser,
    ada: Agent,
    product: ReservationProduct,
) -> None:
    purchase = purchase_of(product, fabrikam)
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    remove_reseller_relationship(customer=fabrikam, by=ada)

    assert code_of(buy(fabrikam, purchase, olle)) == "no_relationship"
    assert code_of(buy(fabrikam, purchase_of(product, fabrikam), ada)) == "no_relationship"


def test_a_refusal_is_one_failed_record_and_no_purchase(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    turn_off(fabrikam, ada)
    purchase = purchase_of(product, fabrikam)
    for _ in range(3):
        buy(fabrikam, purchase, olle)

    [record] = records()
    assert record.status == "failed"
    assert (record.new or {})["refused"] == "not_permitted"
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()
    assert list(verification.findings()) == []


def test_each_form_that_is_refused_has_its_record(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    turn_off(fabrikam, ada)
    for _ in range(2):
        buy(fabrikam, purchase_of(product, fabrikam), olle)

    assert [record.status for record in records()] == ["failed", "failed"]


def test_refusals_of_a_customers_user_are_recorded_so_often_an_hour(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    turn_off(fabrikam, ada)
    for _ in range(REFUSALS_AN_HOUR):
        buy(fabrikam, purchase_of(product, fabrikam), olle)
    with pytest.raises(Refused) as refusal:
        buy(fabrikam, purchase_of(product, fabrikam), olle)

    assert refusal.value.code == "not_permitted"
    assert len(records()) == REFUSALS_AN_HOUR
    assert PurchaseForm.objects.count() == REFUSALS_AN_HOUR


def test_whoever_was_refused_often_buys_once_the_reason_is_gone(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    turn_off(fabrikam, ada)
    for _ in range(REFUSALS_AN_HOUR):
        buy(fabrikam, purchase_of(product, fabrikam), olle)
    allowed(fabrikam, ada)

    assert isinstance(buy(fabrikam, purchase_of(product, fabrikam), olle), Bought)


def test_a_form_that_was_refused_buys_once_the_reason_is_gone(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    turn_off(fabrikam, ada)
    purchase = purchase_of(product, fabrikam)
    buy(fabrikam, purchase, olle)
    allowed(fabrikam, ada)

    assert isinstance(buy(fabrikam, purchase, olle), Bought)
    assert [record.status for record in records()] == ["failed", "succeeded"]


# Once


def test_confirming_twice_buys_once(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    purchase = purchase_of(product, fabrikam)

    assert buy(fabrikam, purchase, olle) == buy(fabrikam, purchase, olle)
    assert Order.objects.filter(customer=fabrikam).count() == 1
    assert len(records()) == 1


def test_confirming_again_says_what_was_bought_whatever_happened_since(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    purchase = purchase_of(product, fabrikam)
    first = buy(fabrikam, purchase, olle)
    turn_off(fabrikam, ada)

    assert buy(fabrikam, purchase, olle) == first


def test_a_form_cannot_be_used_for_another_purchase(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    purchase = purchase_of(product, fabrikam)
    buy(fabrikam, purchase, olle)

    with pytest.raises(Refused) as refusal:
        buy(fabrikam, purchase_of(product, fabrikam, quantity=9, key=purchase.key), olle)
    assert refusal.value.code == "form_used"
    assert Order.objects.count() == 1


def test_the_same_key_of_somebody_else_is_another_form(
    fabrikam: Customer, olle: CustomerUser, ada: Agent, product: ReservationProduct
) -> None:
    key = uuid.uuid4()
    first = bought(product, fabrikam, olle, key=key)
    second = bought(product, fabrikam, ada, key=key)

    assert first != second


# What no form sends


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 1001}, "quantity"),
        ({"billing_cycle": BillingCycle.ANNUAL}, "billing"),
    ],
)
def test_what_is_not_offered_is_refused_without_a_record(
    choices: dict[str, Any],
    code: str,
    fabrikam: Customer,
    olle: CustomerUser,
    product: ReservationProduct,
) -> None:
    with pytest.raises(Refused) as refusal:
        buy(fabrikam, purchase_of(product, fabrikam, **choices), olle)

    assert refusal.value.code == code
    assert records() == []
    assert not PurchaseForm.objects.exists()


def test_a_product_in_another_currency_is_refused_without_a_record(
    fabrikam: Customer, olle: CustomerUser
) -> None:
    yen = ReservationProductFactory.create(currency="JPY", price="75000")
    with pytest.raises(Refused) as refusal:
        buy(fabrikam, purchase_of(yen, fabrikam), olle)

    assert refusal.value.code == "currency"
    assert records() == []


def test_the_reviewed_price_counts_with_its_currency(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    purchase = purchase_of(product, fabrikam, unit_price=Money(Decimal(500), "EUR"))
    assert code_of(buy(fabrikam, purchase, olle)) == "price_changed"


def test_an_order_its_reservation_and_its_record_are_rolled_back_together(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    with transaction.atomic():
        bought(product, fabrikam, olle)
        transaction.set_rollback(True)

    assert records() == []
    for model in (Order, OrderItem, Reservation, PurchaseForm):
        assert not model._default_manager.exists()


# The check of the log


def test_an_order_without_its_record_is_found(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    order = bought(product, fabrikam, olle).item.order
    Order.objects.filter(pk=order.pk).update(number=999)

    assert {finding.number for finding in verification.findings()} == {order.number, 999}
    Order.objects.filter(pk=order.pk).update(number=order.number)


def test_an_order_whose_total_was_changed_is_found(
    fabrikam: Customer, olle: CustomerUser, product: ReservationProduct
) -> None:
    order = bought(product, fabrikam, olle).item.order
    Order.objects.filter(pk=order.pk).update(amount=Decimal("999.00"))

    assert [finding.number for finding in verification.findings()] == [order.number]
    Order.objects.filter(pk=order.pk).update(amount=Decimal("1000.00"))
