"""What every answer says to the browser beside its page."""

import sys
from types import ModuleType

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_password
from tests.conftest import SignIn, signed_in
from tests.factories import PASSWORD, CustomerFactory
from tests.partnercenter.site import (
    SOMEBODY,
    Answer,
    addresses,
    browser,
    fill_in_sign_in,
    is_signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
ADDRESSES = [address for address, _ in addresses()]


def directives(policy: str) -> list[str]:
    return sorted(directive.strip() for directive in policy.split(";"))


def is_guarded(response: Answer) -> bool:
    return (
        directives(response["Content-Security-Policy"]) == directives(POLICY)
        and response["X-Content-Type-Options"] == "nosniff"
        and response["Referrer-Policy"] == "same-origin"
        and response["Cross-Origin-Opener-Policy"] == "same-origin"
        and response["X-Frame-Options"] == "DENY"
    )


def is_private(response: Answer) -> bool:
    return "no-store" in response["Cache-Control"] and "HX-Request" in response["Vary"]


@pytest.fixture(autouse=True)
def _somebody(db: None) -> None:
    """The customer in the addresses."""
    CustomerFactory.create(pk=SOMEBODY)


def test_every_page_is_guarded_and_private(sign_in: SignIn, ada: Agent) -> None:
    client = sign_in(ada)
    for address in ADDRESSES:
        response = client.get(address)
        assert is_guarded(response), address
        assert is_private(response), address

    assert is_signed_in(client)


def test_what_strangers_see_is_guarded_too() -> None:
    client = Client()
    for address in ADDRESSES:
        response = client.get(address)
        assert is_guarded(response), address
        assert is_private(response), address


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/customers/?q=%00", 400),
        ("/customers/?size=37", 400),
        ("/customers/?cursor=x", 400),
        ("/activity-log/", 403),
        ("/customers/none/", 404),
        (f"/customers/{SOMEBODY}/purchase-permissions/x/", 405),
    ],
)
def test_error_pages_are_guarded_too(
    sign_in: SignIn, sam: Agent, address: str, status: int
) -> None:
    response = sign_in(sam).get(address)

    assert response.status_code == status
    assert is_guarded(response)
    assert is_private(response)


def test_over_https_browsers_are_told_to_stay_there(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 3600

    for address in ("/sign-in/", "/customers/", "/nowhere/", "/livez"):
        assert Client().get(address, secure=True)["Strict-Transport-Security"] == "max-age=3600"
        assert "Strict-Transport-Security" not in Client().get(address)


def test_the_way_to_https_is_guarded_too(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/sign-in/")

    assert response["Location"] == "https://testserver/sign-in/"
    assert is_guarded(response)


def test_style_sheets_are_guarded_too() -> None:
    response = Client().get("/static/css/tokens.css")

    assert response.status_code == 200
    assert is_guarded(response)


def test_the_page_about_an_outdated_form_is_guarded_too() -> None:
    response = browser().post("/sign-in/")

    assert response.status_code == 403
    assert "Reload it and try again." in text_of(response)
    assert is_guarded(response)


def test_the_page_about_too_many_failures_is_guarded_too() -> None:
    for _ in range(6):
        response = fill_in_sign_in(browser(), "nobody@partner.example", "a-wrong-password")

    assert response.status_code == 429
    assert is_guarded(response)
    assert is_private(response)


def test_the_page_about_a_host_that_is_not_ours_is_guarded_too() -> None:
    response = browser().get("/sign-in/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "evil.example" not in text_of(response)
    assert is_guarded(response)


@pytest.fixture
def _broken_site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError("not for the eyes of people")

    def unreachable(request: HttpRequest) -> HttpResponse:
        raise OperationalError("not for the eyes of people")

    module = ModuleType("site_with_broken_pages")
    module.urlpatterns = [path("500/", broken), path("503/", unreachable)]  # type: ignore[attr-defined]
    module.handler500 = "partnercenter.errors.server_error"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.ROOT_URLCONF = module.__name__


@pytest.mark.usefixtures("_broken_site")
@pytest.mark.parametrize("status", [500, 503])
def test_pages_about_faults_are_guarded_and_bear_the_request_id(ada: Agent, status: int) -> None:
    response = signed_in(ada).get(f"/{status}/")

    assert response.status_code == status
    assert response["X-Request-ID"] in text_of(response)
    assert "not for the eyes of people" not in text_of(response)
    assert is_guarded(response)
    assert is_private(response)


def test_every_request_has_an_id_of_its_own(ada: Agent) -> None:
    client = signed_in(ada)
    ids = {client.get("/").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


def test_nobody_chooses_the_id_of_his_request(ada: Agent) -> None:
    response = signed_in(ada).get("/", headers={"X-Request-ID": "mine"})
    assert response["X-Request-ID"] != "mine"


def test_the_record_bears_the_id_of_the_request_that_caused_it(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    address = f"/customers/{fabrikam.pk}/purchase-permissions/AzureReservedInstances/"
    response = sign_in(ada).post(address, {"allowed": "true"})

    record = ActivityRecord.objects.get()
    assert record.request_id == response["X-Request-ID"] != ""
    assert (record.channel, record.address) == ("dashboard", "127.0.0.1")


def test_cookies_are_kept_from_scripts_and_other_sites(ada: Agent) -> None:
    set_password(agent=ada, password=PASSWORD, by=System())
    cookies = fill_in_sign_in(browser(), "ada@partner.example").cookies

    assert cookies["sessionid"]["httponly"]
    assert cookies["sessionid"]["samesite"] == cookies["csrftoken"]["samesite"] == "Lax"
