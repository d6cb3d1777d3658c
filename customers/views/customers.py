"""The list of customers."""

from django.http import HttpResponse
from django.shortcuts import render

from customers.forms import CustomerFilterForm
from customers.listing import filtered, rows_of
from customers.models import Customer
from partnercenter.access import requires
from partnercenter.http import AgentRequest, answers_fragment, at_address
from partnercenter.paging import Page, page_of


@requires("customers.view_customer")
def customers(request: AgentRequest) -> HttpResponse:
    form = CustomerFilterForm(request.GET)
    page = _page(form, request.path) if form.is_valid() else None
    fragment = answers_fragment(request)
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(page.rows) if page else [],
        "links": form.page_links(previous=page.previous, next=page.next) if page else {},
    }
    template = "customers/customers.html"
    response = render(
        request,
        f"{template}#customers" if fragment else template,
        context,
        status=200 if page else 400,
    )
    return at_address(response, request, form.here) if fragment and page else response


def _page(form: CustomerFilterForm, path: str) -> Page[Customer]:
    return page_of(
        filtered(form),
        order=form.order,
        size=form.cleaned_data["size"],
        cursor=form.cleaned_data["cursor"],
        scope=f"{path}?{form.scope}",
    )
