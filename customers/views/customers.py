"""The list of customers."""

from django.http import HttpResponse
from django.shortcuts import render

from customers.forms.customers import CustomerFilterForm
from customers.listing.customers import filtered, rows_of
from partnercenter.access import requires
from partnercenter.http import AgentRequest, answers_fragment, at_address


@requires("customers.view_customer")
def customers(request: AgentRequest) -> HttpResponse:
    form = CustomerFilterForm(request.GET)
    page = (
        form.page(filtered(form), order=form.order, path=request.path) if form.is_valid() else None
    )
    fragment = answers_fragment(request)
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(page.rows) if page else [],
        "links": form.links(page),
    }
    template = "customers/customers.html"
    response = render(
        request,
        f"{template}#customers" if fragment else template,
        context,
        status=200 if page else 400,
    )
    return at_address(response, request, form.here) if fragment and page else response
