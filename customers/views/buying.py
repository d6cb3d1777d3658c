"""Buying a reservation on the customer's behalf."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from customers.models import Customer, Order
from customers.shop import pages
from customers.shop.pages import Shop
from partnercenter.access import requires
from partnercenter.http import AgentRequest

BUYING = "customers.add_order"


@requires(BUYING)
def buy(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    return pages.choose(request, _shop(request, customer_id))


@requires(BUYING)
def choices(request: AgentRequest, customer_id: UUID, product_id: int) -> HttpResponse:
    return pages.choices(request, _shop(request, customer_id), product_id)


@requires(BUYING, methods=("GET", "HEAD", "POST"))
def review(request: AgentRequest, customer_id: UUID, product_id: int) -> HttpResponse:
    return pages.review(request, _shop(request, customer_id), product_id)


def _shop(request: AgentRequest, customer_id: UUID) -> Shop:
    customers = Customer.objects.select_related("billing_profile")
    customer = get_object_or_404(customers, pk=customer_id)

    def bought(order: Order) -> HttpResponse:
        messages.success(request, _("Order %(number)s was placed.") % {"number": order.number})
        return redirect("customers:order", customer.pk, order.pk)

    return Shop(
        customer=customer,
        buyer=request.user,
        frame="customers/shop.html",
        addresses="customers",
        arguments=(customer.pk,),
        bought=bought,
        shows_web_direct=True,
    )
