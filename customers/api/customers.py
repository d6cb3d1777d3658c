"""Customers, and their two profiles.

Source: partner-center facts, section 5.2.
"""

import uuid

from django.http import HttpResponse, HttpResponseBase
from ninja import Query, Router

from activitylog.search import folded
from customers.api import examples
from customers.api.finding import customer_of
from customers.models import BillingProfile, Customer
from customers.models.customer import CustomerQuerySet, PostalAddress
from partnercenter.api.access import ApiRequest, requires_token
from partnercenter.api.collections import Collection, PageQuery, listed
from partnercenter.api.faults import READING_FAULTS
from partnercenter.api.filters import Filter, filter_of, filter_parameter, unknown_filter
from partnercenter.api.links import Links, to
from partnercenter.api.wire import Attributes, Wire, json_response, shown_as

router = Router(tags=["Customers"], by_alias=True)
READING = requires_token("customers.view_customer")
BY_NAME = ("sort_name", "id")
FILTER = filter_parameter(("CompanyName", "starts_with"), ("Domain", "starts_with"), value="Fabr")


class Address(Wire):
    country: str
    region: str | None = None
    city: str
    state: str | None = None
    address_line1: str
    address_line2: str | None = None
    postal_code: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None


class CompanyProfile(Wire):
    model_config = shown_as(examples.COMPANY_PROFILE)

    tenant_id: str
    domain: str
    company_name: str
    address: Address | None = None
    email: str | None = None
    links: Links | None = None
    attributes: Attributes = Attributes(object_type="CustomerCompanyProfile")


class BillingProfileJson(Wire):
    model_config = shown_as(examples.BILLING_PROFILE)

    id: str
    first_name: str
    last_name: str
    email: str
    culture: str
    language: str
    company_name: str
    default_address: Address
    links: Links
    attributes: Attributes


class CustomerJson(Wire):
    model_config = shown_as(examples.CUSTOMER_IN_FULL)

    id: str
    commerce_id: str | None = None
    company_profile: CompanyProfile
    billing_profile: BillingProfileJson | None = None
    relationship_to_partner: str
    allow_delegated_access: bool | None = None
    custom_domains: list[str] | None = None
    links: Links
    attributes: Attributes = Attributes(object_type="Customer")


class Customers(Collection[CustomerJson]):
    pass


@router.get(
    "",
    auth=READING,
    response={200: Customers, **READING_FAULTS},
    operation_id="customers",
    summary="List customers",
    openapi_extra={"parameters": [FILTER]},
)
def customers(request: ApiRequest, query: Query[PageQuery]) -> HttpResponseBase:
    """All customers by name, or a page of them."""
    chosen = filter_of(request)
    return listed(
        request,
        _filtered(chosen),
        query=query,
        order=BY_NAME,
        uri="/customers",
        filters={"filter": chosen.text} if chosen else {},
        to_item=in_list,
    )


def _filtered(chosen: Filter | None) -> CustomerQuerySet:
    found = Customer.objects.all()
    if chosen is None:
        return found
    if chosen.operator != "startswith" or chosen.field not in ("companyname", "domain"):
        raise unknown_filter("CompanyName starts_with, Domain starts_with")
    if chosen.field == "domain":
        return found.filter(domain__startswith=chosen.value.lower())
    return found.filter(sort_name__startswith=folded(chosen.value))


@router.get(
    "/{customer_id}",
    auth=READING,
    response={200: CustomerJson, **READING_FAULTS},
    operation_id="customer",
    summary="One customer",
)
def customer(request: ApiRequest, customer_id: str) -> HttpResponse:
    """One customer with both profiles."""
    found = customer_of(customer_id)
    shape = in_list(found)
    shape.commerce_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"commerce:{found.pk}"))
    shape.company_profile = company_profile_json(found)
    shape.billing_profile = billing_profile_json(found.billing_profile)
    shape.allow_delegated_access = found.is_reseller_customer
    shape.custom_domains = [found.domain]
    return json_response(shape)


@router.get(
    "/{customer_id}/profiles/company",
    auth=READING,
    response={200: CompanyProfile, **READING_FAULTS},
    operation_id="company_profile",
    summary="A customer's company profile",
)
def company_profile(request: ApiRequest, customer_id: str) -> HttpResponse:
    """Who the customer is, and where."""
    return json_response(company_profile_json(customer_of(customer_id)))


def in_list(customer: Customer) -> CustomerJson:
    """The customer as lists have him."""
    return CustomerJson(
        id=str(customer.pk),
        company_profile=CompanyProfile(
            tenant_id=str(customer.pk),
            domain=customer.domain,
            company_name=customer.company_name,
        ),
        relationship_to_partner=customer.relationship,
        links=to(f"/customers/{customer.pk}"),
    )


def company_profile_json(customer: Customer) -> CompanyProfile:
    return CompanyProfile(
        tenant_id=str(customer.pk),
        domain=customer.domain,
        company_name=customer.company_name,
        address=_address(customer, customer.contact_first_name, customer.contact_last_name),
        email=customer.contact_email,
        links=to(f"/customers/{customer.pk}/profiles/company"),
    )


def billing_profile_json(bill_to: BillingProfile) -> BillingProfileJson:
    return BillingProfileJson(
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"billing:{bill_to.customer_id}")),
        first_name=bill_to.first_name,
        last_name=bill_to.last_name,
        email=bill_to.email,
        culture=bill_to.culture,
        language=bill_to.language,
        company_name=bill_to.company_name,
        default_address=_address(bill_to, bill_to.first_name, bill_to.last_name),
        links=to(f"/customers/{bill_to.customer_id}/profiles/billing"),
        attributes=Attributes(object_type="CustomerBillingProfile", etag=bill_to.etag),
    )


def _address(place: PostalAddress, first_name: str, last_name: str) -> Address:
    return Address(
        country=place.country,
        region=place.region or None,
        city=place.city,
        state=place.region or None,
        address_line1=place.address_line1,
        address_line2=place.address_line2 or None,
        postal_code=place.postal_code or None,
        first_name=first_name,
        last_name=last_name,
        phone_number=place.phone_number or None,
    )
