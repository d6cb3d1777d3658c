"""Subscriptions: reading them, and changing what may be changed.

Source: partner-center facts, section 5.3. A PATCH sends the whole resource back, with what can't be
changed; that has to be as it was read.
"""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery, UUIDField
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BeforeValidator, ConfigDict, Field

from customers.api import examples
from customers.api.finding import customer_of, guid, refusals_as_faults, refuse_other_resources
from customers.api.offers import offer_id_of
from customers.models import Customer, OrderItem, Product, Subscription, SubscriptionStatus
from customers.operations.subscriptions import (
    reactivate_subscription,
    suspend_subscription,
    update_subscription,
)
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, PageQuery, listed
from partnercenter.api.faults import (
    BAD_INPUT,
    FAULTS,
    READING_FAULTS,
    SUBSCRIPTION_NOT_FOUND,
    Fault,
)
from partnercenter.api.links import Link
from partnercenter.api.repeats import once
from partnercenter.api.strict import (
    IF_MATCH_PARAMETER,
    WHOLE,
    EtagBody,
    ResourceBody,
    expected_etag,
    may_be_sent_back,
    refuse_changes,
)
from partnercenter.api.wire import (
    Attributes,
    Guid,
    Moment,
    Wire,
    bodies,
    folded,
    json_response,
    shown_as,
)

router = Router(tags=["Subscriptions"], by_alias=True)
READING = requires_token("customers.view_subscription")
WRITING = requires_token("customers.change_subscription")
OLDEST_FIRST = ("created_at", "id")
NO_END = dt.datetime(9999, 12, 14, tzinfo=dt.UTC)


class ProductType(Wire):
    id: str
    display_name: str


class SubscriptionLinks(Wire):
    offer: Link | None = None
    here: Link = Field(alias="self")


class SubscriptionJson(Wire):
    model_config = shown_as(examples.SUBSCRIPTION_IN_FULL)

    id: str
    entitlement_id: str
    offer_id: str
    offer_name: str
    friendly_name: str
    product_type: ProductType
    quantity: int
    unit_type: str
    has_purchasable_addons: bool = False
    creation_date: Moment
    effective_start_date: Moment
    commitment_end_date: Moment
    status: str
    auto_renew_enabled: bool
    is_trial: bool = False
    billing_type: str
    billing_cycle: str
    term_duration: str | None = None
    is_microsoft_product: bool = True
    attention_needed: bool = False
    action_taken: bool = False
    contract_type: str = "subscription"
    order_id: str | None = None
    links: SubscriptionLinks
    attributes: Attributes


class Subscriptions(Collection[SubscriptionJson]):
    pass


class SubscriptionsQuery(PageQuery):
    order_id: Guid | None = Field(
        default=None, alias="order_id", description="Only those of this order."
    )


Status = Annotated[
    Literal["active", "pending", "suspended", "expired", "disabled", "deleted"] | None,
    BeforeValidator(lambda value: None if folded(value) == "none" else folded(value)),
]


