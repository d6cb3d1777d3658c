"""What is said in Japanese after a form was sent: that it was done, or why it was not."""

from typing import Any

import pytest
from django.test import Client

from activitylog.models import ActivityRecord
from customers.models import Customer, CustomerUser, Subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.customers.pages import read
from tests.factories import PASSWORD, CustomerUserFactory
from tests.partnercenter.japanese import (
    JAPANESE,
    agent,
    browser_of,
    contract,
    customer,
    faults_of,
    turn_on,
)
from tests.partnercenter.site import SOMEBODY, Answer

pytestmark = pytest.mark.django_db

HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}
CUSTOMER = f"/customers/{SOMEBODY}"
SUBSCRIPTION = f"{CUSTOMER}/subscriptions/{SOMEBODY}"
AGENT = f"/agents/{SOMEBODY}"
SWITCH = f"{CUSTOMER}/purchase-permissions/AzureReservedInstances/"
MINE = "/my-account/second-factor"
ON, OFF = {"allowed": "true"}, {"allowed": "false"}
PLACE = {"country": "JP", "city": "港区", "address_line1": "芝 1-2-3"}
COMPANY = {"company_name": "新しい顧客", "domain": "new.example", "contact_first_name": "京子",
           "contact_last_name": "木村", "contact_email": "k@new.example",
           "culture": "ja-JP", "currency": "JPY", **PLACE}  # fmt: skip
PERSON = {"first_name": "太郎", "last_name": "鈴木", "user_principal_name": "taro@new.example"}


@pytest.fixture
def hanako(db: None) -> Agent:
    agent("佐藤 次郎", pk=SOMEBODY, role=Role.SALES)
    return agent("山田 花子", role=Role.ADMIN)


@pytest.fixture
def client(hanako: Agent) -> Client:
    return browser_of(hanako)


@pytest.fixture
def fabrikam(db: None) -> Customer:
    return customer("ファブリカム株式会社", pk=SOMEBODY)


@pytest.fixture
def azure(fabrikam: Customer) -> Subscription:
    return contract(fabrikam, pk=SOMEBODY)


@pytest.fixture
def taro(fabrikam: Customer) -> CustomerUser:
    return CustomerUserFactory.create(
        pk=SOMEBODY, customer=fabrikam, first_name="太郎", last_name="鈴木"
    )


def page_after(client: Client, address: str, fields: dict[str, str], **headers: Any) -> Answer:
    """The answer itself, or the page to which it leads."""
    return client.post(address, fields, follow=True, **headers)


def says_why(answer: Answer) -> bool:
    """Whether a sentence stands where the page tells of errors."""
    page = read(answer)
    told = [*page.all("p", class_="error"), *page.all("div", id="status", role="status")]
    told += [part for part in page.all("p") if "data-sentence" in part]
    return any(part.words for part in told)


DONE = [
    (SWITCH, ON),
    (f"{SUBSCRIPTION}/status/", {"status": "suspended"}),
    (f"{SUBSCRIPTION}/access-control/assign/", {"user": str(SOMEBODY), "role": "Owner"}),
    (f"{CUSTOMER}/users/add/", PERSON),
    (f"{CUSTOMER}/users/{SOMEBODY}/remove/", {}),
    (f"{CUSTOMER}/account/bill-to/", {**COMPANY, "first_name": "京子", "last_name": "木村",
                                      "email": "k@new.example", "currency": "JPY"}),
    ("/customers/new/", COMPANY),
    ("/my-account/", {"appearance": "dark", "rows_per_page": "50", "language": ""}),
    ("/my-account/sign-out-everywhere/", {}),
    ("/sign-out/", {}),
    ("/agents/invite/", {"display_name": "新人", "username": "n@new.example",
                         "roles": "Sales agent"}),
    (f"{AGENT}/edit/", {"display_name": "佐藤 四郎", "roles": "Helpdesk agent"}),
    (f"{AGENT}/active/", {"active": "false"}),
    (f"{AGENT}/one-time-password/", {}),
    (f"{AGENT}/second-factors/", {}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "fields"), DONE)
def test_what_was_done_is_said_in_japanese(
    client: Client, azure: Subscription, taro: CustomerUser, address: str, fields: dict[str, str]
) -> None:
    answer = page_after(client, address, fields)
    assert answer.status_code == 200
    assert faults_of(answer) == []


