"""What came of a permission: how many purchases, and how much."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from customers.models import Order, PurchasePermission, Resource
from customers.money import Money


@dataclass(frozen=True, slots=True)
class Purchases:
    """How often the customer bought, and for how much in each currency."""

    number: int
    amounts: list[Money]

    def __bool__(self) -> bool:
        return self.number > 0

    @property
    def totals(self) -> str:
        return " + ".join(map(str, self.amounts))


def purchases_under(permission: PurchasePermission) -> Purchases | None:
    """What the customer bought since the permission was turned on, in one query.

    None while it is off, and for a resource that cannot be bought here.
    """
    if not permission.allowed or permission.resource != Resource.AZURE_RESERVATIONS:
        return None
    since = Order.objects.purchased_by_customer().filter(
        customer=permission.customer_id, number__gt=permission.record_number
    )
    sums = list(
        since.values("currency")
        .annotate(number=Count("pk"), sum=Sum("amount"))
        .order_by("currency")
    )
    return Purchases(
        number=sum(each["number"] for each in sums),
        amounts=[Money(each["sum"], each["currency"]) for each in sums],
    )
