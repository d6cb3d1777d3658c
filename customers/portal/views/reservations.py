"""One of my reservations, and what is good to know of all."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from customers.portal.access import PortalRequest, for_customer_users
from customers.portal.listing import ReservationRow


@for_customer_users()
def reservation(request: PortalRequest, reservation_id: UUID) -> HttpResponse:
    """Of another customer's reservation nobody learns that there is one: 404."""
    own = request.customer_user.customer.reservations
    found = get_object_or_404(
        own.select_related("product", "subscription", "item__order"), pk=reservation_id
    )
    bought = "bought" in request.GET  # said once, on the way from the shop
    context = {"reservation": found, "row": ReservationRow.of(found), "bought": bought}
    return render(request, "portal/reservation.html", context)


@for_customer_users()
def about(request: PortalRequest) -> HttpResponse:
    """What partners hand out to customers who buy reservations.

    Source: “Give customers permission”, section *Help customers manage reservations they purchase*.
    """
    return render(request, "portal/about_reservations.html")
