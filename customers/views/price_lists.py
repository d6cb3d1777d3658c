"""Importing a price list: a file or text, what it would do, and doing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.forms.prices import PriceListForm
from customers.operations.catalogue import (
    import_price_list,
    why_no_import,
    why_no_plan,
)
from customers.price_list_plans import Plan, plan_of
from customers.price_lists import COLUMNS, END, codes_of
from partnercenter.access import requires
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest
from partnercenter.tables import LARGEST, MOST_LINES

IMPORTING = "customers.add_reservationproduct"
MOST_SHOWN = 200  # of the changes of a preview, and of errors

EXAMPLE = (
    ",".join(COLUMNS) + "\n"
    "VirtualMachines,Standard_D2s_v5,westeurope,P1Y,either,USD,500.00\n"
    "VirtualMachines,Standard_D2s_v5,westeurope,P3Y,one_time,USD,1000.00\n"
)


@requires(IMPORTING, methods=("GET", "HEAD", "POST"))
def import_prices(request: AgentRequest) -> HttpResponse:
    """The form, and what the list would do; nothing is stored."""
    form = form_of(PriceListForm, request, files=request.FILES or None)
    if not _is_importable(form):
        return _page(request, form)
    plan = plan_of(**form.choices)
    refusal = why_no_plan(plan)
    if refusal:
        form.add_error(None, str(refusal))
        return _page(request, form)
    context = {
        "form": form,
        "plan": plan,
        "steps": plan.steps[:MOST_SHOWN],
        "missing": plan.missing[:MOST_SHOWN],
        "shown": MOST_SHOWN,
    }
    return render(request, "customers/preview_prices.html", context)


@requires(IMPORTING, methods=("POST",))
def confirm_import(request: AgentRequest) -> HttpResponse:
    form = PriceListForm(request.POST)
    if not _is_importable(form):
        return _page(request, form)
    plans: list[Plan] = []
    if not attempt(form, lambda: plans.append(import_price_list(**form.choices, by=request.user))):
        return _page(request, form)
    messages.success(request, _said(plans[0]))
    return redirect("catalogue:prices")


def _is_importable(form: PriceListForm) -> bool:
    """Whether the form is valid and the list in it has no errors; otherwise the form says so."""
    if not form.is_valid():
        return False
    refusal = why_no_import(form.read)
    if refusal:
        form.add_error(None, str(refusal))
    return not refusal


def _page(request: AgentRequest, form: PriceListForm) -> HttpResponse:
    errors = form.price_list.errors if form.price_list else []
    context: dict[str, Any] = {
        "form": form,
        "errors": errors[:MOST_SHOWN],
        "number_of_errors": len(errors),
        "shown": MOST_SHOWN,
        "columns": [(name, ", ".join(codes_of(name))) for name in (*COLUMNS, END)],
        "example": EXAMPLE,
        "most_lines": MOST_LINES,
        "largest": LARGEST,
    }
    return render(request, "customers/import_prices.html", context, status=status_of(form))


def _said(plan: Plan) -> str:
    if not plan.changes_anything:
        return _("Nothing was changed: the catalogue holds these prices already.")
    said = _(
        "The price list was imported. New products: %(new_products)s. "
        "Changed prices: %(changed_prices)s."
    )
    if plan.counts["changed_ends_of_sale"]:
        said += " " + _("Changed ends of sale: %(changed_ends_of_sale)s.")
    return said % plan.counts
