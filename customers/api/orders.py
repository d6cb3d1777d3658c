"""Orders: reading them, and buying subscriptions and reservations.

Source: partner-center facts, section 5.4.
"""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BeforeValidator, Field, PlainSerializer

from activitylog.recording import Actor
from customers.api import examples
from customers.api.finding import customer_of, fault_of, guid, refusals_as_faults
from customers.api.offers import (
    is_reservation,
    offer_id_of,
    product_of,
    reservation_offer_id,
    reservation_product,
)
from customers.api.states import provisioning_state
from customers.codes import chosen
from customers.models import (
    BillingCycle,
    Customer,
    Order,
    OrderItem,
    Product,
    ReservationProduct,
    Scope,
    Subscription,
    Term,
)
from customers.models.product import TERM_WORDS
from customers.money import Money
from customers.operations.purchase_rules import Purchase
from customers.operations.purchasing import buy_reservation_at_todays_price
from customers.operations.subscriptions import buy_azure_plan, order_subscriptions
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, Flag, PageQuery, listed
from partnercenter.api.faults import (
    BAD_INPUT,
    FAULTS,
    ORDER_NOT_FOUND,
    READING_FAULTS,
    Fault,
    fault_response,
)
from partnercenter.api.links import Link, Links
from partnercenter.api.repeats import once
from partnercenter.api.strict import WHOLE, Body, ResourceBody
from partnercenter.api.wire import (
    Attributes,
    Folded,
    Moment,
    Wire,
    bodies,
    json_response,
    named,
    shown_as,
)
from partnercenter.operations import Refused

router = Router(tags=["Orders"], by_alias=True)
READING = requires_token("customers.view_order")
WRITING = requires_token("customers.add_order")
NEWEST_FIRST = ("-number",)
MOST_LINES = 50

# Of at most fifteen digits, which a number of JSON writes exactly as they are.
Amount = Annotated[Decimal, PlainSerializer(float, return_type=float)]


def _snake(value: Any) -> Any:
    """`OneTime` and `one_time` alike; None for “unknown”, which C# has where nothing was set."""
    if not isinstance(value, str):
        return value
    return None if value.lower() == "unknown" else chosen(value, BillingCycle.values)


Cycle = Annotated[Literal["monthly", "annual", "one_time"] | None, BeforeValidator(_snake)]
Duration = Annotated[Literal["P1M", "P1Y", "P3Y"], named("P1M", "P1Y", "P3Y")]


class ProvisioningContext(Wire):
    """Where a reservation is billed, and whom it serves."""

    subscription_id: str
    scope: str
    duration: str


class ProvisioningContextBody(Body):
    """Where a reservation is billed, and whom it serves."""

    subscription_id: str | None = Field(
        default=None, description="The Azure subscription to which it is billed."
    )
    scope: Annotated[Literal["shared", "single"], named("shared", "single")] | None = Field(
        default=None, description="Whom it serves: shared where nothing is said."
    )
    duration: Annotated[Literal["1Year", "3Years"], named("1Year", "3Years")] | None = Field(
        default=None, description="The term, as 1Year or 3Years."
    )


class OrderLineBody(ResourceBody):
    offer_id: str = Field(min_length=1, max_length=128, description="What is bought; see above.")
    quantity: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] = Field(
        description="Of licenses, or of reservations."
    )
    line_item_number: Annotated[int, Field(ge=0, lt=MOST_LINES), WHOLE] = Field(
        default=0, description="Its place in the list, from 0; or 0 for all."
    )
    term_duration: Duration | None = Field(
        default=None, description="For how long; a reservation needs P1Y or P3Y."
    )
    friendly_name: str | None = Field(
        default=None, max_length=255, description="What the subscription is called."
    )
    provisioning_context: ProvisioningContextBody = ProvisioningContextBody()


class OrderBody(ResourceBody):
    """What is bought: subscriptions, or one reservation."""

    reference_customer_id: Folded | None = Field(
        default=None, description="The customer of the address, if it is there at all."
    )
    billing_cycle: Cycle = Field(
        default=None, description="How often it is billed; what is usual where nothing is said."
    )
    line_items: list[OrderLineBody] = Field(
        min_length=1,
        max_length=MOST_LINES,
        description=f"What is bought, in {MOST_LINES} lines at most.",
    )


