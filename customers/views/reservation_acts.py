"""What agents do with a reservation on the customer's behalf; each act has a page of its own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.reservations import CancellationForm, RenameForm, RenewalForm, ScopeForm
from customers.listing import figures
from customers.models import BillingCycle, Reservation, Scope, Subscription
from customers.operations.cancellations import cancel_reservation, reviewed
from customers.operations.purchase_rules import why_not_on
from customers.operations.renewals import (
    renew_reservation,
    renewal_of,
    start_of_renewal,
    why_no_renewal,
)
from customers.operations.reservations import (
    change_scope,
    rename_reservation,
    why_unchangeable,
)
from customers.refunds import terms_in_force
from partnercenter.access import requires
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest
from partnercenter.operations import Refused
from partnercenter.times import exact

CHANGING = "customers.change_reservation"
FORM_METHODS = ("GET", "HEAD", "POST")


def found(customer_id: UUID, reservation_id: UUID) -> Reservation:
    """The customer's reservation, or 404."""
    related = ("customer", "product", "subscription", "item__order", "renewed_by")
    reservations = Reservation.objects.select_related(*related)
    return get_object_or_404(reservations, pk=reservation_id, customer=customer_id)


def to_page_of(reservation: Reservation) -> HttpResponse:
    return redirect("customers:reservation", reservation.customer_id, reservation.pk)


def render_act(
    request: AgentRequest, template: str, reservation: Reservation, form: Any, **context: Any
) -> HttpResponse:
    """The page of an act; `refusal` among the context stands in the form's place."""
    shown = {"customer": reservation.customer, "reservation": reservation, "form": form, **context}
    return render(request, f"customers/{template}.html", shown, status=status_of(form))


@requires(CHANGING, methods=FORM_METHODS)
def rename(request: AgentRequest, customer_id: UUID, reservation_id: UUID) -> HttpResponse:
    reservation = found(customer_id, reservation_id)
    form = form_of(RenameForm, request, initial={"name": reservation.name})
    if attempt(
        form,
        lambda: rename_reservation(
            reservation=reservation, name=form.cleaned_data["name"], by=request.user
        ),
    ):
        names = {"name": form.cleaned_data["name"]}
        messages.success(request, _("The reservation is called %(name)s now.") % names)
        return to_page_of(reservation)
    refusal = why_unchangeable(reservation)
    return render_act(request, "rename_reservation", reservation, form, refusal=refusal)


@requires(CHANGING, methods=FORM_METHODS)
def scope(request: AgentRequest, customer_id: UUID, reservation_id: UUID) -> HttpResponse:
    """Asks for the scope; an address that says it reviews it, and a POST confirms it."""
    reservation = found(customer_id, reservation_id)
    form = _scope_form(request, reservation)
    if request.method == "POST" and attempt(
        form,
        lambda: change_scope(
            reservation=reservation,
            scope=Scope(form.cleaned_data["scope"]),
            subscription=form.cleaned_data["subscription"],
            by=request.user,
        ),
    ):
        messages.success(request, _says_scope(found(customer_id, reservation_id)))
        return to_page_of(reservation)
    return render_act(
        request,
        "change_scope",
        reservation,
        form,
        refusal=why_unchangeable(reservation),
        reviewed=_scope_chosen(reservation, form),
    )


def _scope_form(request: AgentRequest, reservation: Reservation) -> ScopeForm:
    if request.method != "POST" and request.GET:
        return ScopeForm(request.GET, customer=reservation.customer)
    initial = {"scope": reservation.scope, "subscription": str(reservation.subscription_id)}
    return form_of(ScopeForm, request, initial=initial, customer=reservation.customer)


@dataclass(frozen=True, slots=True)
class ReviewedScope:
    """What a reservation is about to serve; a shared scope leaves it billed where it is."""

    scope: Scope
    subscription: Subscription

    @property
    def is_shared(self) -> bool:
        return self.scope == Scope.SHARED


def _scope_chosen(reservation: Reservation, form: ScopeForm) -> ReviewedScope | None:
    """What the form's fields ask for, or None while they don't say it."""
    if not form.is_bound or any(name in form.errors for name in form.fields):
        return None
    scope = Scope(form.cleaned_data["scope"])
    chosen = form.cleaned_data["subscription"] if scope == Scope.SINGLE else None
    return ReviewedScope(scope, chosen or reservation.subscription)


def _says_scope(reservation: Reservation) -> str:
    names = {"name": reservation.name, "subscription": reservation.subscription}
    if reservation.is_shared:
        return _("%(name)s covers all subscriptions of the customer now.") % names
    return _("%(name)s covers the subscription %(subscription)s alone now.") % names


@requires(CHANGING, methods=FORM_METHODS)
def cancel(request: AgentRequest, customer_id: UUID, reservation_id: UUID) -> HttpResponse:
    """Shows the refund figure by figure; the form confirms the one that is shown."""
    reservation = found(customer_id, reservation_id)
    form = form_of(CancellationForm, request)
    if attempt(
        form,
        lambda: cancel_reservation(
            reservation=reservation,
            expected_refund=form.amount("refund", reservation.currency),
            by=request.user,
        ),
    ):
        names = {
            "name": reservation.name,
            "refund": form.amount("refund", reservation.currency),
        }
        messages.success(request, _("%(name)s was cancelled. The refund is %(refund)s.") % names)
        return to_page_of(reservation)
    return render_act(request, "cancel_reservation", reservation, form, **_refund(reservation))


def _refund(reservation: Reservation) -> dict[str, Any]:
    """What the page shows of the refund, or why there is none."""
    try:
        cancellation = reviewed(reservation)
    except Refused as refusal:
        return {"refusal": refusal}
    return {
        "cancellation": cancellation,
        "figures": figures.of_cancellation(cancellation),
        "is_capped": cancellation.left_of_cap < cancellation.after_fee,
        "is_monthly": reservation.billing_cycle == BillingCycle.MONTHLY,
        "renewal": getattr(reservation, "renewed_by", None),
    }


@requires(CHANGING, methods=FORM_METHODS)
def renew(request: AgentRequest, customer_id: UUID, reservation_id: UUID) -> HttpResponse:
    """Shows today's price and from when to when; the form confirms that price."""
    reservation = found(customer_id, reservation_id)
    form = form_of(RenewalForm, request)
    if attempt(
        form,
        lambda: renew_reservation(
            reservation=reservation,
            expected_price=form.amount("unit_price", reservation.currency),
            by=request.user,
        ),
    ):
        new = Reservation.objects.get(renews=reservation)
        names = {"name": reservation.name, "total": new.commitment}
        messages.success(request, _("%(name)s was renewed for %(total)s.") % names)
        return to_page_of(new)
    return render_act(request, "renew_reservation", reservation, form, **_renewal(reservation))


def _renewal(reservation: Reservation) -> dict[str, Any]:
    """What the page shows of the renewal, or why there is none."""
    refusal = why_no_renewal(reservation, terms_in_force(reservation.currency))
    try:
        purchase = renewal_of(reservation)
    except Refused as no_price:
        return {"refusal": refusal or no_price}
    return {
        "refusal": refusal or why_not_on(reservation.subscription),
        "purchase": purchase,
        "starts_at": exact(start_of_renewal(reservation)),
    }
