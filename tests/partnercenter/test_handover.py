"""Pages that show a secret: it is made once and shown once, whatever the browser does after it."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.models import Application
from partnercenter.applications.operations import register_application
from partnercenter.handover import KEY, hand_over, take_over
from partnercenter.webhooks.models import Webhook
from tests.conftest import signed_in
from tests.factories import CustomerUserFactory, WebhookFactory

SHOWN = re.compile(r'id="(?:secret|webhook-secret|one-time-password|sign-in-link)">([^<]+)<')


@dataclass(frozen=True)
class Made:
    """A form after which a page shows a secret: where it is, what is sent, what is recorded."""

    address: Callable[[Agent, Customer], str]
    fields: Callable[[], dict[str, object]]
    action: str


def _application(sam: Agent, customer: Customer) -> str:
    application, _secret = register_application(name="Reports", roles=[Role.SALES], by=System())
    return reverse("applications:application_secret", args=[application.pk])


def _link(sam: Agent, customer: Customer) -> str:
    user = CustomerUserFactory.create(customer=customer)
    return reverse("customers:send_sign_in_link", args=[customer.pk, user.pk])


NEW_WEBHOOK = {"name": "ERP", "url": "https://erp.example/", "events": ["order-created"]}
FORMS = {
    "webhook": Made(
        lambda *_: reverse("webhooks:new_webhook"),
        lambda: {**NEW_WEBHOOK, "key": str(uuid4())},
        "create_webhook",
    ),
    "secret of a webhook": Made(
        lambda *_: reverse("webhooks:webhook_secret", args=[WebhookFactory.create().pk]),
        dict,
        "replace_webhook_secret",
    ),
    "application": Made(
        lambda *_: reverse("applications:new_application"),
        lambda: {"name": "Robot", "type": "confidential", "roles": ["Sales agent"]},
        "register_application",
    ),
    "secret of an application": Made(_application, dict, "add_application_credential"),
    "agent": Made(
        lambda *_: reverse("agents:invite"),
        lambda: {
            "display_name": "Nora",
            "username": "nora@partner.example",
            "roles": ["Sales agent"],
        },
        "create_partner_user",
    ),
    "one-time password": Made(
        lambda sam, _: reverse("agents:one_time_password", args=[sam.pk]),
        dict,
        "set_partner_user_password",
    ),
    "sign-in link": Made(_link, dict, "send_sign_in_link"),
}


@pytest.fixture
def client(ada: Agent, settings: Settings) -> Client:
    settings.DEMONSTRATION = True  # where sign-in links are shown
    return signed_in(ada)


def times(action: str) -> int:
    return ActivityRecord.objects.filter(action=action).count()


def shown(client: Client, address: str) -> str | None:
    page = unescape(client.get(address, follow=True).content.decode())
    found = SHOWN.search(page)
    return found[1] if found else None


@pytest.mark.parametrize("made", FORMS.values(), ids=FORMS)
def test_a_secret_is_made_once_and_shown_once(
    client: Client, sam: Agent, northwind: Customer, made: Made
) -> None:
    answer = client.post(made.address(sam, northwind), made.fields())
    assert answer.status_code == 302
    stored = str(dict(client.session))
    secret = shown(client, answer["Location"])

    assert secret
    assert secret not in stored
    assert shown(client, answer["Location"]) is None
    assert times(made.action) == 1


def test_a_form_that_is_sent_twice_makes_one_webhook(client: Client) -> None:
    fields, address = {**NEW_WEBHOOK, "key": str(uuid4())}, reverse("webhooks:new_webhook")
    first, second = client.post(address, fields), client.post(address, fields)

    assert Webhook.objects.count() == times("create_webhook") == 1
    page = reverse("webhooks:webhook", args=[fields["key"]])
    assert (first["Location"], second["Location"]) == (f"{page}secret/", page)


def test_a_form_that_is_sent_twice_makes_one_application(client: Client) -> None:
    address = reverse("applications:new_application")
    fields: dict[str, object] = {"name": "Robot", "type": "confidential", "roles": ["Sales agent"]}
    fields["key"] = str(uuid4())
    first, second = client.post(address, fields), client.post(address, fields)

    assert Application.objects.count() == times("register_application") == 1
    page = reverse("applications:application", args=[fields["key"]])
    assert (first["Location"], second["Location"]) == (f"{page}secret/", page)


@pytest.mark.parametrize("name", ["webhooks:new_webhook", "applications:new_application"])
def test_each_form_has_a_key_of_its_own(client: Client, name: str) -> None:
    pages = [client.get(reverse(name)).content.decode() for _ in range(2)]
    keys = {re.findall(r'name="key" value="([^"]+)"', page)[0] for page in pages}
    assert len(keys) == 2


# The hand-over itself


@pytest.fixture
def visit(client: Client) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = client.session
    return request


def test_it_is_for_one_page_and_once(visit: HttpRequest) -> None:
    hand_over(visit, "mine", {"secret": "s3cret"})

    assert "s3cret" not in visit.session[KEY]
    assert take_over(visit, "another") is None
    assert take_over(visit, "mine") == {"secret": "s3cret"}
    assert take_over(visit, "mine") is None


def test_looking_at_the_headers_takes_nothing(visit: HttpRequest) -> None:
    hand_over(visit, "mine", {"secret": "s3cret"})
    visit.method = "HEAD"
    assert take_over(visit, "mine") is None
    visit.method = "GET"
    assert take_over(visit, "mine")


def test_after_minutes_it_is_gone(visit: HttpRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over(visit, "mine", {"secret": "s3cret"})
    later = timezone.now() + dt.timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert take_over(visit, "mine") is None
    assert KEY not in visit.session


def test_what_is_sealed_otherwise_is_nothing(visit: HttpRequest) -> None:
    visit.session[KEY] = "gAAAAAB"
    assert take_over(visit, "mine") is None
