"""If-Match, which says the etag as the body's attributes do (RFC 9110, section 13.1.1)."""

import pytest
from django.conf import settings

from customers.models import Customer
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(fabrikam_azure: object, fabrikam: Customer) -> str:
    subscription = fabrikam.subscriptions.get()
    return f"/v1/customers/{fabrikam.pk}/subscriptions/{subscription.pk}"


def test_a_change_under_the_present_etag(for_ada: Caller, path: str) -> None:
    etag = for_ada.get(path).json["attributes"]["etag"]
    answer = for_ada.patch(path, {"friendlyName": "Ours"}, If_Match=etag)
    assert (answer.status, answer.json["friendlyName"]) == (200, "Ours")


@pytest.mark.parametrize("header", ['"stale"', "stale"])
def test_a_stale_etag_changes_nothing(for_ada: Caller, path: str, header: str) -> None:
    with nothing_changes():
        answer = for_ada.patch(path, {"friendlyName": "Ours"}, If_Match=header)
    assert answer.fault == (400, "2055")


def test_an_etag_in_the_body_and_another_in_the_header(for_ada: Caller, path: str) -> None:
    etag = for_ada.get(path).json["attributes"]["etag"]
    body = {"friendlyName": "Ours", "attributes": {"etag": etag}}
    with nothing_changes():
        assert for_ada.patch(path, body, If_Match='"stale"').fault == (400, "2055")
    assert for_ada.patch(path, body, If_Match=etag).status == 200


@pytest.mark.parametrize("header", ["", "*"])
def test_any_etag_will_do(for_ada: Caller, path: str, header: str) -> None:
    assert for_ada.patch(path, {"friendlyName": "Ours"}, If_Match=header).status == 200


def test_a_list_of_etags_is_refused_by_the_headers_name(for_ada: Caller, path: str) -> None:
    with nothing_changes():
        answer = for_ada.patch(path, {"friendlyName": "Ours"}, If_Match='"a", "b"')
    assert answer.fault == (400, "800002")
    assert "If-Match" in answer.json["description"]


def test_a_policy_under_a_stale_etag(
    for_ada: Caller, fabrikam_azure: object, fabrikam: Customer
) -> None:
    body = {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(fabrikam.pk)},
        "grantor": {"grantorType": "billToPartner", "tenantID": settings.TENANT_ID},
        "permissions": [{"resource": "AzureSavingsPlan", "action": "Purchase"}],
    }
    policy = for_ada.post("/v1/SelfServePolicy", body).json
    with nothing_changes():
        answer = for_ada.put("/v1/SelfServePolicy", body, If_Match='"stale"')
    assert answer.fault == (400, "2055")
    etag = policy["attributes"]["etag"]
    assert for_ada.put("/v1/SelfServePolicy", body, If_Match=etag).status == 200
