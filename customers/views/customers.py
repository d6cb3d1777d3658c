"""The list of customers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from customers.forms import CustomerFilterForm
from customers.models import Customer, PurchasePermission, SubscriptionStatus
from customers.models.customer import CustomerQuerySet
from customers.readiness import obstacle, with_readiness
from partnercenter.access import requires
from partnercenter.http import AgentRequest, answers_fragment, at_address
from partnercenter.paging import Page, page_of
from partnercenter.times import ago, exact


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """What a row shows, made once here instead of by filters in the template."""

    customer: Customer
    relationship: str
    active_subscriptions: int
    permissions: list[tuple[str, str, str]]
    obstacle: Promise | None


@requires("customers.view_customer")
def customers(request: AgentRequest) -> HttpResponse:
    form = CustomerFilterForm(request.GET)
    page = _page(form, request.path) if form.is_valid() else None
    fragment = answers_fragment(request)
    context = {
        "form": form,
        "page": page,
        "rows": _rows(page.rows) if page else [],
        "links": form.page_links(previous=page.previous, next=page.next) if page else {},
    }
    template = "customers/customers.html"
    response = render(
        request,
        f"{template}#customers" if fragment else template,
        context,
        status=200 if page else 400,
    )
    return at_address(response, request, form.here) if fragment and page else response


def _page(form: CustomerFilterForm, path: str) -> Page[Customer]:
    return page_of(
        _filtered(form),
        order=form.order,
        size=form.cleaned_data["size"],
        cursor=form.cleaned_data["cursor"],
        scope=f"{path}?{form.scope}",
    )


def _filtered(form: CustomerFilterForm) -> CustomerQuerySet:
    found: CustomerQuerySet = Customer.objects.matching(form.cleaned_data["q"])
    if form.cleaned_data["purchase"]:
        found = found.able_to_purchase(form.cleaned_data["purchase"] == "on")
    return found


def _rows(page: Iterable[Customer]) -> list[CustomerRow]:
    """Reads what the rows need beside the customers, in a fixed number of queries."""
    permissions = Prefetch(
        "purchase_permissions", PurchasePermission.objects.allowed().order_by("resource")
    )
    ids = [customer.pk for customer in page]
    details = (
        with_readiness(Customer.objects.filter(pk__in=ids))
        .annotate(
            active=Count("subscriptions", filter=Q(subscriptions__status=SubscriptionStatus.ACTIVE))
        )
        .prefetch_related(permissions)
        .in_bulk()
    )
    return [_row(details[pk]) for pk in ids if pk in details]


def _row(customer: Customer) -> CustomerRow:
    permissions = list(customer.purchase_permissions.all())
    return CustomerRow(
        customer=customer,
        relationship=customer.get_relationship_display(),
        active_subscriptions=customer.active,  # type: ignore[attr-defined]
        permissions=[
            (
                permission.get_resource_display(),
                exact(permission.changed_at),
                ago(permission.changed_at),
            )
            for permission in permissions
        ],
        obstacle=obstacle(
            has_subscription=customer.has_azure,  # type: ignore[attr-defined]
            has_owner=customer.has_owner,  # type: ignore[attr-defined]
        )
        if permissions
        else None,
    )
