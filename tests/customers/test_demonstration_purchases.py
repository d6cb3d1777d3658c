"""The demonstration data: what was bought in its year, at which prices, and how it is used."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from pytest_django import DjangoDbBlocker

from activitylog import verification
from activitylog.models import ActivityRecord
from customers.demonstration.acts import Act, Diary
from customers.demonstration.catalogue import CURRENCY_OF, RATES
from customers.demonstration.story import planned
from customers.management.commands.seed_demo import RECORDS, seed
from customers.models import (
    BillingProfile,
    Customer,
    CustomerPrice,
    Order,
    PriceAdjustment,
    Refund,
    RefundTerms,
    Reservation,
    ReservationProduct,
    SignInLink,
    UsageRecord,
)
from customers.operations.reservations import expire_reservations
from customers.utilisation import Utilisation, utilisation_of
from tests.customers.seeding import seeded_once
from tests.factories import AgentFactory

NOW = dt.datetime(2026, 3, 11, 14, 25, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
YESTERDAY = NOW.date() - DAY
ORDERING = ("create_subscription", "create_order", "exchange_reservation", "renew_reservation")
# What Fabrikam's story leaves out
PREPARING = ("add_customer", "create_customer_user", "import_usage")


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The year that ends at NOW; tests here ask for no database of their own."""
    with seeded_once(django_db_blocker, lambda: seed(NOW)):
        yield


def fabrikam() -> Customer:
    return Customer.objects.get(company_name="Fabrikam")


def of_last_week() -> list[tuple[Customer, dict[UUID, Utilisation]]]:
    """How well each customer's reservations were used in the last seven full days."""
    customers = Customer.objects.exclude(reservations=None).distinct()
    return [(customer, last_week_of(customer)) for customer in customers]


def last_week_of(customer: Customer) -> dict[UUID, Utilisation]:
    """Of the customer's reservations that served on any of those days."""
    first = YESTERDAY - 6 * DAY
    serving = customer.reservations.overlapping(first, YESTERDAY).select_related("product")
    return utilisation_of(list(serving), first, YESTERDAY)


# It is sound


def test_two_thousand_records_and_their_orders_agree(seeded: None) -> None:
    assert ActivityRecord.objects.count() == RECORDS
    assert list(verification.findings()) == []


def test_every_order_is_the_number_of_its_record_and_every_purchase_has_one(seeded: None) -> None:
    records = ActivityRecord.objects.filter(action__in=ORDERING, status="succeeded")

    assert set(Order.objects.values_list("number", flat=True)) == set(
        records.values_list("number", flat=True)
    )


def test_refunds_with_their_fees_never_exceed_what_was_paid(seeded: None) -> None:
    for refund in Refund.objects.all():
        facts = ActivityRecord.objects.get(number=refund.record_number).new or {}
        assert refund.amount + refund.fee_amount <= Decimal(facts["paid"])


def test_nothing_is_left_to_expire(seeded: None) -> None:
    assert expire_reservations(now=NOW).number == 0


def test_no_sign_in_link_is_open(seeded: None) -> None:
    assert SignInLink.objects.exists()
    assert not SignInLink.objects.open_at(NOW).exists()


# Something of each kind


def test_customers_are_billed_in_the_currency_of_their_country(seeded: None) -> None:
    billed = BillingProfile.objects.values_list("customer__country", "currency")

    assert [each for each in billed if CURRENCY_OF.get(each[0], "USD") != each[1]] == []
    assert {currency for _country, currency in billed} == set(RATES)


def test_reservations_have_every_status_term_scope_billing_and_currency(seeded: None) -> None:
    def values(field: str) -> set[str]:
        return set(Reservation.objects.values_list(field, flat=True))

    assert values("status") == {"active", "expired", "cancelled", "exchanged"}
    assert values("product__term") == {"P1Y", "P3Y"}
    assert values("scope") == {"single", "shared"}
    assert values("billing_cycle") == {"one_time", "monthly"}
    assert values("currency") == set(RATES)
    assert {1, 20} <= set(Reservation.objects.values_list("quantity", flat=True))


def test_customers_and_agents_of_both_roles_bought_in_every_currency(seeded: None) -> None:
    orders = Order.objects.exclude(currency="")
    buyers = set(orders.values_list("purchased_by", "currency"))

    assert buyers == {(by, currency) for by in ("partner", "customer") for currency in RATES}
    assert {"ada.admin@partner.example", "sam.sales@partner.example"} <= set(
        orders.values_list("buyer_name", flat=True)
    )


def test_some_were_exchanged_cancelled_renamed_scoped_anew_and_renewed(seeded: None) -> None:
    counted = Counter(ActivityRecord.objects.values_list("action", flat=True))
    acts = ("exchange", "cancel", "rename", "renew", "expire")

    assert all(counted[f"{act}_reservation"] for act in acts)
    assert counted["change_reservation_scope"]


def test_refunds_are_whole_or_less_a_fee(seeded: None) -> None:
    refunds = Refund.objects.filter(reason="cancel", amount__gt=0)

    assert refunds.filter(fee_amount=0).exists()
    assert refunds.filter(fee_amount__gt=0).exists()


