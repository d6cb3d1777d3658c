"""Programs and people that speak plain http where https is set."""

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db
METHODS = ["get", "post", "put", "patch", "delete", "head"]


@pytest.fixture(autouse=True)
def _https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "address", ["/v1", "/v1/customers", "/V1//Customers/", "/auditactivity/v1/x", "/webhooks/v1/x"]
)
def test_a_call_of_the_api_is_refused_and_not_redirected(method: str, address: str) -> None:
    answer = getattr(Client(), method)(address, headers={"Authorization": "Bearer x"})

    assert (answer.status_code, "Location" in answer) == (403, False)
    if method != "head":
        assert answer.json()["attributes"] == {"objectType": "ApiFault"}
        assert "https" in answer.json()["description"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "address",
    [
        "/contoso.example/oauth2/v2.0/token",
        "/contoso.example/oauth2/token/",
        "/contoso.example/oauth2/v2.0/devicecode",
        "/contoso.example/discovery/v2.0/keys",
        "/contoso.example/v2.0/.well-known/openid-configuration",
        "/generatetoken",
    ],
)
def test_the_sign_in_of_a_program_is_refused_and_not_redirected(method: str, address: str) -> None:
    answer = getattr(Client(), method)(address)

    assert (answer.status_code, "Location" in answer) == (403, False)
    if method != "head":
        assert "https" in answer.json()["error_description"]


def test_other_addresses_of_webhooks_are_refused_too() -> None:
    assert Client().get("/webhooks").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["/", "/sign-in/", "/api/", "/contoso.example/oauth2/v2.0/authorize", "/webhooks-of-others/"],
)
def test_a_page_is_redirected(address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"]) == (301, f"https://testserver{address}")


def test_over_https_nothing_is_refused() -> None:
    answer = Client().get("/v1/customers", secure=True)
    assert (answer.status_code, answer.json()["code"]) == (401, "800001")


def test_where_https_is_not_set_plain_http_is_as_good(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = False
    assert Client().get("/v1/customers").status_code == 401
