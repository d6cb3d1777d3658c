"""Order history: every purchase for or by the customer, and one order's page."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from customers.forms.orders import OrderFilterForm
from customers.models import Customer, Order
from partnercenter.access import requires
from partnercenter.http import AgentRequest, answers_fragment, at_address
from partnercenter.times import ago, exact, shown


@dataclass(frozen=True, slots=True)
class OrderRow:
    """What a row shows, made once here instead of by filters in the template."""

    order: Order
    at: str
    ago: str
    items: list[str]
    total: str
    purchased_by: str

    @classmethod
    def of(cls, order: Order) -> "OrderRow":
        """Of an order whose items were fetched along."""
        return cls(
            order=order,
            at=shown(order.created_at),
            ago=ago(order.created_at),
            items=[f"{item.quantity} × {item.friendly_name}" for item in order.items.all()],
            total=str(order.total or "–"),
            purchased_by=order.get_purchased_by_display(),
        )


@requires("customers.view_order")
def orders(request: AgentRequest, customer_id: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=customer_id)
    form = OrderFilterForm(request.GET)
    found = customer.orders.prefetch_related("items")
    page = (
        form.page(form.apply(found), order=("-number",), path=request.path)
        if form.is_valid()
        else None
    )
    fragment = answers_fragment(request)
    context = {
        "customer": customer,
        "form": form,
        "rows": [OrderRow.of(order) for order in page.rows] if page else [],
        "links": form.links(page),
    }
    template = "customers/orders.html#orders" if fragment else "customers/orders.html"
    response = render(request, template, context, status=200 if page else 400)
    return at_address(response, request, form.here) if fragment and page else response


@requires("customers.view_order")
def order(request: AgentRequest, customer_id: UUID, order_id: UUID) -> HttpResponse:
    found = get_object_or_404(
        Order.objects.select_related("customer"), pk=order_id, customer=customer_id
    )
    items = found.items.select_related("order", "subscription", "reservation", "product")
    context = {
        "customer": found.customer,
        "order": found,
        "items": items,
        "at": exact(found.created_at),
        "ago": ago(found.created_at),
    }
    return render(request, "customers/order.html", context)
