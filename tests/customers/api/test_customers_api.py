"""Customers, their profiles and users, and the partner, on the wire.

Source: partner-center facts, sections 5.1, 5.2 and 5.5.
"""

import json
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import Settings

from customers.models import Customer, Relationship
from tests.customers.api.conftest import FABRIKAM
from tests.factories import CustomerFactory, CustomerUserFactory
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

USER = "95794928-9abe-4548-8b43-50ffc20b9404"
NOBODY = "99999999-2222-3333-4444-555555555555"
IN_LIST = {
    "id": FABRIKAM,
    "companyProfile": {
        "tenantId": FABRIKAM,
        "domain": "fabrikam.example",
        "companyName": "Fabrikam",
        "attributes": {"objectType": "CustomerCompanyProfile"},
    },
    "relationshipToPartner": "reseller",
    "links": {"self": {"uri": f"/customers/{FABRIKAM}", "method": "GET", "headers": []}},
    "attributes": {"objectType": "Customer"},
}
ADDRESS = {
    "country": "SE",
    "city": "Lund",
    "addressLine1": "Storgatan 1",
    "firstName": "Kim",
    "lastName": "Berg",
}


def link(uri: str) -> dict[str, Any]:
    return {"uri": uri, "method": "GET", "headers": []}


def billing_profile(answer: Any) -> dict[str, Any]:
    """As it has to be, but for what only the answer knows: its id and its etag."""
    return {
        "id": answer["id"],
        "firstName": "Kim",
        "lastName": "Berg",
        "email": "kim@company.example",
        "culture": "en-US",
        "language": "en",
        "companyName": "Fabrikam",
        "defaultAddress": ADDRESS,
        "links": {"self": link(f"/customers/{FABRIKAM}/profiles/billing")},
        "attributes": {
            "objectType": "CustomerBillingProfile",
            "etag": answer["attributes"]["etag"],
        },
    }


COMPANY_PROFILE = {
    "tenantId": FABRIKAM,
    "domain": "fabrikam.example",
    "companyName": "Fabrikam",
    "address": ADDRESS,
    "email": "kim@company.example",
    "links": {"self": link(f"/customers/{FABRIKAM}/profiles/company")},
    "attributes": {"objectType": "CustomerCompanyProfile"},
}


# On the wire


@pytest.mark.parametrize("query", ["", "?size=0"])
def test_all_customers(alone: Caller, fabrikam: Customer, query: str) -> None:
    answer = alone.get(f"/v1/customers{query}")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json == {
        "totalCount": 1,
        "items": [IN_LIST],
        "links": {"self": link("/customers")},
        "attributes": {"objectType": "Collection"},
    }


def test_a_page_of_customers(alone: Caller, fabrikam: Customer) -> None:
    CustomerFactory.create(company_name="Zava")
    page = alone.get("/v1/customers?size=1").json
    token = page["continuationToken"]

    assert page == {
        "totalCount": 1,
        "items": [IN_LIST],
        "links": {
            "self": link("/customers?size=1"),
            "next": {
                "uri": "/customers?size=1",
                "method": "GET",
                "headers": [{"key": "MS-ContinuationToken", "value": token}],
            },
        },
        "continuationToken": token,
        "attributes": {"objectType": "Collection"},
    }


def test_one_customer(alone: Caller, fabrikam: Customer) -> None:
    found = alone.get(f"/v1/customers/{FABRIKAM}").json

    assert found == {
        **IN_LIST,
        "commerceId": found["commerceId"],
        "companyProfile": COMPANY_PROFILE,
        "billingProfile": billing_profile(found["billingProfile"]),
        "allowDelegatedAccess": True,
        "customDomains": ["fabrikam.example"],
    }


def test_both_profiles(alone: Caller, fabrikam: Customer) -> None:
    assert alone.get(f"/v1/customers/{FABRIKAM}/profiles/company").json == COMPANY_PROFILE
    billing = alone.get(f"/v1/customers/{FABRIKAM}/profiles/billing").json
    assert billing == billing_profile(billing)
    assert billing["attributes"]["etag"].startswith('"')


