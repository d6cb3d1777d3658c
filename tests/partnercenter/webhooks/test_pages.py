"""The pages of webhooks: the list, one webhook with what it was sent, and its acts."""

import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activitylog.events import webhook_events
from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.webhooks.courier import carry_out
from partnercenter.webhooks.models import Delivery, Webhook
from partnercenter.webhooks.operations import set_webhook_active
from tests.conftest import SignIn, signed_in
from tests.factories import DeliveryFactory, WebhookFactory
from tests.partnercenter.site import Answer, sentence_of, text_of
from tests.partnercenter.webhooks.receiving import Receiver
from tests.partnercenter.webhooks.telling import CREATED, DELETED, stored, the_delivery, turn

pytestmark = pytest.mark.django_db

LIST = "/api-access/webhooks/"
FILLED_IN = {"name": "Billing", "url": "https://receiver.example/", "events": [CREATED, DELETED]}


@pytest.fixture
def client(ada: Agent) -> Client:
    return signed_in(ada)


def address(webhook: Webhook, act: str = "") -> str:
    return f"{LIST}{webhook.pk}/{act}/" if act else f"{LIST}{webhook.pk}/"


def resend_address(delivery: Delivery) -> str:
    return address(delivery.webhook, f"deliveries/{delivery.pk}/resend")


def shown_secret(answer: Answer) -> str:
    found = re.search(r'id="webhook-secret">([^<]+)<', answer.content.decode())
    assert found
    return unescape(found[1])


def actions() -> list[str]:
    return list(ActivityRecord.objects.order_by("number").values_list("action", flat=True))


# The list


def test_without_any_the_list_says_what_webhooks_are_for(client: Client) -> None:
    answer = text_of(client.get(LIST))
    assert "A webhook tells another program" in answer
    assert "Add the first webhook" in answer


def test_the_list_tells_state_and_what_was_sent_last(client: Client, ada: Agent) -> None:
    WebhookFactory.create(name="A, never told of anything")
    told = DeliveryFactory.create(webhook__name="B", state="delivered").webhook
    failing = DeliveryFactory.create(webhook__name="C", state="pending").webhook
    Delivery.objects.update(last_attempt_at=told.created_at)
    set_webhook_active(webhook=failing, active=False, by=ada)

    never, good, bad = text_of(client.get(LIST)).split("<tr>")[2:]
    assert "2 events" in never
    assert "Never" in never
    assert "just now" in good
    assert "Not delivered" not in good
    assert "Not delivered" in bad
    assert "Deactivated" in bad


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def test_twenty_webhooks_take_no_more_queries_than_two(client: Client) -> None:
    DeliveryFactory.create_batch(2)
    few = queries_of(client, LIST)
    DeliveryFactory.create_batch(18)
    assert queries_of(client, LIST) == few
    assert few <= 10


def test_twenty_deliveries_take_no_more_queries_than_two(client: Client) -> None:
    webhook = WebhookFactory.create()
    DeliveryFactory.create_batch(2, webhook=webhook)
    few = queries_of(client, address(webhook))
    DeliveryFactory.create_batch(18, webhook=webhook)
    assert queries_of(client, address(webhook)) == few
    assert few <= 10


# Adding


def test_a_new_webhook_shows_its_secret_once(client: Client) -> None:
    answer = client.post(f"{LIST}new/", FILLED_IN, follow=True)

    assert answer.status_code == 200
    assert "shown this once" in text_of(answer)
    webhook = Webhook.objects.get()
    assert (webhook.name, webhook.events) == ("Billing", [CREATED, DELETED])
    assert actions() == ["create_webhook"]
    secret = shown_secret(answer)
    assert secret not in text_of(client.get(address(webhook)))
    assert secret not in str(dict(client.session))


def test_a_new_webhook_listens_to_everything_unless_one_says_otherwise(client: Client) -> None:
    answer = text_of(client.get(f"{LIST}new/"))
    for event in webhook_events():
        assert re.search(rf'value="{event}"[^>]* checked', answer), event


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"url": "nowhere"}, "Enter an address that begins with https:// / http://"),
        ({"name": ""}, "This field is required."),
        ({"events": []}, "Choose at least one event"),
    ],
)
def test_a_form_that_is_not_accepted_says_why_and_changes_nothing(
    client: Client, details: dict[str, object], sentence: str
) -> None:
    answer = client.post(f"{LIST}new/", {**FILLED_IN, **details})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Webhook.objects.exists()
    assert actions() == []


# One webhook


