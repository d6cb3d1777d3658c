"""Decimals are kept exactly, on both databases."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from customers.models import ReservationProduct, WebDirectPrice
from customers.models.fields import ExactDecimalField
from tests.factories import ReservationProductFactory

pytestmark = pytest.mark.django_db
FIRST = dt.date(2021, 1, 1)


def store(product: ReservationProduct, *amounts: str) -> None:
    for number, amount in enumerate(amounts):
        WebDirectPrice.objects.create(
            product=product,
            amount=Decimal(amount),
            valid_from=FIRST + dt.timedelta(number),
            record_number=1,
        )


@pytest.mark.parametrize(
    "amount",
    ["999999999999.999", "-999999999999.999", "0.001", "0", "123456789012.345", "0.1"],
)
def test_fifteen_digits_come_back_as_they_were(product: ReservationProduct, amount: str) -> None:
    store(product, amount)
    stored = product.web_direct_prices.get(valid_from=FIRST).amount

    assert isinstance(stored, Decimal)
    assert stored == Decimal(amount)


def test_sums_are_exact() -> None:
    product = ReservationProductFactory.create(price="0.1")
    store(product, *["0.1"] * 9, "999999999990.001")

    total = product.web_direct_prices.aggregate(total=Sum("amount"))["total"]
    assert total == Decimal("999999999991.001")


def test_amounts_are_compared_as_numbers(product: ReservationProduct) -> None:
    store(product, "9.9", "10")
    amounts = product.web_direct_prices.filter(valid_from__gte=FIRST, amount__gt=Decimal("9.95"))

    assert [price.amount for price in amounts] == [Decimal(10)]


def test_a_fourth_place_is_refused_and_not_rounded(product: ReservationProduct) -> None:
    with pytest.raises(ValueError, match="more than 3 places"), transaction.atomic():
        store(product, "1.0005")
    assert not product.web_direct_prices.filter(valid_from=FIRST).exists()


@pytest.mark.parametrize("value", ["1.0005", "1234567890123", "NaN", "Infinity", "1E+15"])
def test_what_cannot_be_kept_is_not_valid(value: str) -> None:
    with pytest.raises(ValidationError):
        ExactDecimalField[Decimal, Decimal]().clean(Decimal(value), None)


@pytest.mark.parametrize("value", ["five", "", "1,5"])
def test_what_is_no_number_is_not_valid(value: str) -> None:
    with pytest.raises(ValidationError):
        ExactDecimalField[Decimal, Decimal]().clean(value, None)
