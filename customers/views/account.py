"""Account, and what is changed from there: bill-to, and the end of the relationship."""

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.forms.customers import BillToForm
from customers.models import BillingProfile, Customer
from customers.operations.customers import (
    change_bill_to,
    remove_reseller_relationship,
    why_relationship_stays,
)
from customers.views.purchase_permissions import render_account
from partnercenter.access import requires
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest

FORM_METHODS = ("GET", "HEAD", "POST")


@requires("customers.view_purchasepermission")
def account(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    found = get_object_or_404(Customer.objects.select_related("billing_profile"), pk=customer_id)
    return render_account(request, found)


@requires("customers.change_billingprofile", methods=FORM_METHODS)
def bill_to(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    profiles = BillingProfile.objects.select_related("customer")
    profile = get_object_or_404(profiles, customer_id=customer_id)
    form = form_of(BillToForm, request, instance=profile)
    if attempt(form, lambda: change_bill_to(bill_to=profile, by=request.user)):
        names = {"customer": profile.customer.company_name}
        messages.success(request, _("The bill-to of %(customer)s is stored.") % names)
        return redirect("customers:account", customer_id)
    context = {"customer": profile.customer, "form": form}
    return render(request, "customers/bill_to.html", context, status=status_of(form))


@requires("customers.remove_reseller_relationship", methods=FORM_METHODS)
def remove_relationship(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    """Says what ends; the button is there only where nothing is active."""
    customer = get_object_or_404(Customer, pk=customer_id)
    form = form_of(Form, request)
    if attempt(form, lambda: remove_reseller_relationship(customer=customer, by=request.user)):
        names = {"customer": customer.company_name}
        messages.success(
            request, _("The reseller relationship with %(customer)s was removed.") % names
        )
        return redirect("customers:account", customer_id)
    context = {
        "customer": customer,
        "form": form,
        "refusal": why_relationship_stays(customer),
        "permissions": customer.purchase_permissions.allowed().order_by("resource"),
    }
    return render(request, "customers/remove_relationship.html", context, status=status_of(form))
