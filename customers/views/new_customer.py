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
    if attempt(form, lambda: add_customer(customer=form.instance, by=request.user)):
        messages.success(
            request, _("%(customer)s was added.") % {"customer": form.instance.company_name}
        )
        return redirect("customers:subscriptions", form.instance.pk)
    return render(request, "customers/new_customer.html", {"form": form}, status=status_of(form))