class ReservedContext(ProvisioningContext):
    """The same of what was reserved, and what has become of it."""

    reservation_id: str
    provisioning_state: str
    expiry_date_time: Moment


class OrdersQuery(PageQuery):
    billing_type: Cycle = Field(default=None, description="Only those with this billing cycle.")
    include_price: Flag = Field(
        default=True, alias="include_price", description="Whether to say what they cost."
    )


class OrderQuery(Wire):
    include_price: Flag = Field(
        default=True, alias="include_price", description="Whether to say what it cost."
    )


class Pricing(Wire):
    list_price: Amount
    price: Amount
    extended_price: Amount


class OrderLinks(Links):
    provisioning_status: Link


class OrderLineLinks(Wire):
    subscription: Link


class OrderLineJson(Wire):
    line_item_number: int
    offer_id: str
    subscription_id: str | None = None
    term_duration: str | None = None
    transaction_type: str
    friendly_name: str
    quantity: int
    pricing: Pricing | None = None
    provisioning_context: ReservedContext | None = None
    links: OrderLineLinks | None = None


class OrderJson(Wire):
    model_config = shown_as(examples.ORDER_IN_FULL)

    id: str
    alternate_id: str
    reference_customer_id: str
    billing_cycle: str
    currency_code: str | None = None
    line_items: list[OrderLineJson]
    creation_date: Moment
    status: str
    transaction_type: str = "UserPurchase"
    total_price: Amount | None = None
    links: OrderLinks
    attributes: Attributes = Attributes(object_type="Order")


class Orders(Collection[OrderJson]):
    pass


@router.get(
    "/{customer_id}/orders",
    auth=READING,
    response={200: Orders, **READING_FAULTS},
    operation_id="orders",
    summary="List a customer's orders",
)
def orders(request: ApiRequest, customer_id: str, query: Query[OrdersQuery]) -> HttpResponseBase:
    """All orders of the customer, the newest first, or a page of them."""
    customer = customer_of(customer_id)
    rows = _of(customer)
    if query.billing_type:
        rows = rows.filter(billing_cycle=query.billing_type)
    return listed(
        request,
        rows,
        query=query,
        order=NEWEST_FIRST,
        uri=f"/customers/{customer.pk}/orders",
        filters={
            "billingType": query.billing_type or "",
            "include_price": "" if query.include_price else "false",
        },
        to_item=order_json if query.include_price else order_without_price,
    )


@router.get(
    "/{customer_id}/orders/{order_id}",
    auth=READING,
    response={200: OrderJson, **READING_FAULTS},
    operation_id="order",
    summary="One order",
)
def order(
    request: ApiRequest, customer_id: str, order_id: str, query: Query[OrderQuery]
) -> HttpResponse:
    """One order. 404 with 20000 where the customer has none with this id."""
    found = order_of(customer_of(customer_id), order_id)
    return json_response(order_json(found) if query.include_price else order_without_price(found))


@router.post(
    "/{customer_id}/orders",
    auth=WRITING,
    response={201: OrderJson, **FAULTS},
    operation_id="create_order",
    summary="Buy on a customer's behalf",
    openapi_extra=bodies(
        reservation=examples.RESERVATION_ORDER,
        azure_plan=examples.AZURE_PLAN_ORDER,
        licenses=examples.LICENSE_ORDER,
    ),
)
@once
def create(request: ApiRequest, customer_id: str, body: OrderBody) -> HttpResponse:
    """Buys on the customer's behalf.

    The offer `DZH318Z0BPS6:0001` is an Azure plan, `MS-AZR-0145P` is Azure Global, and
    `{product type}:{SKU}:{region}` with a term is a reserved instance of the catalogue, such as
    `VirtualMachines:Standard_D2s_v5:westeurope` with P1Y, at the customer's price; its order has
    this one line. Any other offer is that of a license.
    """
    customer = customer_of(customer_id)
    _check_what_it_says_of_itself(customer, body)
    with refusals_as_faults():
        outcome = _bought(customer, body, request.auth)
    if isinstance(outcome, Refused):
        # Not raised: the record that somebody tried is kept, and so is this answer.
        return fault_response(fault_of(outcome))
    return json_response(order_json(_of(customer).get(pk=outcome.pk)), status=201)


