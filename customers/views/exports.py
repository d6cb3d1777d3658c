"""The list of customers as a file."""

from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.customers import CustomerFilterForm
from customers.listing.customers import CustomerRow, filtered, rows_of
from customers.models import Resource
from customers.operations.exports import export_customers
from partnercenter.access import requires
from partnercenter.exports import Column, Layout, download, format_of, understood
from partnercenter.http import AgentRequest
from partnercenter.paging import in_batches
from partnercenter.times import iso


@requires("customers.view_customer", methods=("POST",))
def export(request: AgentRequest) -> StreamingHttpResponse:
    """The customers whom the address asks for, in its order."""
    format, form = format_of(request), CustomerFilterForm(request.GET)  # noqa: A001
    export_customers(filters=understood(form), format=format.value, by=request.user)
    batches = in_batches(filtered(form), order=form.order)
    return download(map(rows_of, batches), name="customers", format=format, layout=layout())


def layout() -> Layout[CustomerRow]:
    """Partner Center's four columns first and in its order, then what the page shows too."""
    resources = [column for resource in Resource for column in _of_resource(resource)]
    return Layout([*OF_PARTNER_CENTER, *OF_THE_PAGE, *resources, OBSTACLE], facts=_facts)


OF_PARTNER_CENTER: list[Column[CustomerRow]] = [
    Column(gettext_lazy("Microsoft ID"), lambda row: row.customer.pk),
    Column(gettext_lazy("Company name"), lambda row: row.customer.company_name),
    Column(gettext_lazy("Primary domain name"), lambda row: row.customer.domain),
    Column(gettext_lazy("Relationship"), lambda row: row.relationship),
]
OF_THE_PAGE: list[Column[CustomerRow]] = [
    Column(gettext_lazy("Account status"), lambda row: row.customer.get_account_status_display()),
    Column(gettext_lazy("Active subscriptions"), lambda row: row.active_subscriptions),
]
OBSTACLE: Column[CustomerRow] = Column(
    gettext_lazy("Obstacle to purchases"), lambda row: row.obstacle
)


def _of_resource(resource: Resource) -> list[Column[CustomerRow]]:
    """On or Off, and since when it is on."""
    since = _("%(resource)s: on since (UTC)") % {"resource": resource.label}
    return [
        Column(resource.label, lambda row: _("On") if _since(row, resource) else _("Off")),
        Column(since, lambda row: _since(row, resource)),
    ]


def _since(row: CustomerRow, resource: Resource) -> str | None:
    return next((iso(on.changed_at) for on in row.on if on.resource == resource), None)


def _facts(row: CustomerRow) -> dict[str, Any]:
    customer = row.customer
    return {
        "microsoft_id": str(customer.pk),
        "company_name": customer.company_name,
        "primary_domain_name": customer.domain,
        "relationship": customer.relationship,
        "account_status": customer.account_status,
        "active_subscriptions": row.active_subscriptions,
        "purchase_permissions": {
            resource.value: {"allowed": bool(_since(row, resource)), "since": _since(row, resource)}
            for resource in Resource
        },
        "has_azure_subscription": row.has_subscription,
        "has_owner": row.has_owner,
    }
