"""Exchanging a reservation: choose a product, choose how many and for whom, review, confirm."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from customers.forms.products import ProductSearchForm
from customers.forms.reservations import ConfirmedExchangeForm, ExchangeForm
from customers.listing import figures
from customers.models import BillingCycle, Reservation, ReservationProduct
from customers.money import Money, nothing
from customers.operations.exchanges import (
    Exchange,
    exchange_reservation,
    why_no_exchange,
)
from customers.operations.purchase_rules import LARGEST_QUANTITY, not_on_sale
from customers.operations.reservations import why_unchangeable
from customers.pricing import Price, adjustment_on, price_in, priced, today
from customers.refunds import Balance, balance_of, balance_with
from customers.views.reservation_acts import CHANGING, FORM_METHODS, found, render_act, to_page_of
from partnercenter.access import requires
from partnercenter.forms import attempt
from partnercenter.http import AgentRequest
from partnercenter.paging import Page


@dataclass(frozen=True, slots=True)
class ProductRow:
    """What a row shows, made once here; `least` is the quantity that an exchange needs, or None
    where no quantity that can be bought is enough."""

    product: ReservationProduct
    term: str
    price: Money
    least: int | None

    @classmethod
    def of(cls, price: Price, remaining: Money) -> "ProductRow":
        least = least_quantity(price.unit, remaining)
        return cls(price.product, price.product.get_term_display(), price.unit, least)


def least_quantity(unit: Money, remaining: Money) -> int | None:
    """How many at this price come to at least the remaining commitment."""
    if remaining <= nothing(remaining.currency):
        return 1
    if unit <= nothing(unit.currency):
        return None
    whole, rest = divmod(remaining.amount, unit.amount)
    least = int(whole) + bool(rest)
    return least if least <= LARGEST_QUANTITY else None


def exchangeable(reservation: Reservation) -> QuerySet[ReservationProduct]:
    """The products of the same type and currency that are on sale and have a price today."""
    return _priced(ReservationProduct.objects.on_sale(today()), reservation)


def _priced(
    products: QuerySet[ReservationProduct], reservation: Reservation
) -> QuerySet[ReservationProduct]:
    """Those of the same type and currency that have a price today."""
    alike = {
        "product_type": reservation.product.product_type,
        "currency": reservation.currency,
    }
    return priced(products.filter(**alike), reservation.customer, today())


@requires(CHANGING)
def choose(request: AgentRequest, customer_id: UUID, reservation_id: UUID) -> HttpResponse:
    """The products for which the reservation can be exchanged, with the least quantity of each."""
    reservation = found(customer_id, reservation_id)
    filters = ProductSearchForm(request.GET)
    page = _products(reservation, filters, request.path) if filters.is_valid() else None
    context = {
        "customer": reservation.customer,
        "reservation": reservation,
        "refusal": why_unchangeable(reservation),
        "filters": filters,
        **(_rows(reservation, page, filters) if page else {}),
    }
    return render(request, "customers/exchange.html", context, status=200 if page else 400)


def _products(
    reservation: Reservation, filters: ProductSearchForm, path: str
) -> Page[ReservationProduct]:
    matching = ReservationProduct.objects.matching(filters.cleaned_data["q"])
    return filters.page(
        exchangeable(reservation).filter(pk__in=matching.values("pk")),
        order=("sku", "region", "term"),
        path=path,
    )


def _rows(
    reservation: Reservation, page: Page[ReservationProduct], filters: ProductSearchForm
) -> dict[str, Any]:
    remaining, adjustment = balance_of(reservation).remaining, adjustment_on(today())
    return {
        "remaining": remaining,
        "rows": [ProductRow.of(price_in(each, adjustment), remaining) for each in page.rows],
        "links": filters.links(page),
    }


@dataclass(frozen=True, slots=True)
class Offer:
    """A reservation, today's price of what it could be exchanged for, and how it stands itself."""

    reservation: Reservation
    price: Price
    balance: Balance


def offered(reservation: Reservation, product_id: int) -> Offer:
    """The offer of one product, or 404 for one of another type or without a price."""
    adjustment = adjustment_on(today())
    wanted = Q(pk=product_id) | Q(pk=reservation.product_id)
    both = _priced(ReservationProduct.objects.filter(wanted), reservation)
    prices = {product.pk: price_in(product, adjustment) for product in both}
    if product_id not in prices:
        raise Http404
    balance = balance_with(reservation, prices.get(reservation.product_id))
    return Offer(reservation, prices[product_id], balance)


@requires(CHANGING, methods=FORM_METHODS)
def exchange(
    request: AgentRequest, customer_id: UUID, reservation_id: UUID, product_id: int
) -> HttpResponse:
    """Asks for the choices; an address that holds them reviews them, and a POST confirms them."""
    offer = offered(found(customer_id, reservation_id), product_id)
    if request.method == "POST":
        return _confirm(request, offer)
    if request.GET:
        return _review(request, offer, _form(offer, request.GET))
    return _render(request, offer, _form(offer, initial=_suggested(offer)))


def _form(offer: Offer, *data: QueryDict, **kwargs: Any) -> ExchangeForm:
    return ExchangeForm(*data, reservation=offer.reservation, product=offer.price.product, **kwargs)


def _suggested(offer: Offer) -> dict[str, Any]:
    """The same as now, but enough of them."""
    reservation, price = offer.reservation, offer.price
    billing = BillingCycle(reservation.billing_cycle)
    cycles = price.product.billing_cycles
    least = least_quantity(price.unit, offer.balance.remaining)
    return {
        "quantity": least or reservation.quantity,
        "billing_cycle": billing if billing in cycles else cycles[0],
        "scope": reservation.scope,
        "subscription": str(reservation.subscription_id),
    }


def _confirm(request: AgentRequest, offer: Offer) -> HttpResponse:
    reservation, product = offer.reservation, offer.price.product
    form = ConfirmedExchangeForm(request.POST, reservation=reservation, product=product)
    if attempt(
        form,
        lambda: exchange_reservation(
            reservation=reservation,
            purchase=form.purchase_at(form.amount("unit_price", reservation.currency)),
            expected_credit=form.amount("credit", reservation.currency),
            by=request.user,
        ),
    ):
        new = Reservation.objects.get(replaces=reservation)
        names = {"old": reservation.label, "new": new.label}
        messages.success(request, _("%(old)s was exchanged for %(new)s.") % names)
        return to_page_of(new)
    return _review(request, offer, form)


def _review(request: AgentRequest, offer: Offer, form: ExchangeForm) -> HttpResponse:
    """The figures of valid choices, and the button, where nothing forbids the exchange."""
    form.is_valid()
    if any(name in form.errors for name in ExchangeForm.base_fields):
        return _render(request, offer, form)
    wanted = Exchange(form.purchase_at(offer.price.unit), offer.balance)
    refusal = why_no_exchange(offer.reservation, wanted)
    if refusal:
        if not form.non_field_errors():
            form.add_error(None, str(refusal))
        return _render(request, offer, form)
    return _render(request, offer, form, exchange=wanted, figures=figures.of_exchange(wanted))


def _render(
    request: AgentRequest, offer: Offer, form: ExchangeForm, **context: Any
) -> HttpResponse:
    refusal = why_unchangeable(offer.reservation)
    if not (refusal or offer.price.product.is_on_sale(today())):
        refusal = not_on_sale()
    shown = {"price": offer.price, "refusal": refusal, **context}
    return render_act(request, "exchange_for", offer.reservation, form, **shown)
