"""Entitlements: which reservations a customer has, and what has become of them.

Source: https://learn.microsoft.com/partner-center/developer/get-a-collection-of-entitlements
(application-plus-user only). Of the original's two types of entitlements, software is not sold
here. What an entitlement leads to, the artifact, has the details; the entitlement's own
`dynamicAttributes` say the same, so that one call tells of every reservation.
"""

from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BeforeValidator, Field

from activitylog import clock
from customers.api import examples
from customers.api.finding import customer_of, guid
from customers.api.states import provisioning_state
from customers.models import Customer, Reservation, ReservationStatus, Scope
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, Flag, PageQuery, listed
from partnercenter.api.faults import NOT_FOUND, READING_FAULTS, Fault
from partnercenter.api.links import Link
from partnercenter.api.wire import Attributes, Moment, Wire, json_response, shown_as

router = Router(tags=["Entitlements"], by_alias=True)
READING = requires_token("customers.view_reservation", person=True)
NEWEST_FIRST = ("-starts_at", "-id")
RESERVED_INSTANCE = "reservedinstance"

SCOPES = {Scope.SINGLE: "Single", Scope.SHARED: "Shared"}


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class EntitlementsQuery(PageQuery):
    entitlement_type: Annotated[
        Literal["software", "reservedinstance"] | None, BeforeValidator(_lower)
    ] = Field(
        default=None,
        alias="entitlementType",
        description="reservedInstance, or software, of which there is none; both by default.",
    )
    show_expiry: Flag = Field(
        default=False, alias="showExpiry", description="Whether to say when each ends."
    )


class ReferenceOrder(Wire):
    id: str
    line_item_id: str
    alternate_id: str


class QuantityDetail(Wire):
    quantity: int
    status: str


class ReservationJson(Wire):
    """One reservation. `provisioningState` is Creating before its term begins, then Succeeded
    until it is Expired or Cancelled; one that was exchanged is Cancelled.
    """

    reservation_id: str
    display_name: str
    scope_type: str
    applied_scopes: list[str]
    quantity: int
    term: str
    effective_date_time: Moment
    expiry_date_time: Moment | None = None
    provisioning_state: str


class ReservationAttributes(ReservationJson):
    reservation_type: str


class Artifact(Wire):
    link: Link
    resource_id: str
    artifact_type: str = RESERVED_INSTANCE
    dynamic_attributes: ReservationAttributes


class ArtifactDetails(Wire):
    """What an artifact leads to."""

    model_config = shown_as(examples.RESERVATION_DETAILS)

    type: str = RESERVED_INSTANCE
    reservations: list[ReservationJson]


class EntitlementJson(Wire):
    """`quantity` counts what serves: none of a reservation that has ended. `quantityDetails` say
    what became of all.
    """

    model_config = shown_as(examples.ENTITLEMENT)

    included_entitlements: list[dict[str, str]] = []
    reference_order: ReferenceOrder
    product_id: str
    sku_id: str
    quantity: int
    quantity_details: list[QuantityDetail]
    entitled_artifacts: list[Artifact]
    entitlement_type: str = RESERVED_INSTANCE
    expiry_date: Moment | None = None
    attributes: Attributes = Attributes(object_type="Entitlement")


class Entitlements(Collection[EntitlementJson]):
    pass


@router.get(
    "/{customer_id}/entitlements",
    auth=READING,
    response={200: Entitlements, **READING_FAULTS},
    operation_id="entitlements",
    summary="List a customer's entitlements",
)
def entitlements(
    request: ApiRequest, customer_id: str, query: Query[EntitlementsQuery]
) -> HttpResponseBase:
    """All reservations of the customer, also those that have ended, the newest first."""
    customer = customer_of(customer_id)
    wanted = query.entitlement_type
    return listed(
        request,
        _of(customer).none() if wanted == "software" else _of(customer),
        query=query,
        order=NEWEST_FIRST,
        uri=f"/customers/{customer.pk}/entitlements",
        filters={
            "entitlementType": wanted or "",
            "showExpiry": "true" if query.show_expiry else "",
        },
        to_item=lambda reservation: entitlement_json(reservation, expiry=query.show_expiry),
    )


@router.get(
    "/{customer_id}/artifacts/reservedinstance/groups/{order_id}/lineitems/{line_item_id}"
    "/resource/{reservation_id}",
    auth=READING,
    response={200: ArtifactDetails, **READING_FAULTS},
    operation_id="reserved_instance_artifact",
    summary="Details of a reservation",
)
def artifact(
    request: ApiRequest, customer_id: str, order_id: str, line_item_id: str, reservation_id: str
) -> HttpResponse:
    """What an entitlement's artifact leads to. 404 with 1000 for any other address."""
    rows, key = _of(customer_of(customer_id)), guid(reservation_id)
    found = rows.filter(pk=key).first() if key else None
    if found is None or (order_id.lower(), line_item_id) != _place_of(found):
        raise Fault(404, NOT_FOUND, _("This customer has no reservation at this address."))
    return json_response(ArtifactDetails(reservations=[ReservationJson(**_facts(found))]))


def entitlement_json(reservation: Reservation, *, expiry: bool) -> EntitlementJson:
    order_id, line_item_id = _place_of(reservation)
    status = reservation.status_at(clock.now())
    serves = status == ReservationStatus.ACTIVE
    detail = QuantityDetail(
        quantity=reservation.quantity, status="fulfilled" if serves else str(status)
    )
    return EntitlementJson(
        reference_order=ReferenceOrder(
            id=order_id,
            line_item_id=line_item_id,
            alternate_id=str(reservation.item.order.number),
        ),
        product_id=reservation.product.product_type,
        sku_id=reservation.product.sku,
        quantity=reservation.quantity if serves else 0,
        quantity_details=[detail],
        entitled_artifacts=[_artifact(reservation, expiry=expiry)],
        expiry_date=reservation.ends_at if expiry else None,
    )


def _artifact(reservation: Reservation, *, expiry: bool) -> Artifact:
    order_id, line_item_id = _place_of(reservation)
    facts = _facts(reservation)
    if not expiry:
        del facts["expiry_date_time"]
    return Artifact(
        link=Link(
            uri=f"/customers/{reservation.customer_id}/artifacts/{RESERVED_INSTANCE}"
            f"/groups/{order_id}/lineitems/{line_item_id}/resource/{reservation.pk}"
        ),
        resource_id=str(reservation.pk),
        dynamic_attributes=ReservationAttributes(
            reservation_type=reservation.product.product_type.lower(), **facts
        ),
    )


def _of(customer: Customer) -> QuerySet[Reservation]:
    return customer.reservations.select_related("product", "item__order")


def _place_of(reservation: Reservation) -> tuple[str, str]:
    """The ids of the order and of the line by which it was bought."""
    return str(reservation.item.order_id), str(reservation.item.line_number - 1)


def _facts(reservation: Reservation) -> dict[str, Any]:
    single = not reservation.is_shared
    return {
        "reservation_id": str(reservation.pk),
        "display_name": reservation.name,
        "scope_type": SCOPES[Scope(reservation.scope)],
        "applied_scopes": [str(reservation.subscription_id)] if single else [],
        "quantity": reservation.quantity,
        "term": reservation.product.term,
        "effective_date_time": reservation.starts_at,
        "expiry_date_time": reservation.ends_at,
        "provisioning_state": provisioning_state(reservation),
    }
