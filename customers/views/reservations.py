"""Azure reservations: the list, and one of them."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from customers.models import Customer, Reservation
from partnercenter.access import requires
from partnercenter.http import AgentRequest


@requires("customers.view_reservation")
def reservations(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    context = {"customer": customer, "reservations": customer.reservations.order_by("-starts_at")}
    return render(request, "customers/reservations.html", context)


@requires("customers.view_reservation")
def reservation(request: AgentRequest, customer_id: UUID, reservation_id: UUID) -> HttpResponse:
    found = get_object_or_404(
        Reservation.objects.select_related("customer", "product", "subscription"),
        pk=reservation_id,
        customer=customer_id,
    )
    context = {"customer": found.customer, "reservation": found}
    return render(request, "customers/reservation.html", context)
