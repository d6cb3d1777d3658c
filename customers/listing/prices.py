"""The lists of prices: of the catalogue, and of one customer; which rows, and what they show."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.forms.prices import CatalogueFilterForm, CustomerPriceFilterForm
from customers.models import Customer, CustomerPrice, ReservationProduct, WebDirectPrice
from customers.models.product import ReservationProductQuerySet
from customers.money import Money, rounded
from customers.pricing import begun, price_in, to_come, today, with_prices

# All that the list is sorted by is one index, and tells each product from the others.
ORDER = ("currency", "sku", "region", "term")


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A row of either list: the prices of today, None where there is none yet.

    `since` says from when the own price holds, `later` what is entered for a later day, `sale` that
    the sale ends or has ended: all in words, and empty where there is nothing to say.
    """

    product: ReservationProduct
    term: str
    billing: str
    web_direct: Money | None
    default: Money | None
    own: Money | None
    since: str
    own_record: int | None
    later: str
    sale: str


def filtered(form: CatalogueFilterForm) -> ReservationProductQuerySet:
    """Those of the products that the valid form asks for."""
    wanted = form.cleaned_data
    found: ReservationProductQuerySet = ReservationProduct.objects.matching(wanted["q"])
    if wanted["currency"]:
        found = found.in_currency(wanted["currency"])
    return found.filter(term=wanted["term"]) if wanted["term"] else found


def catalogue(form: CatalogueFilterForm) -> QuerySet[ReservationProduct]:
    """The same with today's prices, and the next ones, for `rows_of`."""
    following = to_come(WebDirectPrice.objects.filter(product=OuterRef("pk")), today())
    return with_prices(filtered(form), None, today()).annotate(
        next_from=Subquery(following.values("valid_from")[:1]),
        next_amount=Subquery(following.values("amount")[:1]),
    )


def of_customer(
    customer: Customer, currency: str, form: CustomerPriceFilterForm
) -> QuerySet[ReservationProduct]:
    """The products in the customer's currency, with what they cost him, for `rows_of`."""
    prices = CustomerPrice.objects.filter(product=OuterRef("pk"), customer=customer)
    held, following = begun(prices, today()), to_come(prices, today())
    products = ReservationProduct.objects.in_currency(currency).matching(form.cleaned_data["q"])
    found = with_prices(products, customer, today()).annotate(
        own_since=Subquery(held.values("valid_from")[:1]),
        own_record=Subquery(held.values("record_number")[:1]),
        next_from=Subquery(following.values("valid_from")[:1]),
        next_amount=Subquery(following.values("amount")[:1]),
    )
    if form.cleaned_data["own"]:
        found = found.filter(Q(own__isnull=False) | Q(next_from__isnull=False))
    return found


def rows_of(products: Iterable[ReservationProduct], adjustment: Decimal) -> list[ProductRow]:
    """The rows, with the default margin or discount of today."""
    return [_row(product, adjustment) for product in products]


def _row(product: ReservationProduct, adjustment: Decimal) -> ProductRow:
    has_price = product.web_direct is not None  # type: ignore[attr-defined]
    price = price_in(product, adjustment) if has_price else None
    return ProductRow(
        product=product,
        term=product.get_term_display(),
        billing=product.get_billing_frequency_display(),
        web_direct=price.web_direct if price else None,
        default=price.default if price else None,
        own=price.own if price else money(product.own, product.currency),  # type: ignore[attr-defined]
        since=_since(product),
        own_record=getattr(product, "own_record", None),
        later=_later(product),
        sale=_sale(product),
    )


def _sale(product: ReservationProduct) -> str:
    if product.end_of_sale is None:
        return ""
    day = {"day": date_format(product.end_of_sale)}
    if product.is_on_sale(today()):
        return _("Sale ends %(day)s") % day
    return _("Off sale since %(day)s") % day


def _since(product: ReservationProduct) -> str:
    day: dt.date | None = getattr(product, "own_since", None)
    return _("since %(day)s") % {"day": date_format(day)} if day else ""


def _later(product: ReservationProduct) -> str:
    day: dt.date | None = product.next_from  # type: ignore[attr-defined]
    amount: Decimal | None = product.next_amount  # type: ignore[attr-defined]
    if day is None:
        return ""
    price = _("default price") if amount is None else str(rounded(amount, product.currency))
    return _("From %(day)s: %(price)s") % {"day": date_format(day), "price": price}


def money(amount: Decimal | None, currency: str) -> Money | None:
    """A stored amount as money."""
    return None if amount is None else rounded(amount, currency)
