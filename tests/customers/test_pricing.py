"""What a customer pays on which day."""

import datetime as dt
from decimal import Decimal

from customers.models import Customer, CustomerPrice, PriceAdjustment, ReservationProduct
from customers.models import WebDirectPrice as Listed
from customers.pricing import adjustment_on, price_of, priced
from tests.factories import ReservationProductFactory

JANUARY, MARCH, MAY = (dt.date(2026, month, 1) for month in (1, 3, 5))
DAY = dt.timedelta(days=1)


def adjusted(percent: str, day: dt.date) -> None:
    PriceAdjustment.objects.create(percent=Decimal(percent), valid_from=day, record_number=1)


def own(product: ReservationProduct, customer: Customer, amount: str | None, day: dt.date) -> None:
    CustomerPrice.objects.create(
        product=product,
        customer=customer,
        amount=None if amount is None else Decimal(amount),
        valid_from=day,
        record_number=1,
    )


def paid(product: ReservationProduct, customer: Customer, day: dt.date) -> str:
    price = price_of(product, customer, day)
    assert price
    return price.unit.code


def test_a_price_holds_from_its_day_until_the_next_begins(
    product: ReservationProduct, fabrikam: Customer
) -> None:
    Listed.objects.create(product=product, amount=600, valid_from=MARCH, record_number=1)
    days = (MARCH - DAY, MARCH, MAY)

    assert [paid(product, fabrikam, day) for day in days] == ["500.00", "600.00", "600.00"]


def test_a_product_has_no_price_before_its_first(
    product: ReservationProduct, fabrikam: Customer
) -> None:
    before = dt.date(2019, 12, 31)

    assert price_of(product, fabrikam, before) is None
    assert list(priced(ReservationProduct.objects.all(), fabrikam, before)) == []


def test_the_default_margin_or_discount_holds_from_its_day(
    product: ReservationProduct, fabrikam: Customer
) -> None:
    adjusted("5", MARCH)
    adjusted("-2.5", MAY)
    days = (MARCH - DAY, MARCH, MAY - DAY, MAY)

    assert [adjustment_on(day) for day in days] == [0, 5, 5, Decimal("-2.5")]
    assert [paid(product, fabrikam, day) for day in days] == [
        "500.00",
        "525.00",
        "525.00",
        "487.50",
    ]


def test_the_default_price_is_rounded_to_the_digits_of_the_currency(fabrikam: Customer) -> None:
    adjusted("5", JANUARY)
    dollars = ReservationProductFactory.create(price="0.33")
    yen = ReservationProductFactory.create(price="333", currency="JPY")

    assert [paid(product, fabrikam, JANUARY) for product in (dollars, yen)] == ["0.35", "350"]


def test_a_discount_of_everything_costs_nothing(
    product: ReservationProduct, fabrikam: Customer
) -> None:
    adjusted("-100", JANUARY)
    assert paid(product, fabrikam, JANUARY) == "0.00"


def test_a_price_of_the_customers_own_goes_before_the_default(
    product: ReservationProduct, fabrikam: Customer, contoso: Customer
) -> None:
    adjusted("5", JANUARY)
    own(product, fabrikam, "450.00", MARCH)

    assert [paid(product, fabrikam, day) for day in (MARCH - DAY, MARCH)] == ["525.00", "450.00"]
    assert paid(product, contoso, MARCH) == "525.00"
    price = price_of(product, fabrikam, MARCH)
    assert price
    assert (price.web_direct.code, price.default.code) == ("500.00", "525.00")


def test_an_own_price_of_nothing_is_a_price(
    product: ReservationProduct, fabrikam: Customer
) -> None:
    own(product, fabrikam, "0.00", MARCH)
    assert paid(product, fabrikam, MARCH) == "0.00"


def test_the_default_price_can_hold_again(product: ReservationProduct, fabrikam: Customer) -> None:
    own(product, fabrikam, "450.00", MARCH)
    own(product, fabrikam, None, MAY)
    days = (MARCH, MAY - DAY, MAY)

    assert [paid(product, fabrikam, day) for day in days] == ["450.00", "450.00", "500.00"]


def test_an_own_price_of_another_product_makes_no_difference(
    product: ReservationProduct, fabrikam: Customer
) -> None:
    own(ReservationProductFactory.create(), fabrikam, "1.00", MARCH)
    assert paid(product, fabrikam, MARCH) == "500.00"
