"""When a reserved instance is no longer offered."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.prices import EndOfSaleForm
from customers.models import ReservationProduct
from customers.operations.end_of_sale import set_end_of_sale
from partnercenter.access import requires
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest


@requires("customers.change_prices", methods=("GET", "HEAD", "POST"))
def end_of_sale(request: AgentRequest, product_id: int) -> HttpResponse:
    product = get_object_or_404(ReservationProduct, pk=product_id)
    form = form_of(EndOfSaleForm, request, initial={"end_of_sale": product.end_of_sale})
    if attempt(
        form,
        lambda: set_end_of_sale(
            product=product, day=form.cleaned_data["end_of_sale"], by=request.user
        ),
    ):
        messages.success(request, _("End of sale saved for %(product)s.") % {"product": product})
        return redirect("catalogue:prices")
    context = {"product": product, "form": form}
    return render(request, "customers/end_of_sale.html", context, status=status_of(form))
