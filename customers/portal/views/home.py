"""The portal's first page: my reservations, my subscriptions, and whether I can buy."""

from django.http import HttpResponse
from django.shortcuts import render

from customers.models import Customer, Reservation
from customers.operations.purchase_rules import why_not_permitted
from customers.portal.access import PortalRequest, for_customer_users
from customers.portal.listing import ReservationRow, subscription_rows
from partnercenter.labels import told_apart
from partnercenter.lists import FilterForm
from partnercenter.paging import Page


@for_customer_users()
def home(request: PortalRequest) -> HttpResponse:
    user = request.customer_user
    filters = FilterForm(request.GET)
    page = _page(user.customer, filters, request.path) if filters.is_valid() else None
    subscriptions, refusal = subscription_rows(user), why_not_permitted(user.customer, user)
    context = {
        "filters": filters,
        "reservations": [ReservationRow.of(each) for each in told_apart(page.rows)] if page else [],
        "links": filters.links(page),
        "subscriptions": subscriptions,
        "refusal": refusal,
        "may_buy": not refusal and any(row.is_ready for row in subscriptions),
    }
    return render(request, "portal/home.html", context, status=200 if page else 400)


def _page(customer: Customer, filters: FilterForm, path: str) -> Page[Reservation]:
    return filters.page(
        customer.reservations.select_related("product", "item__order"),
        order=("-starts_at", "-id"),
        path=path,
    )
