"""Prices: the catalogue, the default margin or discount, and both as a file."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.forms.prices import AdjustmentForm, CatalogueFilterForm
from customers.listing.prices import ORDER, ProductRow, catalogue, rows_of
from customers.models import PriceAdjustment, ReservationProduct
from customers.operations.exports import export_price_list
from customers.operations.prices import set_price_adjustment
from customers.price_lists import END, FACTS, PRICE
from customers.pricing import adjustment_on, begun, to_come, today
from partnercenter.access import requires
from partnercenter.agents.roles import roles_granting
from partnercenter.exports import Column, Layout, download, format_of, understood
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest, answers_fragment, at_address
from partnercenter.paging import Page, in_batches

CHANGING = "customers.change_prices"
FORM_METHODS = ("GET", "HEAD", "POST")
TEMPLATE = "customers/catalogue.html"


@requires("customers.view_reservationproduct")
def prices(request: AgentRequest) -> HttpResponse:
    if not answers_fragment(request):
        return _page(request, AdjustmentForm())
    filters = CatalogueFilterForm(request.GET)
    context = _list(filters, request.path)
    status = 400 if filters.errors else 200
    response = render(request, f"{TEMPLATE}#products", context, status=status)
    return response if filters.errors else at_address(response, request, filters.here)


@requires(CHANGING, methods=FORM_METHODS)
def adjustment(request: AgentRequest) -> HttpResponse:
    form = form_of(AdjustmentForm, request)
    if attempt(form, lambda: set_price_adjustment(**form.cleaned_data, by=request.user)):
        messages.success(request, _("The default margin or discount is stored."))
        return redirect("catalogue:prices")
    return _page(request, form)


@requires("customers.view_reservationproduct", methods=("POST",))
def export(request: AgentRequest) -> StreamingHttpResponse:
    """The products that the address asks for and that have a price today, as imports take them."""
    format, form = format_of(request), CatalogueFilterForm(request.GET)  # noqa: A001
    export_price_list(filters=understood(form), format=format.value, by=request.user)
    products = catalogue(form).filter(Q(web_direct__isnull=False))
    percent = adjustment_on(today())
    batches = (rows_of(batch, percent) for batch in in_batches(products, order=ORDER))
    return download(batches, name="prices", format=format, layout=LAYOUT)


def _page(request: AgentRequest, form: AdjustmentForm) -> HttpResponse:
    """The whole page, with the form for the default margin or discount as it stands."""
    filters = CatalogueFilterForm(request.GET)
    context = {
        **_list(filters, request.path),
        "form": form,
        "held": begun(PriceAdjustment.objects.all(), today()).first(),
        "to_come": list(to_come(PriceAdjustment.objects.all(), today())),
        "roles": [role.label for role in roles_granting(CHANGING)],
    }
    return render(request, TEMPLATE, context, status=400 if filters.errors else status_of(form))


def _list(filters: CatalogueFilterForm, path: str) -> dict[str, Any]:
    page = _products(filters, path) if filters.is_valid() else None
    return {
        "filters": filters,
        "page": page,
        "rows": rows_of(page.rows, adjustment_on(today())) if page else [],
        "links": filters.links(page),
    }


def _products(filters: CatalogueFilterForm, path: str) -> Page[ReservationProduct]:
    return filters.page(
        catalogue(filters),
        order=ORDER,
        path=path,
    )


def _facts(row: ProductRow) -> dict[str, Any]:
    """A line of a price list: the codes, and the price in plain digits."""
    codes = {name: getattr(row.product, name) for name in FACTS}
    end = row.product.end_of_sale
    return {
        **codes,
        PRICE: row.web_direct.code if row.web_direct else "",
        END: end.isoformat() if end else "",
    }


def _column(name: str) -> Column[ProductRow]:
    return Column(name, lambda row: _facts(row)[name])


LAYOUT: Layout[ProductRow] = Layout([_column(name) for name in (*FACTS, PRICE, END)], facts=_facts)
