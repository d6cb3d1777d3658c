"""Prices of one customer: the list, and the price of one product with its history."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.prices import CustomerPriceFilterForm, CustomerPriceForm
from customers.listing.prices import ORDER, of_customer, rows_of
from customers.models import Customer, CustomerPrice, ReservationProduct
from customers.operations.prices import set_customer_price, why_no_own_price
from customers.pricing import Price, adjustment_on, price_in, today, with_prices
from partnercenter.access import requires
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import roles_granting
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest
from partnercenter.paging import Page

CHANGING = "customers.change_prices"


@requires("customers.view_reservationproduct")
def prices(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    customer = _customer(customer_id)
    filters = CustomerPriceFilterForm(request.GET)
    page = _products(customer, filters, request.path) if filters.is_valid() else None
    context = {
        "customer": customer,
        "filters": filters,
        "rows": rows_of(page.rows, adjustment_on(today())) if page else [],
        "links": filters.links(page),
        "roles": [role.label for role in roles_granting(CHANGING)],
    }
    return render(request, "customers/prices.html", context, status=200 if page else 400)


@requires("customers.view_reservationproduct")
def customer_price(request: AgentRequest, customer_id: UUID, product_id: int) -> HttpResponse:
    found = _offer(customer_id, product_id)
    return _page(request, found, CustomerPriceForm(initial=found.initial))


@requires(CHANGING, methods=("GET", "HEAD", "POST"))
def set_price(request: AgentRequest, customer_id: UUID, product_id: int) -> HttpResponse:
    found = _offer(customer_id, product_id)
    form = form_of(CustomerPriceForm, request, initial=found.initial)
    if attempt(form, lambda: _set(found, form, request.user)):
        names = {"customer": found.customer.company_name, "product": found.product}
        messages.success(request, _("The price of %(product)s for %(customer)s is stored.") % names)
        return redirect("customers:customer_price", customer_id, product_id)
    return _page(request, found, form)


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as a customer is offered it today; without a price, it cannot be bought yet."""

    customer: Customer
    product: ReservationProduct
    price: Price | None

    @property
    def initial(self) -> dict[str, Any]:
        """The customer's own price, so that a form sent as it stands changes nothing."""
        return {"amount": self.price.own.amount} if self.price and self.price.own else {}


def _set(found: Offer, form: CustomerPriceForm, by: Agent) -> None:
    set_customer_price(customer=found.customer, product=found.product, **form.cleaned_data, by=by)


def _offer(customer_id: UUID, product_id: int) -> Offer:
    customer = _customer(customer_id)
    products = with_prices(ReservationProduct.objects.all(), customer, today())
    product = get_object_or_404(products, pk=product_id)
    has_price = product.web_direct is not None  # type: ignore[attr-defined]
    return Offer(
        customer, product, price_in(product, adjustment_on(today())) if has_price else None
    )


def _customer(customer_id: UUID) -> Customer:
    """With the bill-to, whose currency says which prices the customer is offered."""
    return get_object_or_404(Customer.objects.select_related("billing_profile"), pk=customer_id)


def _products(
    customer: Customer, filters: CustomerPriceFilterForm, path: str
) -> Page[ReservationProduct]:
    return filters.page(
        of_customer(customer, customer.billing_profile.currency, filters),
        order=ORDER,
        path=path,
    )


def _page(request: AgentRequest, found: Offer, form: CustomerPriceForm) -> HttpResponse:
    history = CustomerPrice.objects.filter(customer=found.customer, product=found.product)
    listed = found.product.web_direct_prices.all()
    context = {
        "customer": found.customer,
        "product": found.product,
        "price": found.price,
        "today": today(),
        "history": history.select_related("product").order_by("-valid_from"),
        "web_direct_prices": listed.select_related("product").order_by("-valid_from"),
        "form": form,
        "refusal": why_no_own_price(found.customer, found.product),
        "roles": [role.label for role in roles_granting(CHANGING)],
    }
    return render(request, "customers/customer_price.html", context, status=status_of(form))