def _check_what_it_says_of_itself(customer: Customer, body: OrderBody) -> None:
    """Raises Fault where the order is not the one that would come of it."""
    if body.reference_customer_id not in (None, str(customer.pk)):
        raise _bad_order(_("referenceCustomerId names another customer than the address."))
    for line in body.line_items:
        _refuse_unheeded(line)
    numbers = [line.line_item_number for line in body.line_items]
    if any(numbers) and numbers != list(range(len(numbers))):
        raise _bad_order(_("lineItemNumber must count the lines from 0, in their order."))


def _refuse_unheeded(line: OrderLineBody) -> None:
    """Raises Fault for what would make no difference to what the line orders."""
    product = product_of(line.offer_id)
    reserved = is_reservation(line.offer_id)
    unheeded = {
        "quantity": not reserved and product != Product.LICENSE and line.quantity != 1,
        "friendlyName": (reserved or product == Product.AZURE_PLAN) and line.friendly_name,
        "termDuration": product != Product.LICENSE and line.term_duration,
        "provisioningContext": not reserved and line.provisioning_context.model_fields_set,
    }
    names = [name for name, is_sent in unheeded.items() if is_sent]
    if names:
        sentence = _("%(names)s can't be chosen for %(offer)s.")
        listed = get_text_list(names, _("and"))
        raise _bad_order(sentence % {"names": listed, "offer": line.offer_id})


def _bought(customer: Customer, body: OrderBody, by: Actor) -> Order | Refused:
    offers = [line.offer_id for line in body.line_items]
    alone = [offer for offer in offers if _comes_alone(offer)]
    if not alone:
        subscriptions = [_subscription(customer, line, body) for line in body.line_items]
        return order_subscriptions(subscriptions=subscriptions, by=by)
    if len(offers) > 1:
        raise _bad_order(_("An Azure plan, or a reservation, is ordered in an order of its own."))
    if is_reservation(offers[0]):
        return _reserved(customer, body, by)
    plan = buy_azure_plan(customer=customer, by=by)
    return Order.objects.get(items__subscription=plan)


def _comes_alone(offer_id: str) -> bool:
    return is_reservation(offer_id) or product_of(offer_id) == Product.AZURE_PLAN


def _subscription(customer: Customer, line: OrderLineBody, body: OrderBody) -> Subscription:
    """What a line orders that is neither an Azure plan nor a reservation, unsaved."""
    product = product_of(line.offer_id)
    name = str(product.label) if product == Product.AZURE_GLOBAL else line.offer_id
    return Subscription(
        customer=customer,
        product=product,
        offer_id=line.offer_id,
        offer_name=name,
        friendly_name=line.friendly_name or name,
        quantity=line.quantity if product == Product.LICENSE else 1,
        term=line.term_duration or "",
        billing_cycle=body.billing_cycle or BillingCycle.MONTHLY,
    )


def _reserved(customer: Customer, body: OrderBody, by: Actor) -> Order | Refused:
    product, wanted = _wanted(customer, body)
    outcome = buy_reservation_at_todays_price(
        customer=customer, product=product, wanted=wanted, by=by
    )
    return outcome if isinstance(outcome, Refused) else outcome.order


def _wanted(
    customer: Customer, body: OrderBody
) -> tuple[ReservationProduct, Callable[[Money], Purchase]]:
    """What the one line reserves, and the purchase of it at a unit price that is not known yet.

    Raises Fault for what is not on offer.
    """
    line = body.line_items[0]
    context = line.provisioning_context
    currency = customer.billing_profile.currency
    product = reservation_product(line.offer_id, term=_term(line), currency=currency)
    if product is None:
        raise _bad_order(
            _("There is no such reserved instance, for this term and in the customer's currency.")
        )
    subscription_id = guid(context.subscription_id or "")
    if subscription_id is None:
        raise Fault(400, "900313", _("provisioningContext has to name an Azure subscription."))
    cycle = body.billing_cycle or product.billing_cycles[0]
    key = uuid.uuid4()
    return product, lambda price: Purchase(
        product=product,
        quantity=line.quantity,
        billing_cycle=BillingCycle(cycle),
        scope=Scope(context.scope or Scope.SHARED),
        subscription_id=subscription_id,
        unit_price=price,
        key=key,
    )