def test_its_page_says_what_it_was_sent(
    client: Client, webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    receiver.status = 500
    carry_out()
    turn(fabrikam, ada, on=False)
    receiver.status = 200
    carry_out()

    newest, oldest = text_of(client.get(address(webhook))).split("<tr>")[2:]
    assert DELETED in newest
    assert "Delivered" in newest
    assert "HTTP 200" in newest
    assert "Resend" in newest
    assert CREATED in oldest
    assert "Waiting" in oldest
    assert "HTTP 500" in oldest
    assert "Send now" in oldest
    assert "in a moment" in oldest


def test_before_anything_happens_its_page_says_so(client: Client) -> None:
    answer = text_of(client.get(address(WebhookFactory.create())))
    assert "Nothing was sent yet." in answer


def test_what_was_sent_is_filtered_by_its_state(sign_in: SignIn, ada: Agent) -> None:
    webhook = WebhookFactory.create()
    for number, state in enumerate(("delivered", "failed", "failed"), start=7001):
        DeliveryFactory.create(webhook=webhook, record_number=number, state=state)
    answer = text_of(sign_in(ada).get(address(webhook) + "?state=failed"))
    assert ["7001" in answer, "7002" in answer, "7003" in answer] == [False, True, True]


def test_a_state_that_there_is_not_is_a_bad_request(sign_in: SignIn, ada: Agent) -> None:
    assert sign_in(ada).get(address(WebhookFactory.create()) + "?state=lost").status_code == 400


def test_what_was_sent_is_paged_newest_first(sign_in: SignIn, ada: Agent) -> None:
    webhook, client = WebhookFactory.create(), sign_in(ada)
    DeliveryFactory.create_batch(30, webhook=webhook)
    first = client.get(address(webhook))
    assert first.content.count(b'scope="row"') == 25
    following = re.search(r'href="(\?[^"]*cursor[^"]*)"', first.content.decode())
    assert following
    second = client.get(address(webhook) + unescape(following[1]))
    assert second.content.count(b'scope="row"') == 5


def test_deliveries_of_another_webhook_are_not_shown(client: Client) -> None:
    DeliveryFactory.create(record_number=7001)
    assert "7001" not in text_of(client.get(address(WebhookFactory.create())))


# Changing


def test_it_is_changed(client: Client) -> None:
    webhook = WebhookFactory.create()
    answer = client.post(address(webhook, "edit"), {**FILLED_IN, "name": "Invoices"})
    assert answer["Location"] == address(webhook)
    assert stored(webhook).name == "Invoices"
    assert actions() == ["update_webhook"]


def test_a_change_that_is_not_accepted_keeps_what_was_typed(client: Client) -> None:
    webhook = WebhookFactory.create(name="Before")
    answer = client.post(address(webhook, "edit"), {**FILLED_IN, "url": "nowhere"})
    assert answer.status_code == 422
    assert 'value="nowhere"' in text_of(answer)
    assert (stored(webhook).name, actions()) == ("Before", [])


def test_it_is_deactivated_and_reactivated(client: Client) -> None:
    webhook = WebhookFactory.create()
    client.post(address(webhook, "active"), {"active": "false"})
    assert not stored(webhook).is_active
    assert "Reactivate" in text_of(client.get(address(webhook)))
    client.post(address(webhook, "active"), {"active": "true"})
    assert actions() == ["deactivate_webhook", "reactivate_webhook"]


def test_the_state_must_be_said(client: Client) -> None:
    webhook = WebhookFactory.create()
    answer = client.post(address(webhook, "active"), {"active": "maybe"})
    assert answer.status_code == 400
    assert "Nothing was changed." in sentence_of(answer)


def test_a_new_secret_is_shown_once(client: Client) -> None:
    webhook = WebhookFactory.create()
    page = client.get(address(webhook, "secret"))
    assert "signed with both the new and the old secret" in text_of(page)
    assert actions() == []
    secret = shown_secret(client.post(address(webhook, "secret"), follow=True))
    assert secret.startswith("whsec_")
    assert actions() == ["replace_webhook_secret"]


def test_it_is_deleted_after_a_question(client: Client) -> None:
    webhook = WebhookFactory.create(name="Old")
    assert "The Activity log keeps" in text_of(client.get(address(webhook, "delete")))
    answer = client.post(address(webhook, "delete"), follow=True)
    assert "Old was deleted." in text_of(answer)
    assert (Webhook.objects.count(), actions()) == (0, ["delete_webhook"])


def test_a_delivery_is_sent_again(client: Client) -> None:
    delivery = DeliveryFactory.create(state="failed", attempts=7)
    answer = client.post(resend_address(delivery))
    assert answer["Location"] == address(delivery.webhook)
    assert (the_delivery().state, the_delivery().attempts) == ("pending", 0)
    assert actions() == ["resend_webhook_delivery"]


def test_a_deactivated_webhook_offers_no_resending_and_refuses_it(client: Client) -> None:
    delivery = DeliveryFactory.create(state="failed", webhook__is_active=False)
    assert "Resend" not in text_of(client.get(address(delivery.webhook)))
    answer = client.post(resend_address(delivery))
    assert answer.status_code == 422
    assert "Reactivate it first. Nothing was changed." in sentence_of(answer)
    assert (the_delivery().state, actions()) == ("failed", [])


def test_a_delivery_of_another_webhook_is_not_found(client: Client) -> None:
    delivery, other = DeliveryFactory.create(), WebhookFactory.create()
    assert client.post(address(other, f"deliveries/{delivery.pk}/resend")).status_code == 404


@pytest.mark.parametrize("act", ["", "edit", "active", "secret", "delete"])
def test_an_unknown_webhook_is_not_found(client: Client, act: str) -> None:
    nobody = Webhook(pk=uuid.uuid4())
    answer = client.post if act == "active" else client.get
    assert answer(address(nobody, act)).status_code == 404


# Who may


@pytest.mark.parametrize("act", ["", "edit", "active", "secret", "delete"])
def test_other_roles_see_and_change_nothing(
    sign_in: SignIn, sam: Agent, hana: Agent, act: str
) -> None:
    webhook = WebhookFactory.create()
    for agent in (sam, hana):
        client = sign_in(agent)
        answers = [client.get(address(webhook, act)), client.post(address(webhook, act))]
        assert {answer.status_code for answer in answers} <= {403, 405}
        assert client.get(LIST).status_code == client.get(f"{LIST}new/").status_code == 403
    assert actions() == []


def test_hostile_names_are_shown_as_text(client: Client) -> None:
    webhook = WebhookFactory.create(name='"><script>alert(1)</script>')
    for page in (LIST, address(webhook), address(webhook, "delete"), address(webhook, "secret")):
        assert "<script>alert" not in text_of(client.get(page))
