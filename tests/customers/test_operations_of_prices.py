"""Setting margins, single prices and refund terms: each with its record, and nothing else."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from activitylog.models import ActivityRecord
from customers.models import (
    BillingProfile,
    Customer,
    CustomerPrice,
    PriceAdjustment,
    RefundTerms,
    ReservationProduct,
)
from customers.operations.prices import set_price_adjustment, set_refund_terms
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, the_record
from tests.customers.pricing import DAY, set_own_price, terms
from tests.factories import CustomerFactory, ReservationProductFactory

pytestmark = pytest.mark.usefixtures("sound_log")

Setter = Callable[..., Any]


@pytest.fixture
def setters(ada: Agent, fabrikam: Customer, product: ReservationProduct) -> dict[str, Setter]:
    """Each sets a figure from a day on."""
    return {
        "adjustment": lambda figure, day: set_price_adjustment(
            percent=Decimal(figure), valid_from=day, by=ada
        ),
        "price": lambda figure, day: set_own_price(product, fabrikam, ada, figure, day),
        "terms": lambda figure, day: set_refund_terms(
            terms=terms(fee_percent=Decimal(figure), valid_from=day), by=ada
        ),
    }


every = pytest.mark.parametrize(
    ("name", "action"),
    [
        ("adjustment", "set_price_adjustment"),
        ("price", "set_customer_price"),
        ("terms", "set_refund_terms"),
    ],
)
MODELS = {"adjustment": PriceAdjustment, "price": CustomerPrice, "terms": RefundTerms}
FIGURES = {"adjustment": "percent", "price": "amount", "terms": "fee_percent"}


def stored(name: str) -> list[tuple[Any, Any]]:
    rows = MODELS[name]._default_manager.order_by("valid_from")
    return list(rows.values_list("valid_from", FIGURES[name]))


def last_facts() -> tuple[Any, Any]:
    """Old and new of the newest record."""
    last = ActivityRecord.objects.latest("number")
    return last.old, last.new


# What all three share


@every
def test_it_is_stored_and_recorded(setters: dict[str, Setter], name: str, action: str) -> None:
    row = setters[name]("5", today())

    record = the_record()
    assert stored(name) == [(today(), 5)]
    assert (record.action, record.number) == (action, row.record_number)
    assert record.old is None
    assert (record.new or {})["valid_from"] == today().isoformat()


@every
def test_the_same_again_changes_and_records_nothing(
    setters: dict[str, Setter], name: str, action: str
) -> None:
    for day in (today(), today(), today() + DAY):
        setters[name]("5", day)

    assert stored(name) == [(today(), 5)]
    assert actions() == [action]


@every
def test_another_figure_for_the_same_day_replaces_it_and_records_both(
    setters: dict[str, Setter], name: str, action: str
) -> None:
    setters[name]("5", today())
    row = setters[name]("7", today())

    assert stored(name) == [(today(), 7)]
    assert row.record_number == 2
    assert [Decimal(facts[FIGURES[name]]) for facts in last_facts()] == [5, 7]


@every
def test_a_later_day_leaves_the_earlier_one(
    setters: dict[str, Setter], name: str, action: str
) -> None:
    setters[name]("5", today())
    setters[name]("7", today() + DAY)

    assert stored(name) == [(today(), 5), (today() + DAY, 7)]
    assert last_facts()[0]["valid_from"] == today().isoformat()


@every
def test_nothing_is_set_for_days_that_are_over(
    setters: dict[str, Setter], name: str, action: str
) -> None:
    with pytest.raises(Refused) as refused:
        setters[name]("5", today() - DAY)

    assert refused.value.code == "past"
    assert (stored(name), actions()) == ([], [])


@every
def test_row_and_record_roll_back_together(
    setters: dict[str, Setter], name: str, action: str
) -> None:
    with transaction.atomic():
        setters[name]("5", today())
        transaction.set_rollback(True)

    assert (stored(name), actions()) == ([], [])


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("adjustment", "-100.01"),
        ("adjustment", "1000.01"),
        ("adjustment", "NaN"),
        ("adjustment", "0.0005"),
        ("price", "-0.01"),
        ("price", "1.005"),
        ("price", "10000000000.00"),
        ("price", "Infinity"),
        ("terms", "100.01"),
        ("terms", "-1"),
    ],
)
def test_what_cannot_be_is_not_set(setters: dict[str, Setter], name: str, figure: str) -> None:
    with pytest.raises(ValidationError):
        setters[name](figure, today())
    assert (stored(name), actions()) == ([], [])


# A customer's price


def test_a_customers_price_is_recorded_with_the_product_and_plain_digits(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    set_own_price(product, fabrikam, ada, "480")

    record = the_record()
    assert (record.resource_type, record.resource_id) == ("customer_price", str(product.pk))
    assert record.customer_name == "Fabrikam"
    assert record.new == {
        "sku": "Standard_D2s_v5",
        "region": "westeurope",
        "term": "P1Y",
        "currency": "USD",
        "amount": "480.00",
        "valid_from": today().isoformat(),
    }


def test_the_default_price_holds_again_and_is_recorded(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    set_own_price(product, fabrikam, ada, "480.00")
    set_own_price(product, fabrikam, ada, None, today() + DAY)

    assert stored("price") == [(today(), 480), (today() + DAY, None)]
    old, new = last_facts()
    assert (old["amount"], new["amount"]) == ("480.00", None)


def test_the_default_price_where_it_holds_already_changes_nothing(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    assert set_own_price(product, fabrikam, ada, None) is None
    assert actions() == []


def test_a_price_in_yen_has_no_digits_after_the_point(ada: Agent, fabrikam: Customer) -> None:
    BillingProfile.objects.update(currency="JPY")
    yen = ReservationProductFactory.create(currency="JPY", price="75000")
    with pytest.raises(ValidationError, match="0 digits"):
        set_own_price(yen, fabrikam, ada, "70000.5")
    set_own_price(yen, fabrikam, ada, "70000")

    assert (the_record().new or {})["amount"] == "70000"


def test_a_price_in_another_currency_than_the_customers_is_refused(
    ada: Agent, fabrikam: Customer
) -> None:
    with pytest.raises(Refused) as refused:
        set_own_price(ReservationProductFactory.create(currency="EUR"), fabrikam, ada, "1.00")

    assert refused.value.code == "currency"
    assert (stored("price"), actions()) == ([], [])


def test_a_customer_who_left_gets_no_prices(ada: Agent, product: ReservationProduct) -> None:
    with pytest.raises(Refused) as refused:
        set_own_price(product, CustomerFactory.create(relationship="none"), ada, "1.00")

    assert refused.value.code == "no_relationship"
    assert (stored("price"), actions()) == ([], [])


# Margin and refund terms


def test_a_margin_is_recorded_in_plain_digits(ada: Agent) -> None:
    set_price_adjustment(percent=Decimal("-2.500"), valid_from=today(), by=ada)
    assert (the_record().new or {})["percent"] == "-2.5"


def test_refund_terms_are_recorded_without_floats(ada: Agent) -> None:
    set_refund_terms(terms=terms(), by=ada)

    assert the_record().resource_id == "USD"
    assert the_record().new == {
        "currency": "USD",
        "free_days": 5,
        "fee_percent": "12",
        "yearly_cap": "50000.00",
        "renewal_days": 30,
        "valid_from": today().isoformat(),
    }


def test_refund_terms_of_one_currency_leave_those_of_another(ada: Agent) -> None:
    for currency in ("USD", "EUR"):
        set_refund_terms(terms=terms(currency=currency), by=ada)

    assert set(RefundTerms.objects.values_list("currency", flat=True)) == {"USD", "EUR"}


@pytest.mark.parametrize(
    "details",
    [
        {"free_days": 367},
        {"renewal_days": -1},
        {"yearly_cap": Decimal("0.001")},
        {"yearly_cap": Decimal("0.5"), "currency": "JPY"},
        {"currency": "XXX"},
    ],
    ids=str,
)
def test_refund_terms_that_cannot_be_are_not_set(ada: Agent, details: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        set_refund_terms(terms=terms(**details), by=ada)

    assert set(error.value.message_dict) <= set(details)
    assert (stored("terms"), actions()) == ([], [])
