"""Whoever is signed out while typing finds the text again after signing in."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import sign_out_everywhere
from partnercenter.unsent import KEY
from tests.customers.pages import Part, read
from tests.factories import PASSWORD
from tests.partnercenter.site import browser, fill_in_sign_in, hidden_fields

NEW = "/customers/new/"
TYPED = {"company_name": "Tailspin Toys", "city": "Lund", "country": "se"}
SENTENCE = "You were signed out before this was saved."


@pytest.fixture
def ada(ada: Agent) -> Agent:
    ada.set_password(PASSWORD)
    ada.save()
    return ada


@pytest.fixture
def client(ada: Agent) -> Client:
    """Ada's browser, signed in long ago: its session is over at the next request."""
    client = browser()
    fill_in_sign_in(client, ada.username)
    return client


def let_it_end(client: Client) -> None:
    session = client.session
    session["seen_at"] = 0
    session.save()


def send_too_late(client: Client, address: str, typed: dict[str, str], form: str = "") -> str:
    """Opens the page, lets the session end, sends the form; the address of sign-in."""
    fields = hidden_fields(client.get(address), form, last=True) if form else {}
    token = client.cookies["csrftoken"].value
    let_it_end(client)
    sent = client.post(address, {**fields, "csrfmiddlewaretoken": token, **typed})
    assert sent.status_code == 302
    return sent["Location"]


def sign_in_again(client: Client, sign_in: str, ada: Agent) -> Part:
    """The page on which she lands."""
    fields = hidden_fields(client.get(sign_in), "/sign-in/")
    fields |= {"login": ada.username, "password": PASSWORD}
    landed = client.post("/sign-in/", fields, follow=True)
    return read(landed)


def values(page: Part) -> dict[str, str]:
    return {
        field["name"]: field.attributes.get("value", "")
        for field in page.all("input")
        if field["name"] in TYPED
    }


def test_the_text_of_a_form_is_there_after_signing_in_again(client: Client, ada: Agent) -> None:
    page = sign_in_again(client, send_too_late(client, NEW, TYPED), ada)

    assert page.the("h1").words == "Add customer"
    assert values(page) == TYPED
    assert SENTENCE in page.the(role="status").words
    assert not Customer.objects.exists()


def test_it_is_there_once(client: Client, ada: Agent) -> None:
    sign_in_again(client, send_too_late(client, NEW, TYPED), ada)

    assert not any(values(read(client.get(NEW))).values())


def test_another_form_does_not_get_it(client: Client, ada: Agent, fabrikam: Customer) -> None:
    sign_in = send_too_late(client, NEW, TYPED).partition("?")[0]
    sign_in_again(client, sign_in, ada)

    bill_to = read(client.get(f"/customers/{fabrikam.pk}/account/bill-to/"))
    assert values(bill_to)["company_name"] == "Fabrikam"


def test_passwords_are_not_kept(client: Client) -> None:
    send_too_late(client, "/change-password/", {"oldpassword": PASSWORD, "password1": "secret"})

    assert "unsent" not in client.session


def test_more_than_a_form_can_hold_is_not_kept(client: Client) -> None:
    send_too_late(client, NEW, {"company_name": "x" * 30_000})

    assert "unsent" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize("cookie", ["", "a" * 32, "x"])
def test_a_stranger_leaves_nothing_behind(cookie: str) -> None:
    client = Client()
    if cookie:
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    client.post(NEW, TYPED)

    assert not Session.objects.exists()


def test_the_next_agent_at_the_same_browser_does_not_get_it(
    client: Client, ada: Agent, sam: Agent
) -> None:
    sam.set_password(PASSWORD)
    sam.save()
    page = sign_in_again(client, send_too_late(client, NEW, TYPED), sam)

    assert page.the("h1").words == "Add customer"
    assert not any(values(page).values())
    assert "unsent" not in client.session


def test_text_of_nobody_which_older_sessions_hold_is_dropped(client: Client) -> None:
    session = client.session
    session[KEY] = {"path": NEW, "fields": {"company_name": ["Tailspin Toys"]}}
    session.save()

    assert not any(values(read(client.get(NEW))).values())
    assert KEY not in client.session


def test_the_text_outlives_signing_out_everywhere_too(client: Client, ada: Agent) -> None:
    client.get(NEW)
    token = client.cookies["csrftoken"].value
    sign_out_everywhere(agent=ada, by=ada)
    sent = client.post(NEW, {"csrfmiddlewaretoken": token, **TYPED})

    assert values(sign_in_again(client, sent["Location"], ada)) == TYPED