class SubscriptionPatch(ResourceBody):
    """What can be changed: the name, the quantity of licenses, the renewal, and the status. What
    else a subscription has may be sent back as it was read.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=may_be_sent_back(SubscriptionJson))

    friendly_name: str | None = Field(
        default=None, min_length=1, max_length=255, description="What it is called."
    )
    quantity: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None = Field(
        default=None, description="Of licenses."
    )
    auto_renew_enabled: bool | None = Field(
        default=None, description="Whether it goes on at the end of its term."
    )
    status: Status = Field(
        default=None, description="active or suspended; any other only as it was read."
    )
    attributes: EtagBody = EtagBody()


@router.get(
    "/{customer_id}/subscriptions",
    auth=READING,
    response={200: Subscriptions, **READING_FAULTS},
    operation_id="subscriptions",
    summary="List a customer's subscriptions",
)
def subscriptions(
    request: ApiRequest, customer_id: str, query: Query[SubscriptionsQuery]
) -> HttpResponseBase:
    """All subscriptions of the customer, the oldest first, or a page of them."""
    customer = customer_of(customer_id)
    rows = _of(customer)
    if query.order_id:
        items = OrderItem.objects.of_subscriptions().filter(order=UUID(query.order_id))
        rows = rows.filter(pk__in=items.values("subscription"))
    return listed(
        request,
        rows,
        query=query,
        order=OLDEST_FIRST,
        uri=f"/customers/{customer.pk}/subscriptions",
        filters={"order_id": query.order_id or ""},
        to_item=subscription_json,
    )


@router.get(
    "/{customer_id}/subscriptions/{subscription_id}",
    auth=READING,
    response={200: SubscriptionJson, **READING_FAULTS},
    operation_id="subscription",
    summary="One subscription",
)
def subscription(request: ApiRequest, customer_id: str, subscription_id: str) -> HttpResponse:
    """One subscription. 404 with 20003 where the customer has none with this id."""
    return json_response(
        subscription_json(subscription_of(customer_of(customer_id), subscription_id))
    )


@router.patch(
    "/{customer_id}/subscriptions/{subscription_id}",
    auth=WRITING,
    response={200: SubscriptionJson, **FAULTS},
    operation_id="update_subscription",
    summary="Change a subscription",
    openapi_extra={
        **bodies(changed=examples.SUBSCRIPTION_CHANGE),
        "parameters": [IF_MATCH_PARAMETER],
    },
)
@once
def update(
    request: ApiRequest, customer_id: str, subscription_id: str, body: SubscriptionPatch
) -> HttpResponse:
    """Changes it, if the etag is still its own; without one, whatever it was."""
    customer = customer_of(customer_id)
    found = subscription_of(customer, subscription_id)
    with refusals_as_faults():
        _change(found, body, request)
    return json_response(subscription_json(subscription_of(customer, subscription_id)))


def _change(found: Subscription, body: SubscriptionPatch, request: ApiRequest) -> None:
    present, by = subscription_json(found), request.auth
    update_subscription(
        subscription=found,
        friendly_name=body.friendly_name,
        quantity=body.quantity,
        auto_renew=body.auto_renew_enabled,
        etag=expected_etag(request, body.attributes),
        by=by,
    )
    refuse_changes(body.model_extra or {}, present)
    if body.status in (None, found.current_status):
        return
    moves: dict[str, Any] = {
        SubscriptionStatus.ACTIVE: reactivate_subscription,
        SubscriptionStatus.SUSPENDED: suspend_subscription,
    }
    if body.status not in moves:
        raise Fault(
            400, BAD_INPUT, _("The status can be set to active or suspended. Nothing was changed.")
        )
    moves[body.status](subscription=found, by=by)


def _of(customer: Customer) -> QuerySet[Subscription]:
    """The customer's, each with the id of the order that bought it."""
    bought = OrderItem.objects.of_subscriptions().filter(subscription=OuterRef("pk"))
    order_id = Subquery(bought.values("order_id")[:1], output_field=UUIDField())
    return customer.subscriptions.annotate(bought_by=order_id).select_related("customer")


def subscription_of(customer: Customer, subscription_id: str) -> Subscription:
    refuse_other_resources(subscription_id)
    key = guid(subscription_id)
    found = _of(customer).filter(pk=key).first() if key else None
    if found is None:
        raise Fault(
            404, SUBSCRIPTION_NOT_FOUND, _("This customer has no subscription with this id.")
        )
    return found


def subscription_json(subscription: Subscription) -> SubscriptionJson:
    by_usage = subscription.is_azure
    order_id = subscription.bought_by  # type: ignore[attr-defined]
    return SubscriptionJson(
        id=str(subscription.pk),
        entitlement_id=str(subscription.pk),
        offer_id=offer_id_of(subscription),
        offer_name=subscription.offer_name,
        friendly_name=subscription.friendly_name,
        product_type=_product_type(subscription),
        quantity=subscription.quantity,
        unit_type="Usage-based" if by_usage else "Licenses",
        creation_date=subscription.created_at,
        effective_start_date=subscription.created_at,
        commitment_end_date=end_of(subscription),
        status=subscription.current_status,
        auto_renew_enabled=subscription.auto_renew,
        billing_type="usage" if by_usage else "license",
        billing_cycle=subscription.billing_cycle,
        term_duration=subscription.term or None,
        order_id=str(order_id) if order_id else None,
        links=SubscriptionLinks(
            here=Link(uri=f"/customers/{subscription.customer_id}/subscriptions/{subscription.pk}")
        ),
        attributes=Attributes(object_type="Subscription", etag=subscription.etag),
    )


def _product_type(subscription: Subscription) -> ProductType:
    if subscription.is_azure:
        return ProductType(id="Azure", display_name="Azure")
    return ProductType(id="OnlineServices", display_name=str(Product.LICENSE.label))


def end_of(subscription: Subscription) -> dt.datetime:
    """Where its term ends. What has no end ends in the year 9999, as the original says of Azure."""
    end = subscription.current_end
    return dt.datetime.combine(end, dt.time.min, tzinfo=dt.UTC) if end else NO_END