def test_one_renewal_serves_already_and_one_is_still_to_begin(seeded: None) -> None:
    renewals = Reservation.objects.exclude(renews=None)

    assert renewals.filter(starts_at__lte=NOW, renews__status="expired").exists()
    assert renewals.filter(starts_at__gt=NOW, renews__status="active").exists()


def test_purchases_were_refused_for_each_reason_the_last_ones_lately(seeded: None) -> None:
    failed = ActivityRecord.objects.filter(action="create_order", status="failed")
    reasons = {(record.new or {})["refused"] for record in failed}

    assert reasons == {"not_permitted", "not_owner", "not_active"}
    assert set(failed.values_list("channel", flat=True)) == {"portal"}
    assert failed.filter(at__gt=NOW - 7 * DAY).exists()


def test_customers_bought_lately_the_last_one_some_hours_ago(seeded: None) -> None:
    latest = Order.objects.purchased_by_customer().newest_first()[:10]
    days = [NOW - order.created_at for order in latest]

    assert len(days) == 10
    assert dt.timedelta(hours=1) < days[0] < dt.timedelta(hours=12)
    assert days[7] < 7 * DAY


# Prices


def test_prices_rose_in_the_course_of_the_year(seeded: None) -> None:
    for product in ReservationProduct.objects.filter(sku="Standard_D2s_v5"):
        first, second = product.web_direct_prices.order_by("valid_from")
        assert first.amount < second.amount
    assert PriceAdjustment.objects.get().percent > 0


def test_every_currency_has_refund_terms(seeded: None) -> None:
    assert set(RefundTerms.objects.values_list("currency", flat=True)) == set(RATES)


def test_customers_have_had_and_will_have_prices_of_their_own(seeded: None) -> None:
    today = NOW.date()
    own = CustomerPrice.objects.filter(amount__isnull=False)

    assert own.filter(valid_from__lte=today, customer=fabrikam()).exists()
    assert own.filter(valid_from__gt=today).exists()
    assert CustomerPrice.objects.filter(valid_from__lte=today, amount=None).exists()


# Usage


def test_some_thousand_lines_of_usage_end_yesterday(seeded: None) -> None:
    assert 1000 < UsageRecord.objects.count() < 5000
    assert UsageRecord.objects.latest("day").day == YESTERDAY


def test_reservations_are_used_well_by_half_and_not_at_all(seeded: None) -> None:
    percents = [
        utilisation.percent
        for _customer, found in of_last_week()
        for utilisation in found.values()
        if utilisation.percent is not None
    ]

    assert any(percent > 90 for percent in percents)
    assert any(40 < percent < 65 for percent in percents)
    assert any(percent == 0 for percent in percents)


def test_some_use_more_than_is_reserved(seeded: None) -> None:
    full = {
        pk
        for _customer, found in of_last_week()
        for pk, each in found.items()
        if each.percent == 100
    }
    assert full


def test_two_subscriptions_of_fabrikam_share_one_reservation(seeded: None) -> None:
    found = last_week_of(fabrikam()).values()
    assert any(len(each.by_subscription) == 2 for each in found)


# The story of Fabrikam


def test_fabrikams_story_is_told_by_its_activity(seeded: None) -> None:
    told = ActivityRecord.objects.filter(customer_id=str(fabrikam().pk)).exclude(
        action__in=PREPARING
    )
    since = told.get(action="create_customer_purchase_permissions").number
    story = [
        (record.action, record.actor_name.partition(".")[0], record.status)
        for record in told.filter(number__gte=since).order_by("number")
    ]

    assert story[0] == ("create_customer_purchase_permissions", "erik", "succeeded")
    assert [act for act, _by, _status in story] == [
        "create_customer_purchase_permissions",
        "create_subscription",
        "send_sign_in_link",
        "create_order",
        "set_customer_price",
        "create_order",
        "create_role_assignment",
        "send_sign_in_link",
        "create_order",
        "exchange_reservation",
        "rename_reservation",
        "cancel_reservation",
        "delete_role_assignment",
        "change_reservation_scope",
        "create_order",
        "create_order",
    ]
    orders = [(by, status) for act, by, status in story if act == "create_order"]
    assert orders == [
        ("m", "succeeded"),
        ("m", "succeeded"),
        ("d", "succeeded"),
        ("d", "failed"),
        ("m", "succeeded"),
    ]


def test_fabrikams_newest_purchase_was_made_at_its_own_price(seeded: None) -> None:
    order = Order.objects.purchased_by_customer().newest_first()[0]
    own = CustomerPrice.objects.get(customer=fabrikam())

    assert order.customer == fabrikam()
    assert [item.unit_amount for item in order.items.all()] == [own.amount]


# Again


@pytest.mark.django_db
def test_every_demonstration_is_alike() -> None:
    admin, former, sales = AgentFactory.create_batch(3)

    def plan() -> list[Act]:
        diary = Diary(admin=admin, former_admin=former, sales=sales, now=NOW)
        return planned(diary, 1900)

    first, second = plan(), plan()
    assert len(first) == 1900
    assert [(act.at, act.by) for act in first] == [(act.at, act.by) for act in second]
