"""What a customer pays: the partner sets it, by a default and by single prices.

Source: “Give customers permission”, section *Help customers manage reservations they purchase*:
the customer's price is the partner's, and may differ from the Web Direct price.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from activitylog import clock
from customers.models import (
    Customer,
    CustomerPrice,
    PriceAdjustment,
    ReservationProduct,
    WebDirectPrice,
)
from customers.money import Money, rounded

NO_ADJUSTMENT = Decimal(0)


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
    web_direct = WebDirectPrice.objects.filter(product=OuterRef("pk"))
    own = CustomerPrice.objects.filter(product=OuterRef("pk"), customer=customer)
    return products.annotate(
        web_direct=_amount_on(web_direct, day), own=_amount_on(own, day)
    ).filter(web_direct__isnull=False)


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
    latest = PriceAdjustment.objects.filter(valid_from__lte=day).order_by("-valid_from")
    adjustment = latest.first()
    return adjustment.percent if adjustment else NO_ADJUSTMENT


def _amount_on(
    prices: QuerySet[WebDirectPrice] | QuerySet[CustomerPrice], day: dt.date
) -> Subquery:
    latest = prices.filter(valid_from__lte=day).order_by("-valid_from")
    return Subquery(latest.values("amount")[:1])
