"""Whether what was bought is there: of an order line by line, and of a subscription.

Source: https://learn.microsoft.com/partner-center/developer/get-order-provisioning-status and
https://learn.microsoft.com/partner-center/developer/get-subscription-provisioning-status
(application-plus-user only).
"""

from django.http import HttpResponse, HttpResponseBase
from ninja import Router

from activitylog import clock
from customers.api import examples
from customers.api.finding import customer_of
from customers.api.offers import sku_id_of
from customers.api.orders import order_of
from customers.api.subscriptions import end_of, subscription_of
from customers.models import OrderItem, Reservation, ReservationStatus, SubscriptionStatus
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, whole
from partnercenter.api.faults import READING_FAULTS
from partnercenter.api.wire import Attributes, Moment, Wire, json_response, shown_as

router = Router(by_alias=True)
READING_ORDERS = requires_token("customers.view_order", person=True)
READING_SUBSCRIPTIONS = requires_token("customers.view_subscription", person=True)

FULFILLED, UNFULFILLED, PENDING = "fulfilled", "unfulfilled", "prefulfillmentPending"
# The original's enumeration knows none, success, pending and failed.
PROVISIONED = {
    SubscriptionStatus.ACTIVE: "success",
    SubscriptionStatus.SUSPENDED: "success",
    SubscriptionStatus.PENDING: "pending",
}


class QuantityProvisioningStatus(Wire):
    quantity: int
    status: str


class OrderLineItemProvisioningStatus(Wire):
    """Of one line: `fulfilled`, `unfulfilled` for what has ended, or `prefulfillmentPending`."""

    model_config = shown_as(examples.LINE_PROVISIONING)

    line_item_number: int
    status: str
    quantity_provisioning_information: list[QuantityProvisioningStatus]


class OrderProvisioningStatus(Collection[OrderLineItemProvisioningStatus]):
    pass


class SubscriptionProvisioningStatus(Wire):
    model_config = shown_as(examples.SUBSCRIPTION_PROVISIONING)

    sku_id: str
    status: str
    quantity: int
    end_date: Moment
    attributes: Attributes = Attributes(object_type="SubscriptionProvisioningStatus")


@router.get(
    "/{customer_id}/orders/{order_id}/provisioningstatus",
    auth=READING_ORDERS,
    response={200: OrderProvisioningStatus, **READING_FAULTS},
    tags=["Orders"],
    operation_id="order_provisioning_status",
    summary="Provisioning status of an order",
)
def order_provisioning_status(
    request: ApiRequest, customer_id: str, order_id: str
) -> HttpResponseBase:
    """Whether each line's subscription or reservation is there.

    A line is unfulfilled once its reservation was cancelled or exchanged, or its term is over.
    404 with 20000 where the customer has no order with this id.
    """
    order = order_of(customer_of(customer_id), order_id)
    uri = f"/customers/{order.customer_id}/orders/{order.pk}/provisioningstatus"
    return whole([list(order.items.all())], uri=uri, to_item=line_status)


@router.get(
    "/{customer_id}/subscriptions/{subscription_id}/provisioningstatus",
    auth=READING_SUBSCRIPTIONS,
    response={200: SubscriptionProvisioningStatus, **READING_FAULTS},
    tags=["Subscriptions"],
    operation_id="subscription_provisioning_status",
    summary="Provisioning status of a subscription",
)
def subscription_provisioning_status(
    request: ApiRequest, customer_id: str, subscription_id: str
) -> HttpResponse:
    """Whether it is there, how many licenses it has, and when it ends or renews itself.

    404 with 20003 where the customer has no subscription with this id.
    """
    found = subscription_of(customer_of(customer_id), subscription_id)
    return json_response(
        SubscriptionProvisioningStatus(
            sku_id=sku_id_of(found),
            status=PROVISIONED.get(found.current_status, "none"),
            quantity=found.quantity,
            end_date=end_of(found),
        )
    )


def line_status(item: OrderItem) -> OrderLineItemProvisioningStatus:
    status, state = _states_of(item)
    quantity = QuantityProvisioningStatus(quantity=item.quantity, status=state)
    return OrderLineItemProvisioningStatus(
        line_item_number=item.line_number - 1,
        status=status,
        quantity_provisioning_information=[quantity],
    )


def _states_of(item: OrderItem) -> tuple[str, str]:
    """The line's state in the original's words, and in one that says how it ended."""
    reservation: Reservation | None = getattr(item, "reservation", None)
    if reservation:
        return _states_of_reservation(reservation)
    bought = item.bought_subscription
    if bought is None or bought.current_status in (
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.SUSPENDED,
    ):
        return FULFILLED, FULFILLED
    if bought.current_status == SubscriptionStatus.PENDING:
        return PENDING, PENDING
    return UNFULFILLED, str(bought.current_status)


def _states_of_reservation(reservation: Reservation) -> tuple[str, str]:
    now = clock.now()
    status = reservation.status_at(now)
    if status != ReservationStatus.ACTIVE:
        return UNFULFILLED, str(status)
    return (FULFILLED, FULFILLED) if reservation.starts_at <= now else (PENDING, PENDING)
