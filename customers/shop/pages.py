"""Where reservations are bought: the same three pages in the dashboard and in the portal.

Choose a product; say how many, how it is billed and whom it serves; review at the partner's price
and confirm. The first two are read from the address, so that nothing is asked twice after Back.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from activitylog.recording import Actor
from customers.markets import market_without_reservations
from customers.models import Customer, Order, ReservationProduct
from customers.models.product import ReservationProductQuerySet
from customers.operations.purchase_rules import (
    Purchase,
    not_on_sale,
    why_no_purchase,
    why_nothing_can_be_bought,
)
from customers.operations.purchasing import Bought, buy_reservation
from customers.pricing import Price, adjustment_on, price_in, priced, today
from customers.shop.forms import (
    ChoicesForm,
    ConfirmForm,
    ProductFilterForm,
    confirmation_of,
    query_of,
)
from partnercenter.logs import note_refusal
from partnercenter.operations import Refused

ORDER = ("sku", "region", "term", "id")


@dataclass(frozen=True, slots=True)
class Shop:
    """One door to buying: for whom, by whom, and in which surroundings.

    `addresses` is the namespace of its pages `buy`, `choices` and `review`, `arguments` what their
    addresses begin with. `frame` is the template around them, `bought` leads on after a purchase.
    """

    customer: Customer
    buyer: Actor
    frame: str
    addresses: str
    arguments: tuple[uuid.UUID, ...]
    bought: Callable[[Order], HttpResponse]
    shows_web_direct: bool

    def address(self, page: str, *arguments: Any) -> str:
        return reverse(f"{self.addresses}:{page}", args=[*self.arguments, *arguments])

    def products(self) -> Any:
        """What can be bought: what is on sale and has a price today in the customer's currency."""
        return priced(self._in_currency().on_sale(today()), self.customer, today())

    def price_of(self, product_id: int) -> Price:
        """Of a product of the shop, or one whose sale has just ended, which is refused in words.

        Raises Http404 for any other.
        """
        products = priced(self._in_currency(), self.customer, today())
        return price_in(get_object_or_404(products, pk=product_id), adjustment_on(today()))

    def _in_currency(self) -> ReservationProductQuerySet:
        return ReservationProduct.objects.in_currency(self.customer.billing_profile.currency)

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of the shop shows: why nothing can be bought, if that is so."""
        refusal = why_nothing_can_be_bought(self.customer, self.buyer)
        market = market_without_reservations(self.customer.country)
        return {
            "shop": self,
            "customer": self.customer,
            "refusal": refusal,
            "market": market,
            **more,
        }


def choose(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The products with the customer's prices."""
    form = ProductFilterForm(request.GET)
    page = (
        form.page(form.apply(shop.products()), order=ORDER, path=request.path)
        if form.is_valid()
        else None
    )
    adjustment = adjustment_on(today())
    rows = [
        (price_in(product, adjustment), shop.address("choices", product.pk))
        for product in (page.rows if page else [])
    ]
    context = shop.context(form=form, rows=rows, links=form.links(page))
    return render(request, "shop/products.html", context, status=200 if page else 400)


def choices(request: HttpRequest, shop: Shop, product_id: int) -> HttpResponse:
    """The form that leads to the review; `?quantity=…` and the others fill it in."""
    price = shop.price_of(product_id)
    form = ChoicesForm(shop.customer, price.product, initial=request.GET.dict())
    return _choices_page(request, shop, price, form, status=200)


def review(request: HttpRequest, shop: Shop, product_id: int) -> HttpResponse:
    """GET shows what would be bought and at which price; POST confirms it."""
    price = shop.price_of(product_id)
    if request.method == "POST":
        return _confirmed(request, shop, price)
    form = ChoicesForm(shop.customer, price.product, request.GET)
    if not form.is_valid():
        return _choices_page(request, shop, price, form, status=400)
    purchase = form.purchase(unit_price=price.unit, key=uuid.uuid4())
    return _review_page(request, shop, price, purchase)


def _confirmed(request: HttpRequest, shop: Shop, price: Price) -> HttpResponse:
    form = ConfirmForm(shop.customer, price.product, request.POST)
    if not form.is_valid():
        return _choices_page(request, shop, price, form, status=422)
    purchase = form.confirmed()
    try:
        outcome = buy_reservation(customer=shop.customer, purchase=purchase, by=shop.buyer)
    except Refused as refusal:
        outcome = refusal
    if isinstance(outcome, Bought):
        return shop.bought(outcome.order)
    note_refusal(outcome.code)
    again = form.purchase(unit_price=price.unit, key=uuid.uuid4())
    return _review_page(request, shop, price, again, refused=outcome)


def _choices_page(
    request: HttpRequest, shop: Shop, price: Price, form: ChoicesForm, *, status: int
) -> HttpResponse:
    product_id = price.product.pk
    context = shop.context(
        form=form,
        price=price,
        review=shop.address("review", product_id),
        back=shop.address("buy"),
    )
    if not price.product.is_on_sale(today()):
        context["refusal"] = not_on_sale()
    return render(request, "shop/choices.html", context, status=status)


def _review_page(
    request: HttpRequest,
    shop: Shop,
    price: Price,
    purchase: Purchase,
    *,
    refused: Refused | None = None,
) -> HttpResponse:
    """The purchase at the price of now. `refused` is what was just answered to a confirmation."""
    obstacle = why_no_purchase(shop.customer, purchase, shop.buyer)
    context = {
        "shop": shop,
        "customer": shop.customer,
        "market": market_without_reservations(shop.customer.country),
        "price": price,
        "purchase": purchase,
        "refused": refused,
        "obstacle": obstacle,
        "confirmation": confirmation_of(purchase),
        "subscription": shop.customer.subscriptions.filter(pk=purchase.subscription_id).first(),
        "instalments": purchase.instalments,
        "back": f"{shop.address('choices', price.product.pk)}?{query_of(purchase)}",
    }
    return render(request, "shop/review.html", context, status=422 if refused else 200)
