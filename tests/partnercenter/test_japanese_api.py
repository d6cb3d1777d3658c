"""API access, webhooks and consent speak Japanese, full and empty, and what the API answers too."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.operations import register_application
from partnercenter.webhooks.models import DeliveryState, Failure, Webhook
from tests.factories import DeliveryFactory, WebhookFactory
from tests.partnercenter.applications.signing_in import (
    CALLBACK,
    TOKEN,
    Program,
    answer_question,
    question,
)
from tests.partnercenter.english import is_english
from tests.partnercenter.japanese import JAPANESE, agent, browser_of, customer, faults, faults_of
from tests.partnercenter.site import SOMEBODY

pytestmark = pytest.mark.django_db

ACCESS = "/api-access/"
NEW = f"{ACCESS}new/"
APPLICATION = f"{ACCESS}{SOMEBODY}/"
HOOKS = f"{ACCESS}webhooks/"
HOOK = f"{HOOKS}{SOMEBODY}/"
FILLED_IN = {
    "name": "集計",
    "type": "confidential",
    "roles": ["Sales agent"],
    "redirect_uris": CALLBACK,
}
FIELDS = re.compile(r"\{.*\}")  # an example of JSON
TOLD = {"name": "通知先", "url": "https://receiver.example/", "events": ["order-created"]}


@pytest.fixture
def hanako(db: None) -> Agent:
    return agent("山田 花子", role=Role.ADMIN)


@pytest.fixture
def client(hanako: Agent) -> Client:
    return browser_of(hanako)


@pytest.fixture
def program(hanako: Agent) -> Program:
    """It holds tokens, for itself and for the agent."""
    application, secret = register_application(
        name="集計",
        roles=[Role.SALES],
        redirect_uris=[CALLBACK],
        client_id=str(SOMEBODY),
        by=hanako,
    )
    program = Program(application, secret)
    program.tokens_for(hanako)
    program.for_itself()
    return program


@pytest.fixture
def webhook(hanako: Agent) -> Webhook:
    """It was told in every way in which one can be."""
    webhook: Webhook = WebhookFactory.create(pk=SOMEBODY, name="通知先")
    ways = [(DeliveryState.DELIVERED, ""), (DeliveryState.PENDING, "")]
    ways += [(DeliveryState.FAILED, failure) for failure in Failure]
    for number, (state, error) in enumerate(ways, start=1):
        DeliveryFactory.create(
            webhook=webhook,
            record_number=number,
            state=state,
            last_error=error,
            last_status=500,
            last_attempt_at=timezone.now(),
        )
    return webhook


# Pages


@pytest.mark.parametrize("address", [ACCESS, NEW, HOOKS, f"{HOOKS}new/", "/api/", "/my-account/"])
def test_pages_where_no_program_is_known_are_japanese(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200
    assert faults(client, [address]) == {}


@pytest.mark.parametrize(
    "address",
    [ACCESS, APPLICATION, f"{APPLICATION}edit/", f"{APPLICATION}secret/", "/my-account/",
     "/activity-log/", f"/activity-log/?q={SOMEBODY}"],
)  # fmt: skip
def test_pages_of_applications_are_japanese(client: Client, program: Program, address: str) -> None:
    assert faults(client, [address]) == {}


@pytest.mark.parametrize(
    "address",
    [HOOKS, HOOK, f"{HOOK}edit/", f"{HOOK}secret/", f"{HOOK}delete/", f"{HOOK}?state=failed",
     f"{HOOK}?state=多分", f"{HOOKS}?cursor=x"],
)  # fmt: skip
def test_pages_of_webhooks_are_japanese(client: Client, webhook: Webhook, address: str) -> None:
    assert faults(client, [address]) == {}


def test_the_documentation_is_japanese_for_strangers() -> None:
    assert faults(Client(**JAPANESE), ["/api/"]) == {}


# Answers


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (NEW, FILLED_IN),
        (f"{APPLICATION}edit/", {**FILLED_IN, "name": "別の名前"}),
        (f"{APPLICATION}secret/", {}),
        (f"{APPLICATION}active/", {"active": "false"}),
        (f"{APPLICATION}tokens/", {}),
        (f"/my-account/applications/{SOMEBODY}/withdraw/", {}),
        (f"{HOOKS}new/", TOLD),
        (f"{HOOK}edit/", TOLD),
        (f"{HOOK}secret/", {}),
        (f"{HOOK}active/", {"active": "false"}),
        (f"{HOOK}delete/", {}),
    ],
)
def test_what_was_done_is_said_in_japanese(
    client: Client, program: Program, webhook: Webhook, address: str, fields: dict[str, Any]
) -> None:
    records = ActivityRecord.objects.count()
    answer = client.post(address, fields, follow=True)

    assert ActivityRecord.objects.count() == records + 1
    assert faults_of(answer) == []


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (NEW, {}),
        (NEW, {"name": "集計"}),
        (NEW, {**FILLED_IN, "redirect_uris": "http://社"}),
        (f"{APPLICATION}edit/", {}),
        (f"{APPLICATION}active/", {}),
        (f"{HOOKS}new/", {}),
        (f"{HOOKS}new/", {**TOLD, "url": "社"}),
        (f"{HOOKS}new/", {**TOLD, "events": ["何か"]}),
        (f"{HOOK}active/", {}),
    ],
)
def test_what_was_not_accepted_is_said_in_japanese(
    client: Client, program: Program, webhook: Webhook, address: str, fields: dict[str, Any]
) -> None:
    records = ActivityRecord.objects.count()
    answer = client.post(address, fields, follow=True)

    assert answer.status_code in (400, 422)
    assert ActivityRecord.objects.count() == records
    assert faults_of(answer) == []


# Consent


def test_an_agent_is_asked_in_japanese(client: Client, program: Program) -> None:
    page = client.get(question(program))
    assert page.status_code == 200
    assert faults_of(page) == []
    assert answer_question(client, page).status_code == 302


@pytest.mark.parametrize("wrong", [{"client_id": "x"}, {"redirect_uri": "https://other.example/"}])
def test_a_question_that_nobody_may_ask_is_refused_in_japanese(
    client: Client, program: Program, wrong: dict[str, str]
) -> None:
    answer = client.get(question(program, **wrong))
    assert answer.status_code == 400
    assert faults_of(answer) == []


# What programs are told


@pytest.mark.parametrize(
    "path",
    ["/v1/nothing", "/v1/customers/x", f"/v1/customers/{SOMEBODY}/orders/{SOMEBODY}",
     f"/v1/customers/{SOMEBODY}/subscriptions/{SOMEBODY}", f"/v1/SelfServePolicy/{SOMEBODY}",
     f"/v1/customers/{SOMEBODY}/users", "/v1/customers?filter=x"],
)  # fmt: skip
def test_errors_of_the_api_are_described_in_japanese(program: Program, path: str) -> None:
    fabrikam: Customer = customer("ファブリカム株式会社", pk=SOMEBODY)
    assert fabrikam.pk == SOMEBODY
    token = program.for_itself().json()["access_token"]
    answer = Client(**JAPANESE).get(path, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code >= 400
    description = str(answer.json()["description"]).replace('"starts_with"', "")
    assert is_english(FIELDS.sub("", description)) is False


def test_a_sign_in_of_a_program_that_fails_is_described_in_japanese(program: Program) -> None:
    grants = ["client_credentials", "authorization_code", "refresh_token", "password", ""]
    browser = Client(**JAPANESE)
    answers = [
        browser.post(
            TOKEN,
            urlencode({**program.credentials, "client_secret": "x", "grant_type": grant}),
            content_type="application/x-www-form-urlencoded",
        )
        for grant in grants
    ]
    told = [str(answer.json()["error_description"]) for answer in answers]

    assert all(answer.status_code in (400, 401) for answer in answers)
    assert [sentence for sentence in told if is_english(sentence)] == []
