"""The caller's own organization: the partner.

Source: partner-center facts, section 5.2: clients ask for the tenant that grants policies.
"""

from django.conf import settings
from django.http import HttpResponse
from ninja import Router

from customers.api import examples
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.faults import READING_FAULTS
from partnercenter.api.links import Links, to
from partnercenter.api.wire import Attributes, Wire, json_response, shown_as

router = Router(tags=["Profiles"], by_alias=True)
READING = requires_token("customers.view_customer", throttled=False)


class OrganizationProfile(Wire):
    model_config = shown_as(examples.ORGANIZATION)

    id: str
    tenant_id: str
    company_name: str
    email: str | None = None
    language: str = "en"
    culture: str = "en-US"
    profile_type: str = "OrganizationProfile"
    links: Links = to("/profiles/organization")
    attributes: Attributes = Attributes(object_type="OrganizationProfile")


@router.get(
    "/organization",
    auth=READING,
    response={200: OrganizationProfile, **READING_FAULTS},
    operation_id="organization_profile",
    summary="Your own organization",
)
def organization(request: ApiRequest) -> HttpResponse:
    """The partner's tenant and name."""
    profile = OrganizationProfile(
        id=settings.TENANT_ID,
        tenant_id=settings.TENANT_ID,
        company_name=settings.PARTNER_NAME,
        email=settings.PARTNER_CONTACT_EMAIL or None,
    )
    return json_response(profile)
