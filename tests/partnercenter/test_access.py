"""Marks on every view, and the way to sign-in and back. Who may do what: see test_matrix.py."""

import sys
from types import ModuleType
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer
from customers.portal.access import CUSTOMER_USERS
from partnercenter.access import MARK, open_to_everyone, requires
from partnercenter.agents.models import Agent
from partnercenter.checks import every_view_is_marked, url_patterns
from tests.conftest import signed_in
from tests.factories import CustomerFactory
from tests.partnercenter.site import SOMEBODY, Answer, addresses

pytestmark = pytest.mark.django_db

CLOSED = [
    address
    for address, mark in addresses()
    if not mark.startswith("open") and mark != CUSTOMER_USERS
]
ACCOUNT = f"/customers/{SOMEBODY}/account/"
SWITCH = f"/customers/{SOMEBODY}/purchase-permissions/AzureReservedInstances/"
TURN_ON = {"allowed": "true"}


@pytest.fixture
def somebody(db: None) -> Customer:
    """The customer in the addresses."""
    return CustomerFactory.create(pk=SOMEBODY)


def to_sign_in(response: Answer) -> Answer:
    """The redirect to sign-in, in one step."""
    assert response.status_code == 302
    return response


def way_back(response: Answer) -> str:
    """Where sign-in will lead."""
    parts = urlsplit(response.headers.get("HX-Redirect") or response["Location"])
    assert (parts.netloc, parts.path) == ("", "/sign-in/")
    return parse_qs(parts.query)["next"][0]


# Every view bears a mark


def test_every_view_bears_a_mark() -> None:
    patterns = list(url_patterns(get_resolver().url_patterns))

    assert [route for route, pattern in patterns if not hasattr(pattern.callback, MARK)] == []
    assert every_view_is_marked(None) == []


@pytest.fixture
def site_of(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A site of its own for one test: fill `urlpatterns`."""
    module = ModuleType("site_of_one_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.ROOT_URLCONF = module.__name__
    return module


def test_a_view_that_forgot_its_mark_is_reported(site_of: ModuleType) -> None:
    def forgetful(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    marked = requires("customers.view_customer")(forgetful)
    site_of.urlpatterns = [path("a/", marked), path("b/<int:number>/", forgetful)]  # type: ignore[attr-defined]

    (error,) = every_view_is_marked(None)
    assert error.id == "partnercenter.E001"
    assert "b/<int:number>/" in error.msg


def test_a_view_that_forgot_its_mark_is_still_closed_to_strangers(site_of: ModuleType) -> None:
    login = open_to_everyone(reason="is looked up by its name")(lambda request: HttpResponse())
    site_of.urlpatterns = [  # type: ignore[attr-defined]
        path("forgotten/", lambda request: HttpResponse()),
        path("sign-in/", login, name="account_login"),
    ]
    assert Client().get("/forgotten/")["Location"] == "/sign-in/?next=/forgotten/"


# Strangers


def test_a_stranger_is_sent_to_sign_in_and_back(somebody: Customer) -> None:
    client = Client()
    for address in CLOSED:
        assert way_back(to_sign_in(client.get(f"{address}?q=1"))) == f"{address}?q=1"


def test_a_stranger_cannot_tell_which_customers_exist(somebody: Customer) -> None:
    existing = Client().get(ACCOUNT)
    missing = Client().get(ACCOUNT.replace("1111", "9999"))
    assert existing.status_code == missing.status_code == 302


# Whose session has ended


def expired_post(**headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().post(SWITCH, TURN_ON, headers=names)


def test_an_expired_press_of_htmx_loads_sign_in_as_a_whole_page() -> None:
    response = expired_post(HX_Request="true", HX_Current_URL=f"http://testserver{ACCOUNT}?a=b")

    assert response.status_code == 200
    assert response.content == b""
    assert "Location" not in response
    assert way_back(response) == f"{ACCOUNT}?a=b"


def test_an_expired_search_of_htmx_leads_back_to_the_page_around_it() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/"}
    response = Client().get("/customers/?q=f", headers=headers)
    assert way_back(response) == "/customers/"


@pytest.mark.parametrize(
    "current",
    [
        "http://evil.example/x",
        "https://testserver.evil.example/",
        "javascript:alert(1)",
        "",
        "http://[",
    ],
)
def test_an_expired_press_does_not_lead_to_another_host(current: str) -> None:
    response = expired_post(HX_Request="true", HX_Current_URL=current)
    assert way_back(response) == "/"


def test_an_expired_plain_form_leads_back_to_the_page_it_stood_on() -> None:
    response = expired_post(Referer=f"http://testserver{ACCOUNT}?a=b")
    assert (response.status_code, way_back(response)) == (302, f"{ACCOUNT}?a=b")


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "http://evil.example/x",
        "//evil.example",
        "javascript:alert(1)",
        "http://[",
        "about:blank",
    ],
)
def test_an_expired_plain_form_without_a_page_of_ours_leads_home(referer: str) -> None:
    assert way_back(expired_post(Referer=referer)) == "/"


def test_after_signing_in_again_nobody_meets_a_page_that_only_takes_posts(
    somebody: Customer, ada: Agent
) -> None:
    target = way_back(expired_post(Referer=f"http://testserver{ACCOUNT}"))

    assert quote(target) != SWITCH
    assert signed_in(ada).get(target).status_code == 200


def test_an_expired_press_moves_nothing(fabrikam: Customer) -> None:
    Client().post(SWITCH.replace(str(SOMEBODY), str(fabrikam.pk)), TURN_ON)
    assert not ActivityRecord.objects.exists()