def test_a_customer_without_a_relationship_is_listed_as_such(
    alone: Caller, fabrikam: Customer
) -> None:
    fabrikam.relationship = Relationship.NONE
    fabrikam.save()

    assert alone.get("/v1/customers").json["items"][0]["relationshipToPartner"] == "none"
    assert alone.get(f"/v1/customers/{FABRIKAM}").json["allowDelegatedAccess"] is False


def test_the_partners_own_profile(alone: Caller, settings: Settings) -> None:
    settings.PARTNER_NAME, settings.PARTNER_CONTACT_EMAIL = "Northwind", "help@partner.example"

    assert alone.get("/v1/profiles/organization").json == {
        "id": settings.TENANT_ID,
        "tenantId": settings.TENANT_ID,
        "companyName": "Northwind",
        "email": "help@partner.example",
        "language": "en",
        "culture": "en-US",
        "profileType": "OrganizationProfile",
        "links": {"self": link("/profiles/organization")},
        "attributes": {"objectType": "OrganizationProfile"},
    }


USER_JSON = {
    "id": USER,
    "userPrincipalName": "olga@fabrikam.example",
    "firstName": "Olga",
    "lastName": "Owner",
    "displayName": "Olga Owner",
    "usageLocation": "SE",
    "userDomainType": "managed",
    "state": "active",
    "links": {"self": link(f"/customers/{FABRIKAM}/users/{USER}")},
    "attributes": {"objectType": "CustomerUser"},
}


@pytest.fixture
def olga(db: None) -> None:
    CustomerUserFactory.create(
        pk=USER,
        customer__pk=FABRIKAM,
        user_principal_name="olga@fabrikam.example",
        first_name="Olga",
        last_name="Owner",
    )


@pytest.mark.usefixtures("olga")
def test_users(for_ada: Caller) -> None:
    assert for_ada.get(f"/v1/customers/{FABRIKAM}/users").json == {
        "totalCount": 1,
        "items": [USER_JSON],
        "links": {"self": link(f"/customers/{FABRIKAM}/users")},
        "attributes": {"objectType": "Collection"},
    }
    assert for_ada.get(f"/v1/customers/{FABRIKAM}/users/{USER}").json == USER_JSON


@pytest.mark.usefixtures("olga")
def test_users_need_an_agent_behind_the_token(alone: Caller) -> None:
    assert alone.get(f"/v1/customers/{FABRIKAM}/users").fault == (403, "900329")
    assert alone.get(f"/v1/customers/{FABRIKAM}/users/{USER}").fault == (403, "900329")


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize("name", ["olga@fabrikam.example", "Olga%40Fabrikam.Example"])
def test_a_user_is_found_by_the_user_principal_name(for_ada: Caller, name: str) -> None:
    assert for_ada.get(f"/v1/customers/{FABRIKAM}/users/{name}").json == USER_JSON


@pytest.mark.usefixtures("olga")
def test_of_two_users_of_one_name_the_active_one_is_found(for_ada: Caller) -> None:
    CustomerUserFactory.create(
        customer=Customer.objects.get(pk=FABRIKAM),
        user_principal_name="olga@fabrikam.example",
        is_active=False,
    )
    answer = for_ada.get(f"/v1/customers/{FABRIKAM}/users/olga@fabrikam.example")
    assert answer.json["id"] == USER


# What is not there


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers/relationshiprequests",
        "/v1/customers/usagerecords",
        f"/v1/customers/{FABRIKAM}/subscriptions/usagerecords",
        f"/v1/customers/{FABRIKAM}/subscriptions/overage",
    ],
)
def test_a_resource_of_the_original_that_is_not_here_is_not_taken_for_an_id(
    alone: Caller, fabrikam: Customer, path: str
) -> None:
    assert alone.get(path).fault == (404, "1000")


@pytest.mark.parametrize("below", ["", "/profiles/company", "/profiles/billing", "/orders"])
def test_a_customer_who_is_nobody(alone: Caller, fabrikam: Customer, below: str) -> None:
    assert alone.get(f"/v1/customers/{NOBODY}{below}").fault == (404, "60003")
    assert alone.get(f"/v1/customers/fabrikam{below}").fault == (400, "900118")


