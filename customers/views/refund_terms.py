"""Refund terms: what cancelling gives back, in each currency, now and later."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.forms.prices import RefundTermsForm
from customers.models import RefundTerms
from customers.operations.prices import set_refund_terms
from customers.pricing import begun, to_come, today
from partnercenter.access import requires
from partnercenter.agents.roles import roles_granting
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest

SETTING = "customers.add_refundterms"


@requires("customers.view_reservationproduct")
def refund_terms(request: AgentRequest) -> HttpResponse:
    return _page(request, RefundTermsForm())


@requires(SETTING, methods=("GET", "HEAD", "POST"))
def set_terms(request: AgentRequest) -> HttpResponse:
    form = form_of(RefundTermsForm, request)
    if attempt(form, lambda: set_refund_terms(terms=form.instance, by=request.user)):
        names = {"currency": form.instance.currency}
        messages.success(request, _("The refund terms in %(currency)s are stored.") % names)
        return redirect("catalogue:refund_terms")
    return _page(request, form)


def _page(request: AgentRequest, form: RefundTermsForm) -> HttpResponse:
    context = {
        "held": _held(),
        "to_come": to_come(RefundTerms.objects.all(), today()).order_by("currency", "valid_from"),
        "form": form,
        "roles": [role.label for role in roles_granting(SETTING)],
    }
    return render(request, "customers/refund_terms.html", context, status=status_of(form))


def _held() -> list[RefundTerms]:
    """The terms of today, one for each currency that has any."""
    latest: dict[str, RefundTerms] = {}
    for terms in begun(RefundTerms.objects.all(), today()).order_by("currency", "-valid_from"):
        latest.setdefault(terms.currency, terms)
    return list(latest.values())
