"""The people who work at a customer.

Source: partner-center facts, section 5.5: application-plus-user only.
"""

from typing import Annotated, Literal

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from customers.api import examples
from customers.api.finding import customer_of, guid
from customers.models import CustomerUser
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, PageQuery, listed
from partnercenter.api.faults import READING_FAULTS, USER_NOT_FOUND, Fault
from partnercenter.api.filters import (
    Filter,
    filter_of,
    filter_parameter,
    folded,
    unknown_filter,
)
from partnercenter.api.links import Links, to
from partnercenter.api.wire import Attributes, Wire, json_response, named, shown_as

router = Router(tags=["Users"], by_alias=True)
READING = requires_token("customers.view_customeruser", person=True)
SORTED = {"DisplayName": "display_name", "UserPrincipalName": "user_principal_name"}
# Microsoft's documentation and its SDKs name the same field in two ways.
STATE = (("userstate", "equals"), ("userstatus", "equals"))
FILTER = filter_parameter(
    ("UserState", "equals"),
    ("UserStatus", "equals"),
    value="Inactive",
    values=("Active", "Inactive"),
)


class CustomerUserJson(Wire):
    model_config = shown_as(examples.CUSTOMER_USER)

    id: str
    user_principal_name: str
    first_name: str
    last_name: str
    display_name: str
    usage_location: str
    user_domain_type: str = "managed"
    state: str
    links: Links
    attributes: Attributes = Attributes(object_type="CustomerUser")


class CustomerUsers(Collection[CustomerUserJson]):
    pass


class UsersQuery(PageQuery):
    sort_field: Annotated[Literal["DisplayName", "UserPrincipalName"], named(*SORTED)] | None = (
        Field(default=None, description="What to sort by; the display name if left out.")
    )
    sort_direction: (
        Annotated[Literal["Ascending", "Descending"], named("Ascending", "Descending")] | None
    ) = Field(default=None, description="Which way to sort; ascending if left out.")


@router.get(
    "/{customer_id}/users",
    auth=READING,
    response={200: CustomerUsers, **READING_FAULTS},
    operation_id="users",
    summary="List a customer's users",
    openapi_extra={"parameters": [FILTER]},
)
def users(request: ApiRequest, customer_id: str, query: Query[UsersQuery]) -> HttpResponseBase:
    """The active users of the customer by name, or a page of them; a filter asks for those who were
    removed.
    """
    customer, chosen = customer_of(customer_id), filter_of(request)
    rows = CustomerUser.objects.filter(customer=customer, is_active=_asks_for_active(chosen))
    return listed(
        request,
        rows.select_related("customer"),
        query=query,
        order=_order(query),
        uri=f"/customers/{customer.pk}/users",
        filters={
            "filter": chosen.text if chosen else "",
            "sortField": query.sort_field or "",
            "sortDirection": query.sort_direction or "",
        },
        to_item=user_json,
    )


def _asks_for_active(chosen: Filter | None) -> bool:
    """Raises Fault (400) for a filter by anything but the state."""
    if chosen is None:
        return True
    states = {"active": True, "inactive": False}
    if (chosen.field, chosen.operator) not in STATE or folded(chosen.value) not in states:
        raise unknown_filter("UserState equals Active, UserState equals Inactive")
    return states[folded(chosen.value)]


def _order(query: UsersQuery) -> tuple[str, str]:
    field = SORTED[query.sort_field or "DisplayName"]
    return (f"-{field}", "-id") if query.sort_direction == "Descending" else (field, "id")


@router.get(
    "/{customer_id}/users/{user_id}",
    auth=READING,
    response={200: CustomerUserJson, **READING_FAULTS},
    operation_id="user",
    summary="One user",
)
def user(request: ApiRequest, customer_id: str, user_id: str) -> HttpResponse:
    """One user, by id or user principal name. The state of a user who was removed is inactive."""
    customer, key = customer_of(customer_id), guid(user_id)
    users = CustomerUser.objects.select_related("customer").filter(customer=customer)
    named = Q(pk=key) if key else Q(user_principal_name__iexact=user_id)
    found = users.filter(named).order_by("-is_active", "-created_at").first()
    if found is None:
        raise Fault(404, USER_NOT_FOUND, _("This customer has no user with this id."))
    return json_response(user_json(found))


def user_json(user: CustomerUser) -> CustomerUserJson:
    return CustomerUserJson(
        id=str(user.pk),
        user_principal_name=user.user_principal_name,
        first_name=user.first_name,
        last_name=user.last_name,
        display_name=user.display_name,
        usage_location=user.customer.country,
        state="active" if user.is_active else "inactive",
        links=to(f"/customers/{user.customer_id}/users/{user.pk}"),
    )
