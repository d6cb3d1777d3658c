"""Add customer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.forms.customers import CustomerForm
from customers.operations.customers import add_customer
from partnercenter.access import requires
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest


@requires("customers.add_customer", methods=("GET", "HEAD", "POST"))
def new_customer(request: AgentRequest) -> HttpResponse:
    form = form_of(CustomerForm, request)
    if attempt(form, lambda: _add(form, request)):
        messages.success(
            request, _("%(customer)s was added.") % {"customer": form.instance.company_name}
        )
        return redirect("customers:subscriptions", form.instance.pk)
    return render(request, "customers/new_customer.html", {"form": form}, status=status_of(form))


def _add(form: CustomerForm, request: AgentRequest) -> None:
    add_customer(
        customer=form.instance,
        culture=form.cleaned_data["culture"],
        currency=form.cleaned_data["currency"],
        by=request.user,
    )
