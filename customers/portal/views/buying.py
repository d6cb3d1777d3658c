"""Buying a reservation, by the customer's user."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from customers.models import Order, Reservation
from customers.portal.access import PortalRequest, for_customer_users
from customers.shop import pages
from customers.shop.pages import Shop


@for_customer_users()
def buy(request: PortalRequest) -> HttpResponse:
    return pages.choose(request, _shop(request))


@for_customer_users()
def choices(request: PortalRequest, product_id: int) -> HttpResponse:
    return pages.choices(request, _shop(request), product_id)


@for_customer_users(methods=("GET", "HEAD", "POST"))
def review(request: PortalRequest, product_id: int) -> HttpResponse:
    return pages.review(request, _shop(request), product_id)


def _shop(request: PortalRequest) -> Shop:
    return Shop(
        customer=request.customer_user.customer,
        buyer=request.customer_user,
        frame="portal/shop.html",
        addresses="portal",
        arguments=(),
        bought=_bought,
        shows_web_direct=False,
    )


def _bought(order: Order) -> HttpResponse:
    """On to the new reservation, whose page says that it was bought."""
    reservation = Reservation.objects.get(item__order=order)
    return redirect(f"{reverse('portal:reservation', args=[reservation.pk])}?bought")
