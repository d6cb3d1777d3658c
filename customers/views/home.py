"""Home: how many customers can purchase, what they bought, and who allowed it lately."""

from django.http import HttpResponse
from django.shortcuts import render

from activitylog.forms import all_records
from activitylog.listing import RecordRow
from customers.events import PERMISSION_ACTIVITIES
from customers.models import Customer, Order
from customers.views.orders import OrderRow
from partnercenter.access import requires
from partnercenter.http import AgentRequest

SHOWN = 10


@requires("customers.view_customer")
def home(request: AgentRequest) -> HttpResponse:
    changes = all_records().of_action(*PERMISSION_ACTIVITIES).newest_first()[:SHOWN]
    purchases = Order.objects.purchased_by_customer().newest_first().select_related("customer")
    context = {
        "purchases": [OrderRow.of(order) for order in purchases.prefetch_related("items")[:SHOWN]],
        "rows": [RecordRow.of(record) for record in changes],
        "has_customers": Customer.objects.exists(),
    }
    return render(request, "customers/home.html", context)