def test_the_moved_switch_is_japanese_as_a_fragment_too(
    client: Client, azure: Subscription
) -> None:
    answers = [client.post(SWITCH, fields, **HTMX) for fields in (ON, ON, OFF, OFF)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [fault for answer in answers for fault in faults_of(answer)] == []


NOT_DONE = [
    (SWITCH, ON),
    (SWITCH, {}),
    ("/customers/new/", {}),
    ("/customers/new/", {**COMPANY, "country": "日本", "domain": "社", "contact_email": "社",
                         "id": "社"}),
    ("/customers/new/", {**COMPANY, "domain": "x" * 300, "company_name": "社" * 300,
                         "id": str(SOMEBODY)}),
    (f"{CUSTOMER}/account/bill-to/", {}),
    (f"{CUSTOMER}/users/add/", {}),
    (f"{CUSTOMER}/users/add/", {**PERSON, "user_principal_name": "太郎"}),
    ("/agents/invite/", {"display_name": ""}),
    ("/agents/invite/", {"display_name": "新人", "username": "新人", "roles": "所有者"}),
    (f"{AGENT}/edit/", {"display_name": ""}),
    (f"{AGENT}/active/", {}),
    ("/my-account/", {"appearance": "青", "rows_per_page": "7", "language": "青"}),
    ("/my-account/language/", {"language": "青"}),
    ("/confirm-password/", {"password": "違う"}),
    ("/confirm-password/", {}),
    ("/change-password/", {}),
    ("/change-password/", {"oldpassword": "違う", "password1": "123", "password2": "456"}),
    ("/change-password/", {"oldpassword": PASSWORD, "password1": "password",
                           "password2": "password"}),
    ("/customers/export/", {"format": "xlsx"}),
    ("/customers/export/?size=7", {"format": "csv"}),
    (f"{MINE}/app/add/", {"code": "000000"}),
    (f"{MINE}/app/add/", {}),
    (f"{MINE}/codes/generate/", {}),
    (f"{MINE}/passkeys/add/", {"name": "鍵", "credential": "{}"}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "fields"), NOT_DONE)
def test_what_was_not_accepted_is_said_in_japanese(
    client: Client, fabrikam: Customer, address: str, fields: dict[str, str]
) -> None:
    records = ActivityRecord.objects.count()
    answer = page_after(client, address, fields)

    assert says_why(answer)
    assert faults_of(answer) == []
    assert ActivityRecord.objects.count() == records


def test_what_collides_with_what_is_there_is_said_in_japanese(
    client: Client, azure: Subscription, taro: CustomerUser, hanako: Agent
) -> None:
    turn_on(azure.customer, hanako)
    answers = [
        client.post("/customers/new/", {**COMPANY, "domain": azure.customer.domain}),
        client.post(
            f"{CUSTOMER}/users/add/",
            {**PERSON, "user_principal_name": taro.user_principal_name},
        ),
        client.post(
            "/agents/invite/",
            {"display_name": "新人", "username": hanako.username, "roles": "Sales agent"},
        ),
        client.post(f"{CUSTOMER}/account/relationship/"),
        client.post(f"{CUSTOMER}/subscriptions/azure-plan/"),
        client.post(f"/agents/{hanako.pk}/active/", {"active": "false"}),
    ]
    assert [answer.status_code for answer in answers] == [422] * 6
    assert [fault for answer in answers for fault in faults_of(answer)] == []


def test_a_sign_in_that_fails_is_japanese(hanako: Agent) -> None:
    client = Client(**JAPANESE)
    form = {"login": hanako.username, "password": "違う"}
    answers = [client.post("/sign-in/", {}), *[client.post("/sign-in/", form) for _ in range(6)]]

    assert answers[-1].status_code == 429
    assert [fault for answer in answers for fault in faults_of(answer)] == []


def test_a_passkey_that_does_not_let_in_is_japanese() -> None:
    client = Client(**JAPANESE)
    answer = page_after(client, "/sign-in/passkey/", {"credential": "{}"})
    assert faults_of(answer) == []


def test_a_form_that_is_out_of_date_is_japanese(hanako: Agent) -> None:
    client = Client(enforce_csrf_checks=True, **JAPANESE)
    client.force_login(hanako)
    answer = client.post("/my-account/", {})

    assert answer.status_code == 403
    assert faults_of(answer) == []


def test_what_was_not_sent_because_of_a_lost_session_is_asked_for_in_japanese(
    fabrikam: Customer, hanako: Agent
) -> None:
    client = Client(**JAPANESE)
    answer = page_after(client, f"{CUSTOMER}/users/add/", PERSON)
    assert faults_of(answer) == []


@pytest.mark.parametrize(
    ("address", "heading"),
    [("/customers/export/", "会社名"), ("/activity-log/export/", "影響を受ける顧客")],
)
def test_files_for_spreadsheets_are_japanese(
    client: Client, azure: Subscription, hanako: Agent, address: str, heading: str
) -> None:
    turn_on(azure.customer, hanako)
    answer = client.post(address, {"format": "csv"})
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]

    assert heading in text.partition("\n")[0]
    assert "Admin agent" not in text
