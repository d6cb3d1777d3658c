"""What the left navigation of every page shows."""

from django.http import HttpRequest

from customers.models import PurchasePermission


def navigation(request: HttpRequest) -> dict[str, object]:
    """`customers_able_to_purchase`: counted when a page asks for it, and only then."""
    return {"customers_able_to_purchase": PurchasePermission.objects.number_of_customers}
