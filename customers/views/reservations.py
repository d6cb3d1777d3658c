"""Azure reservations of a customer: the list, and one reservation with its use and its history."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from activitylog import clock
from activitylog.forms import all_records
from activitylog.listing import RecordRow
from customers.forms.reservations import ReservationFilterForm
from customers.listing.charts import chart_of, shown_hours
from customers.listing.reservations import Lifetime, filtered, full_days, instalment, rows_of
from customers.models import Customer, Reservation
from customers.utilisation import Utilisation, utilisation_of
from partnercenter.access import requires
from partnercenter.http import AgentRequest, answers_fragment, at_address
from partnercenter.paging import Page

LIST = "customers/reservations.html"
DAYS_OF_CHART = 30
LATEST_RECORDS = 50
BESIDE_IT = (
    "customer",
    "product",
    "subscription",
    "item__order",
    "renews",
    "renewed_by",
    "replaces",
    "replaced_by",
    "refund",
)


@dataclass(frozen=True, slots=True)
class Served:
    """A subscription that took the benefit of a reservation, and for how many hours."""

    subscription_id: UUID
    name: str
    hours: str


@requires("customers.view_reservation")
def reservations(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    form = ReservationFilterForm(request.GET)
    page = _page(customer, form, request.path) if form.is_valid() else None
    fragment = answers_fragment(request)
    context = {
        "customer": customer,
        "form": form,
        "rows": rows_of(customer, page.rows) if page else [],
        "links": form.links(page),
    }
    template = f"{LIST}#reservations" if fragment else LIST
    response = render(request, template, context, status=200 if page else 400)
    return at_address(response, request, form.here) if fragment and page else response


@requires("customers.view_reservation")
def reservation(request: AgentRequest, customer_id: UUID, reservation_id: UUID) -> HttpResponse:
    found = get_object_or_404(
        Reservation.objects.select_related(*BESIDE_IT), pk=reservation_id, customer=customer_id
    )
    context = {
        "customer": found.customer,
        "reservation": found,
        "order": found.item.order,
        "lifetime": Lifetime(found, clock.now()),
        "instalment": instalment(found),
        **_use(found),
        "rows": _history(found),
    }
    return render(request, "customers/reservation.html", context)


def _page(customer: Customer, form: ReservationFilterForm, path: str) -> Page[Reservation]:
    return form.page(
        filtered(customer, form),
        order=("-starts_at", "-id"),
        path=path,
    )


def _use(reservation: Reservation) -> dict[str, Any]:
    """The chart of the last full days, and the subscriptions that were served on them."""
    first, last = full_days(DAYS_OF_CHART)
    utilisation = utilisation_of([reservation], first, last)[reservation.pk]
    return {
        "chart": chart_of(utilisation, first, last),
        "used": bool(utilisation.used),
        "served": _served(reservation.customer, utilisation),
    }


def _served(customer: Customer, utilisation: Utilisation) -> list[Served]:
    """Who was served most stands first."""
    names = customer.subscriptions.in_bulk(utilisation.by_subscription)
    most = sorted(utilisation.by_subscription.items(), key=lambda each: (-each[1], each[0]))
    return [Served(pk, names[pk].friendly_name, shown_hours(hours)) for pk, hours in most]


def _history(reservation: Reservation) -> list[RecordRow]:
    """The latest records of the reservation, from that of its order on, newest first."""
    own = all_records().of_customer(str(reservation.customer_id))
    about = own.about(str(reservation.pk), beginning=reservation.item.order.number)
    return [RecordRow.of(each) for each in about.newest_first()[:LATEST_RECORDS]]