def _term(line: OrderLineBody) -> str:
    """As ISO 8601 writes it, or as a provisioning context does: 1Year, 3Years."""
    written = line.provisioning_context.duration or ""
    years = chosen(written, Term.values, **TERM_WORDS)
    if line.term_duration and years and line.term_duration != years:
        raise _bad_order(_("termDuration and provisioningContext.duration differ."))
    return line.term_duration or years


def _bad_order(sentence: str) -> Fault:
    return Fault(400, BAD_INPUT, sentence)


def order_of(customer: Customer, order_id: str) -> Order:
    """The customer's order with this id. Raises Fault (404) where there is none."""
    key = guid(order_id)
    found = _of(customer).filter(pk=key).first() if key else None
    if found is None:
        raise Fault(404, ORDER_NOT_FOUND, _("This customer has no order with this id."))
    return found


def _of(customer: Customer) -> QuerySet[Order]:
    return customer.orders.prefetch_related(
        "items__product", "items__subscription", "items__reservation"
    )


def order_json(order: Order) -> OrderJson:
    return OrderJson(
        id=str(order.pk),
        alternate_id=str(order.number),
        reference_customer_id=str(order.customer_id),
        billing_cycle=order.billing_cycle,
        currency_code=order.currency or None,
        line_items=[_line_json(order, item) for item in order.items.all()],
        creation_date=order.created_at,
        status=order.status,
        total_price=order.amount,
        links=_links(order),
    )


def _links(order: Order) -> OrderLinks:
    uri = f"/customers/{order.customer_id}/orders/{order.pk}"
    return OrderLinks(here=Link(uri=uri), provisioning_status=Link(uri=f"{uri}/provisioningstatus"))


def order_without_price(order: Order) -> OrderJson:
    shape = order_json(order)
    shape.total_price = None
    for line in shape.line_items:
        line.pricing = None
    return shape


def _line_json(order: Order, item: OrderItem) -> OrderLineJson:
    """Of a reservation, the subscription is what it is billed to; else it is what was bought."""
    bought = item.bought_subscription
    return OrderLineJson(
        line_item_number=item.line_number - 1,
        offer_id=_offer_of(item),
        subscription_id=str(bought.pk) if bought else None,
        term_duration=item.term or (bought.term if bought else "") or None,
        transaction_type=item.transaction_type,
        friendly_name=item.friendly_name,
        quantity=item.quantity,
        pricing=_pricing(item),
        provisioning_context=_context(item),
        links=_subscription_link(order, bought),
    )


def _offer_of(item: OrderItem) -> str:
    if item.product:
        return reservation_offer_id(item.product)
    bought = item.bought_subscription
    return offer_id_of(bought) if bought else item.friendly_name


def _subscription_link(order: Order, bought: Subscription | None) -> OrderLineLinks | None:
    if bought is None:
        return None
    uri = f"/customers/{order.customer_id}/subscriptions/{bought.pk}"
    return OrderLineLinks(subscription=Link(uri=uri))


def _pricing(item: OrderItem) -> Pricing | None:
    if item.unit_amount is None or item.amount is None:
        return None
    return Pricing(list_price=item.unit_amount, price=item.unit_amount, extended_price=item.amount)


def _context(item: OrderItem) -> ReservedContext | None:
    """Of what was reserved, as it is now."""
    reservation = getattr(item, "reservation", None)
    if item.product is None or reservation is None:
        return None
    return ReservedContext(
        subscription_id=str(reservation.subscription_id),
        scope=reservation.scope,
        duration="1Year" if item.term == Term.ONE_YEAR else "3Years",
        reservation_id=str(reservation.pk),
        provisioning_state=provisioning_state(reservation),
        expiry_date_time=reservation.ends_at,
    )
