"""What a customer pays: the partner sets it, by a default and by single prices.

Source: “Give customers permission”, section *Help customers manage reservations they purchase*:
the customer's price is the partner's, and may differ from the Web Direct price.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import OuterRef, Q, QuerySet, Subquery

from activitylog import clock
from customers.models import (
    Customer,
    CustomerPrice,
    PriceAdjustment,
    ReservationProduct,
    WebDirectPrice,
)
from customers.models.product import Dated
from customers.money import Money, rounded

NO_ADJUSTMENT = Decimal(0)
DatedRow = TypeVar("DatedRow", bound=Dated)


@dataclass(frozen=True, slots=True)
class Price:
    """Prices of one instance for the whole term, as they hold on one day.

    `own` is the customer's, where one was set; else the default holds.
    """

    product: ReservationProduct
    web_direct: Money
    default: Money
    own: Money | None = None

    @property
    def unit(self) -> Money:
        """What the customer pays."""
        return self.default if self.own is None else self.own


def today() -> dt.date:
    """The day in UTC by which prices and terms begin."""
    return clock.now().astimezone(dt.UTC).date()


def price_of(product: ReservationProduct, customer: Customer, day: dt.date) -> Price | None:
    """The prices that hold on the day, or None for a product that has none yet."""
    found = priced(ReservationProduct.objects.filter(pk=product.pk), customer, day).first()
    return price_in(found, adjustment_on(day)) if found else None


def priced(
    products: QuerySet[ReservationProduct], customer: Customer | None, day: dt.date
) -> QuerySet[ReservationProduct]:
    """Those that have a Web Direct price on the day, ready for `price_in`."""
    return with_prices(products, customer, day).filter(Q(web_direct__isnull=False))


def with_prices(
    products: QuerySet[ReservationProduct], customer: Customer | None, day: dt.date
) -> QuerySet[ReservationProduct]:
    """All of them; `web_direct` and `own` are None where there is no such price on the day."""
    web_direct = WebDirectPrice.objects.filter(product=OuterRef("pk"))
    own = CustomerPrice.objects.filter(product=OuterRef("pk"), customer=customer)
    return products.annotate(web_direct=_amount_on(web_direct, day), own=_amount_on(own, day))


def price_in(product: ReservationProduct, adjustment: Decimal) -> Price:
    """The prices of a product that `priced` has read, with the default margin or discount."""
    web_direct = Money(product.web_direct, product.currency)  # type: ignore[attr-defined]
    own: Decimal | None = product.own  # type: ignore[attr-defined]
    return Price(
        product=product,
        web_direct=web_direct,
        default=web_direct.percent(100 + adjustment),
        own=None if own is None else rounded(own, product.currency),
    )


def adjustment_on(day: dt.date) -> Decimal:
    """The default margin (above zero) or discount (below), in percent."""
    adjustment = begun(PriceAdjustment.objects.all(), day).first()
    return adjustment.percent if adjustment else NO_ADJUSTMENT


def begun(rows: QuerySet[DatedRow], day: dt.date) -> QuerySet[DatedRow]:
    """What has begun by the day; the first is what holds on it."""
    return rows.filter(valid_from__lte=day).order_by("-valid_from")


def to_come(rows: QuerySet[DatedRow], day: dt.date) -> QuerySet[DatedRow]:
    """What begins after the day, the next first."""
    return rows.filter(valid_from__gt=day).order_by("valid_from")


def _amount_on(prices: QuerySet[DatedRow], day: dt.date) -> Subquery:
    return Subquery(begun(prices, day).values("amount")[:1])
