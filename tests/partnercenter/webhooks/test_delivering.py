"""What is sent over HTTP, what comes of it, and when it is tried again."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.webhooks import courier, sending
from partnercenter.webhooks.courier import carry_out
from partnercenter.webhooks.delivery import DELAYS, LONGEST_WAIT
from partnercenter.webhooks.models import Delivery, Webhook
from partnercenter.webhooks.operations import create_webhook, set_webhook_active
from tests.partnercenter.webhooks.receiving import Receiver
from tests.partnercenter.webhooks.receiving import receiver as another_receiver
from tests.partnercenter.webhooks.telling import (
    CREATED,
    DELETED,
    its_time_has_come,
    sent_to,
    stored,
    the_delivery,
    turn,
)
from tests.postgresql import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "READING", 0.2)


def minutes_until_next() -> float:
    return (the_delivery().next_attempt_at - timezone.now()).total_seconds() / 60


# Success


def test_an_event_arrives_signed_with_the_webhooks_secret(
    webhook: Webhook, secret: str, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    counts = carry_out()

    [received] = receiver.received
    assert received.is_signed_with(secret)
    assert received.id == str(the_delivery().pk)
    assert received.facts["EventName"] == CREATED
    assert received.headers["Content-Type"] == "application/json"
    assert received.path == "/hook?code=hidden"
    assert (counts["planned"], counts["delivered"]) == (1, 1)


def test_another_secret_does_not_verify(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    _other, secret = create_webhook(name="B", url="http://b.example/", events=[DELETED], by=ada)
    turn(fabrikam, ada, on=True)
    carry_out()
    assert not receiver.received[0].is_signed_with(secret)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_every_success_is_one(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent, status: int
) -> None:
    receiver.status = status
    turn(fabrikam, ada, on=True)
    carry_out()

    delivery = the_delivery()
    assert (delivery.state, delivery.last_status, delivery.attempts) == ("delivered", status, 1)
    assert delivery.delivered_at
    assert delivery.claimed_until is None


def test_what_is_delivered_is_not_sent_again(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    carry_out()
    its_time_has_come()
    carry_out()
    assert receiver.names == [CREATED]


def test_events_arrive_in_the_order_in_which_they_happened(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    for on in (True, False, True):
        turn(fabrikam, ada, on=on)
    carry_out()
    assert receiver.names == [CREATED, DELETED, CREATED]


# Failure


@pytest.mark.parametrize(
    ("status", "error"), [(500, "status"), (404, "status"), (302, "redirect"), (307, "redirect")]
)
def test_an_answer_that_is_no_success_is_tried_again(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent, status: int, error: str
) -> None:
    receiver.status = status
    turn(fabrikam, ada, on=True)
    carry_out()

    delivery = the_delivery()
    assert (delivery.state, delivery.last_status) == ("pending", status)
    assert delivery.last_error == error


def test_a_redirect_is_not_followed(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    with another_receiver() as elsewhere:
        receiver.status, receiver.headers = 308, {"Location": elsewhere.url}
        turn(fabrikam, ada, on=True)
        carry_out()
        assert elsewhere.received == []


def test_nobody_at_the_address_is_tried_again(
    webhook: Webhook, fabrikam: Customer, ada: Agent
) -> None:
    sent_to(webhook, f"http://127.0.0.1:{free_port()}/")
    turn(fabrikam, ada, on=True)
    carry_out()
    assert (the_delivery().state, the_delivery().last_error) == ("pending", "connection")
    assert the_delivery().last_status is None


def test_a_receiver_that_answers_too_late_is_tried_again(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.hold()
    turn(fabrikam, ada, on=True)
    carry_out()
    assert (the_delivery().state, the_delivery().last_error) == ("pending", "timeout")


def test_a_receiver_that_never_comes_to_an_end_is_given_up(
    webhook: Webhook,
    receiver: Receiver,
    fabrikam: Customer,
    ada: Agent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "READING", 60)
    monkeypatch.setattr(courier, "LONGEST", 0.1)
    receiver.hold()
    turn(fabrikam, ada, on=True)
    carry_out()
    assert (the_delivery().state, the_delivery().last_error) == ("pending", "timeout")


def test_https_without_a_certificate_is_told_as_such(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    sent_to(webhook, receiver.url.replace("http:", "https:"))
    turn(fabrikam, ada, on=True)
    carry_out()
    assert the_delivery().last_error == "certificate"


def test_a_secret_that_cannot_be_read_is_told_as_such(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent, settings: Settings
) -> None:
    turn(fabrikam, ada, on=True)
    settings.SECRET_KEY = "another-key-" * 5
    carry_out()
    assert receiver.received == []
    assert (the_delivery().state, the_delivery().last_error) == ("pending", "secret")


def test_a_receiver_that_is_gone_is_left_alone_at_once(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 410
    turn(fabrikam, ada, on=True)
    carry_out()
    assert (the_delivery().state, the_delivery().last_error) == ("failed", "gone")


def test_a_receiver_that_is_gone_deactivates_its_webhook_and_the_log_says_why(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 410
    turn(fabrikam, ada, on=True)
    carry_out()

    written = ActivityRecord.objects.latest("number")
    assert (written.action, written.actor_name) == ("deactivate_webhook", "system")
    assert (written.new or {})["answer"] == 410
    assert not stored(webhook).is_active
    assert stored(webhook).gone_at == written.at


def test_a_receiver_that_is_gone_is_not_sent_what_happens_next(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 410
    for on in (True, False):
        turn(fabrikam, ada, on=on)
        carry_out()
    assert len(receiver.received) == 1


def test_a_webhook_whose_receiver_was_gone_can_be_reactivated(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 410
    turn(fabrikam, ada, on=True)
    carry_out()
    receiver.status = 200
    set_webhook_active(webhook=webhook, active=True, by=ada)
    turn(fabrikam, ada, on=False)
    carry_out()
    assert receiver.names == [CREATED, DELETED]
    assert stored(webhook).gone_at is None


def test_an_act_succeeds_while_the_receiver_is_down(
    webhook: Webhook, fabrikam: Customer, ada: Agent
) -> None:
    sent_to(webhook, f"http://127.0.0.1:{free_port()}/")
    turn(fabrikam, ada, on=True)
    carry_out()
    turn(fabrikam, ada, on=False)
    assert not fabrikam.purchase_permissions.get().allowed


def test_a_receiver_that_is_slow_holds_up_nobody_else(
    webhook: Webhook,
    receiver: Receiver,
    fabrikam: Customer,
    ada: Agent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other one gets both events while the first one still thinks of its first, and it would
    think for ever if it did not.
    """
    monkeypatch.setattr(sending, "READING", 60)
    receiver.hold()
    with another_receiver() as quick:
        create_webhook(name="B", url=quick.url, events=[CREATED, DELETED], by=ada)
        turn(fabrikam, ada, on=True)
        turn(fabrikam, ada, on=False)
        quick.when_two_arrived = receiver.let_go
        carry_out()
        assert quick.names == [CREATED, DELETED]
    assert receiver.names == [CREATED, DELETED]


