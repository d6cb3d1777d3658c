"""A customer's billing profile, read and replaced.

Source: https://learn.microsoft.com/partner-center/developer/update-a-customer-s-billing-profile
"""

from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import ConfigDict, Field

from customers.api import examples
from customers.api.customers import READING, BillingProfileJson, billing_profile_json
from customers.api.finding import customer_of, refusals_as_faults
from customers.cultures import language_of, normalized
from customers.models import BillingProfile
from customers.operations.customers import change_bill_to
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.faults import BAD_INPUT, FAULTS, READING_FAULTS, Fault
from partnercenter.api.repeats import once
from partnercenter.api.strict import (
    IF_MATCH_PARAMETER,
    Body,
    EtagBody,
    ResourceBody,
    expected_etag,
    may_be_sent_back,
    refuse_changes,
)
from partnercenter.api.wire import bodies, json_response

router = Router(tags=["Customers"], by_alias=True)
WRITING = requires_token("customers.change_billingprofile")
PATH = "/{customer_id}/profiles/billing"


CULTURE = "^[A-Za-z]{2,3}([-_][A-Za-z]{4})?[-_][A-Za-z]{2}$"
# Text of which something is seen.
Word = Annotated[str, Field(min_length=1, max_length=128, pattern=r"\S")]
Line = Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")]


class AddressBody(Body):
    """`region` and `state` are one thing to this server, as its answers say."""

    country: str = Field(
        pattern="^[A-Za-z]{2}$", description="Two letters, as ISO 3166-1 has them."
    )
    region: Annotated[str, Field(max_length=128)] | None = None
    city: Word
    state: Annotated[str, Field(max_length=128)] | None = None
    address_line1: Line
    address_line2: Annotated[str, Field(max_length=255)] | None = None
    postal_code: Annotated[str, Field(max_length=32)] | None = None
    first_name: str | None = Field(default=None, description="The same as the profile's.")
    last_name: str | None = Field(default=None, description="The same as the profile's.")
    phone_number: Annotated[str, Field(max_length=32)] | None = None


class BillingProfileBody(ResourceBody):
    """The whole profile: what is left out becomes empty, and must not be where it is required."""

    model_config = ConfigDict(extra="allow", json_schema_extra=may_be_sent_back(BillingProfileJson))

    first_name: Word
    last_name: Word
    email: Annotated[str, Field(max_length=254)] = Field(json_schema_extra={"format": "email"})
    culture: str = Field(pattern=CULTURE, description="Language and region, for example en-US.")
    language: str | None = Field(default=None, description="What the culture begins with.")
    company_name: Line
    default_address: AddressBody
    attributes: EtagBody = EtagBody()


@router.get(
    PATH,
    auth=READING,
    response={200: BillingProfileJson, **READING_FAULTS},
    operation_id="billing_profile",
    summary="A customer's billing profile",
)
def billing_profile(request: ApiRequest, customer_id: str) -> HttpResponse:
    """Whom the partner's bills to the customer name, and in which language mails are."""
    return json_response(billing_profile_json(customer_of(customer_id).billing_profile))


@router.put(
    PATH,
    auth=WRITING,
    response={200: BillingProfileJson, **FAULTS},
    operation_id="replace_billing_profile",
    summary="Replace a customer's billing profile",
    openapi_extra={
        **bodies(replaced=examples.REPLACED_BILLING_PROFILE),
        "parameters": [IF_MATCH_PARAMETER],
    },
)
@once
def replace(request: ApiRequest, customer_id: str, body: BillingProfileBody) -> HttpResponse:
    """Replaces it, if the etag is still its own; without one, whatever it was.

    The etag is that of the If-Match header, or else the one in the body. The currency stays.
    """
    bill_to = customer_of(customer_id).billing_profile
    etag = expected_etag(request, body.attributes)
    refuse_changes(body.model_extra or {}, billing_profile_json(bill_to))
    _refuse_contradictions(bill_to, body)
    for name, value in _fields(body).items():
        setattr(bill_to, name, value)
    with refusals_as_faults():
        change_bill_to(bill_to=bill_to, etag=etag, by=request.auth)
    return json_response(billing_profile_json(customer_of(customer_id).billing_profile))


def _fields(body: BillingProfileBody) -> dict[str, Any]:
    """The wanted profile, by the names of the model."""
    address = body.default_address
    return {
        "first_name": body.first_name,
        "last_name": body.last_name,
        "email": body.email,
        "culture": normalized(body.culture),
        "company_name": body.company_name,
        "country": address.country,
        "region": address.region or address.state or "",
        "city": address.city,
        "address_line1": address.address_line1,
        "address_line2": address.address_line2 or "",
        "postal_code": address.postal_code or "",
        "phone_number": address.phone_number or "",
    }


def _refuse_contradictions(stored: BillingProfile, body: BillingProfileBody) -> None:
    """Raises Fault for what is said twice in two ways, so that nothing is passed over.

    The address may still have the names that were read with it.
    """
    address = body.default_address
    pairs: dict[str, tuple[str | None, set[str | None]]] = {
        "language": (body.language, {language_of(normalized(body.culture))}),
        "defaultAddress.state": (address.state, {address.region or address.state}),
        "defaultAddress.firstName": (address.first_name, {body.first_name, stored.first_name}),
        "defaultAddress.lastName": (address.last_name, {body.last_name, stored.last_name}),
    }
    for name, (value, allowed) in pairs.items():
        if value is not None and value not in allowed:
            sentence = _("%(name)s contradicts another field of the body. Nothing was changed.")
            raise Fault(400, BAD_INPUT, sentence % {"name": name})
