"""What the left navigation of every page shows."""

from functools import cache

from django.http import HttpRequest

from customers.models import PurchasePermission


def navigation(request: HttpRequest) -> dict[str, object]:
    """`customers_able_to_purchase`: counted once, when a page asks for it, and only then."""
    return {"customers_able_to_purchase": cache(PurchasePermission.objects.number_of_customers)}