@pytest.mark.parametrize("user", [NOBODY, "olga"])
def test_a_user_who_is_nobody(for_ada: Caller, fabrikam: Customer, user: str) -> None:
    assert for_ada.get(f"/v1/customers/{FABRIKAM}/users/{user}").fault == (404, "60002")


def test_a_user_of_somebody_else(for_ada: Caller, fabrikam: Customer) -> None:
    stranger = CustomerUserFactory.create()
    assert for_ada.get(f"/v1/customers/{FABRIKAM}/users/{stranger.pk}").fault == (404, "60002")


# Filters


def names(caller: Caller, query: str) -> list[str]:
    found = caller.get(f"/v1/customers?{query}")
    assert found.status == 200, found.text
    return [item["companyProfile"]["companyName"] for item in found.json["items"]]


def filtered(value: str, field: str = "CompanyName", operator: str = "starts_with") -> str:
    return json.dumps({"Field": field, "Value": value, "Operator": operator})


@pytest.fixture
def three(db: None) -> None:
    for name in ("Fabrikam", "A&B+C 1", "Ångström"):
        CustomerFactory.create(company_name=name, domain=f"{name[:1].lower()}x.example")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "query",
    [
        'size=0&filter={"Field":"CompanyName","Value":"Fabr","Operator":"starts_with"}',
        "size=10&filter=" + quote('{"value":"fabr","field":"CompanyName","fieldType":"String",'
                                  '"operator":"StartsWith"}'),
        "filter=" + quote(filtered("FABR")) + "&size=10",
        "FILTER=" + quote(filtered("fabr", field="company_name")),
        "filter=" + quote(filtered("FX", field="Domain")),
    ],
)  # fmt: skip
def test_a_filter_by_the_beginning_of_a_name(alone: Caller, query: str) -> None:
    assert names(alone, query) == ["Fabrikam"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "query",
    [
        'filter={"Field":"CompanyName","Value":"A&B+C 1","Operator":"starts_with"}',
        'filter={"Field":"CompanyName","Value":"A&B+C%201","Operator":"starts_with"}&size=5',
        "filter={%22Field%22:%22CompanyName%22,%22Value%22:%22A&B+%22,"
        "%22Operator%22:%22starts_with%22}",
        "filter=" + quote(filtered("A&B+C 1")),
        "filter=" + quote(filtered("A&B+C 1")).replace("%20", "+"),
        "filter=" + quote(filtered("A&B+C 1")).replace("%20", "+").replace("%3A", ":"),
    ],
)
def test_a_filter_with_characters_that_addresses_use(alone: Caller, query: str) -> None:
    assert names(alone, query) == ["A&B+C 1"]


@pytest.mark.usefixtures("three")
def test_a_filter_stays_in_the_links(alone: Caller) -> None:
    CustomerFactory.create(company_name="A&B+C 2")
    page = alone.get(f"/v1/customers?size=1&filter={quote(filtered('A&B+C'))}").json
    onward = page["links"]["next"]

    found = alone.get(f"/v1{onward['uri']}", MS_ContinuationToken=page["continuationToken"]).json
    assert [item["companyProfile"]["companyName"] for item in found["items"]] == ["A&B+C 2"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("value", ["%", "_", "\\", "'"])
def test_wildcards_are_characters(alone: Caller, value: str) -> None:
    assert names(alone, "filter=" + quote(filtered(value))) == []


@pytest.mark.parametrize(
    "text",
    [
        filtered("F", operator="substring"),
        filtered("F", field="IndirectReseller"),
        filtered("F", field=""),
        "{}",
        "[]",
        "null",
        "x",
        '{"Field":"CompanyName","Value":null,"Operator":"starts_with"}',
        '{"Field":"CompanyName","Value":["F"],"Operator":"starts_with"}',
        '{"Field":"CompanyName","Value":"F","value":"G","Operator":"starts_with"}',
        filtered("F" * 5_000),
        "{" * 3_000,
    ],
)
def test_a_filter_that_is_none(alone: Caller, text: str) -> None:
    assert alone.get(f"/v1/customers?filter={quote(text)}").fault == (400, "800002")
