"""Home: how many customers can purchase, and who changed that lately."""

from django.http import HttpResponse
from django.shortcuts import render

from activitylog.forms import all_records
from activitylog.listing import RecordRow
from customers.events import PERMISSION_ACTIVITIES
from customers.models import Customer
from partnercenter.access import requires
from partnercenter.http import AgentRequest

SHOWN = 10


@requires("customers.view_customer")
def home(request: AgentRequest) -> HttpResponse:
    changes = all_records().of_action(*PERMISSION_ACTIVITIES).newest_first()[:SHOWN]
    context = {
        "rows": [RecordRow.of(record) for record in changes],
        "has_customers": Customer.objects.exists(),
    }
    return render(request, "customers/home.html", context)