# Again


def test_each_failure_waits_longer_and_the_last_one_is_the_end(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 500
    turn(fabrikam, ada, on=True)
    waited = []
    for _attempt in DELAYS:
        carry_out()
        delivery = the_delivery()
        assert delivery.last_attempt_at
        waited.append(round((delivery.next_attempt_at - timezone.now()).total_seconds()))
        its_time_has_come()
    carry_out()

    assert waited == [5, 30, 120, 600, 3600, 21600]
    assert (the_delivery().state, the_delivery().attempts) == ("failed", 7)
    assert len({received.id for received in receiver.received}) == 1


def test_it_is_not_tried_before_its_time(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 500
    turn(fabrikam, ada, on=True)
    carry_out()
    carry_out()
    assert the_delivery().attempts == 1


def test_a_receiver_that_comes_back_gets_what_it_missed(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 503
    turn(fabrikam, ada, on=True)
    carry_out()
    receiver.status = 200
    its_time_has_come()
    carry_out()

    delivery = the_delivery()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("delivered", 2, "")
    assert receiver.received[0].body == receiver.received[1].body


@pytest.mark.parametrize("status", [302, 413, 429, 500, 503])
def test_a_receiver_that_asks_for_time_gets_it(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent, status: int
) -> None:
    receiver.status, receiver.headers = status, {"Retry-After": "1200"}
    turn(fabrikam, ada, on=True)
    carry_out()
    assert round(minutes_until_next()) == 20


def test_a_receiver_may_name_the_moment(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    later = timezone.now() + dt.timedelta(hours=2)
    receiver.status = 503
    receiver.headers = {"Retry-After": later.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    turn(fabrikam, ada, on=True)
    carry_out()
    assert round(minutes_until_next()) == 120


@pytest.mark.parametrize("text", ["0", "soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT", "²"])
def test_a_wish_that_means_nothing_changes_nothing(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent, text: str
) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": text}
    turn(fabrikam, ada, on=True)
    carry_out()
    assert round(minutes_until_next() * 60) == 5


@pytest.mark.parametrize("text", ["999999999", "9" * 40])
def test_nobody_is_waited_for_longer_than_six_hours(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent, text: str
) -> None:
    receiver.status, receiver.headers = 503, {"Retry-After": text}
    turn(fabrikam, ada, on=True)
    carry_out()
    assert the_delivery().next_attempt_at <= timezone.now() + LONGEST_WAIT


# Claims, and webhooks that are not to be told


def test_what_another_worker_is_sending_is_left_to_it(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 500
    turn(fabrikam, ada, on=True)
    carry_out()
    its_time_has_come(claimed_until=timezone.now() + dt.timedelta(minutes=1))
    carry_out()
    assert len(receiver.received) == 1


def test_what_a_worker_left_behind_is_sent_by_another(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 500
    turn(fabrikam, ada, on=True)
    carry_out()
    its_time_has_come(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    carry_out()
    assert len(receiver.received) == 2


def test_nothing_is_sent_to_a_webhook_that_is_deactivated(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 500
    turn(fabrikam, ada, on=True)
    carry_out()
    set_webhook_active(webhook=webhook, active=False, by=ada)
    its_time_has_come()
    carry_out()
    assert the_delivery().attempts == 1

    set_webhook_active(webhook=webhook, active=True, by=ada)
    carry_out()
    assert the_delivery().attempts == 2


def test_proxies_of_the_environment_are_not_used(
    webhook: Webhook,
    receiver: Receiver,
    fabrikam: Customer,
    ada: Agent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    turn(fabrikam, ada, on=True)
    carry_out()
    assert receiver.names == [CREATED]
    assert Delivery.objects.get().state == "delivered"
