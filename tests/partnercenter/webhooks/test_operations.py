"""Webhooks come, change and go, each time with a record; their secrets stay secret."""

import datetime as dt
import logging

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from partnercenter.sealing import unseal
from partnercenter.webhooks.courier import carry_out
from partnercenter.webhooks.messages import SEALED_FOR
from partnercenter.webhooks.models import Delivery, Webhook
from partnercenter.webhooks.operations import (
    create_webhook,
    delete_webhook,
    replace_webhook_secret,
    resend_delivery,
    set_webhook_active,
    update_webhook,
)
from tests.partnercenter.webhooks.receiving import Receiver
from tests.partnercenter.webhooks.telling import (
    CREATED,
    DELETED,
    its_time_has_come,
    stored,
    the_delivery,
    turn,
)

pytestmark = pytest.mark.django_db

URL = "https://receiver.example/hook"


def created(by: Agent, **details: object) -> Webhook:
    facts = {"name": "Billing", "url": URL, "events": [DELETED, CREATED], **details}
    webhook, _secret = create_webhook(by=by, **facts)  # type: ignore[arg-type] # as tests like it
    return webhook


def last() -> ActivityRecord:
    return ActivityRecord.objects.latest("number")


def number_of_records() -> int:
    return ActivityRecord.objects.count()


def delivered(customer: Customer, by: Agent) -> Delivery:
    turn(customer, by, on=True)
    carry_out()
    return the_delivery()


# Creating


def test_a_webhook_is_stored_and_recorded(ada: Agent) -> None:
    webhook = created(ada)

    record = last()
    assert (record.action, record.resource_type) == ("create_webhook", "webhook")
    assert (record.resource_id, record.actor_name) == (str(webhook.pk), "ada@partner.example")
    assert record.new == {
        "name": "Billing",
        "url": URL,
        "events": [CREATED, DELETED],
        "active": True,
    }
    assert (webhook.created_at, webhook.after) == (record.at, record.number)


def test_a_key_in_the_addresss_query_is_not_recorded(ada: Agent) -> None:
    webhook = created(ada, url=f"{URL}?code=hidden")
    assert stored(webhook).url == f"{URL}?code=hidden"
    assert "hidden" not in str(last().facts())
    assert (last().new or {})["url"] == f"{URL}?…"


@pytest.mark.parametrize(
    ("field", "details"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 129}),
        ("events", {"events": []}),
        ("events", {"events": ["tea-made"]}),
        ("events", {"events": [CREATED, "tea-made"]}),
        ("url", {"url": ""}),
        ("url", {"url": "https://receiver.example/" + "x" * 1000}),
        ("url", {"url": "ftp://receiver.example/"}),
        ("url", {"url": "receiver.example"}),
        ("url", {"url": "https://"}),
        ("url", {"url": "https:///path"}),
        ("url", {"url": "https://receiver.example:0/"}),
        ("url", {"url": "https://receiver.example:99999/"}),
        ("url", {"url": "https://ada:secret@receiver.example/"}),
        ("url", {"url": "https://@receiver.example/"}),
        ("url", {"url": "https://receiver.example/#part"}),
        ("url", {"url": "https://receiver.example/#"}),
        ("url", {"url": "https://receiver.example/a b"}),
        ("url", {"url": "https://receiver.example\\@elsewhere.example/"}),
        ("url", {"url": "https://[::1/"}),
        ("url", {"url": "https://" + "x" * 70 + ".example/"}),
        ("url", {"url": "https://receiver..example/"}),
    ],
)
def test_what_is_no_webhook_is_refused(ada: Agent, field: str, details: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as error:
        created(ada, **details)
    assert list(error.value.message_dict) == [field]
    assert not Webhook.objects.exists()
    assert number_of_records() == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://receiver.example",
        "https://198.41.0.4:8443/a?b=c",
        "https://[::1]/",
        "https://bücher.example/",
    ],
)
def test_what_is_an_address_is_taken(ada: Agent, url: str) -> None:
    assert stored(created(ada, url=url)).url == url


def test_plain_http_is_for_installations_without_https(ada: Agent, settings: Settings) -> None:
    assert created(ada, url="http://receiver.example/")
    settings.HTTPS = True
    with pytest.raises(ValidationError):
        created(ada, url="http://receiver.example/")


# Changing


def test_a_change_is_stored_and_recorded(ada: Agent) -> None:
    webhook = created(ada)
    update_webhook(webhook=webhook, name="Invoices", url=f"{URL}/2", events=[CREATED], by=ada)

    assert (last().action, (last().old or {})["name"]) == ("update_webhook", "Billing")
    assert last().new == {
        "name": "Invoices",
        "url": f"{URL}/2",
        "events": [CREATED],
        "active": True,
    }
    assert stored(webhook).url == f"{URL}/2"


def test_a_change_that_changes_nothing_is_not_recorded(ada: Agent) -> None:
    webhook = created(ada)
    update_webhook(webhook=webhook, name="Billing", url=URL, events=[CREATED, DELETED], by=ada)
    assert number_of_records() == 1


def test_a_change_of_the_query_alone_is_recorded(ada: Agent) -> None:
    webhook = created(ada, url=f"{URL}?code=1")
    update_webhook(
        webhook=webhook, name="Billing", url=f"{URL}?code=2", events=webhook.events, by=ada
    )
    assert last().action == "update_webhook"
    assert stored(webhook).url == f"{URL}?code=2"


def test_a_change_that_is_refused_changes_nothing(ada: Agent) -> None:
    webhook = created(ada)
    with pytest.raises(ValidationError):
        update_webhook(webhook=webhook, name="Invoices", url="nowhere", events=[CREATED], by=ada)
    assert (stored(webhook).name, number_of_records()) == ("Billing", 1)


def test_it_is_deactivated_and_reactivated(ada: Agent) -> None:
    webhook = created(ada)
    set_webhook_active(webhook=webhook, active=False, by=ada)
    assert (last().action, stored(webhook).is_active) == ("deactivate_webhook", False)
    set_webhook_active(webhook=webhook, active=True, by=ada)
    assert (last().action, stored(webhook).is_active) == ("reactivate_webhook", True)


@pytest.mark.parametrize("active", [True, False])
def test_the_state_that_it_is_in_already_is_not_recorded(ada: Agent, active: bool) -> None:
    webhook = created(ada)
    set_webhook_active(webhook=webhook, active=active, by=ada)
    before, after = number_of_records(), stored(webhook).after
    set_webhook_active(webhook=webhook, active=active, by=ada)
    assert (number_of_records(), stored(webhook).after) == (before, after)


# Secrets


def test_the_secret_is_sealed_in_the_database(webhook: Webhook, secret: str) -> None:
    assert secret.removeprefix("whsec_") not in str(Webhook.objects.values_list()[0])
    assert unseal(stored(webhook).sealed_secret, purpose=SEALED_FOR) == secret


def test_for_a_day_messages_are_signed_with_the_replaced_secret_too(
    webhook: Webhook, secret: str, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    new = replace_webhook_secret(webhook=webhook, by=ada)
    assert (last().action, last().old, last().new) == ("replace_webhook_secret", None, None)

    delivered(fabrikam, ada)
    assert receiver.received[0].is_signed_with(new)
    assert receiver.received[0].is_signed_with(secret)


def test_a_day_later_a_new_secret_has_taken_the_place_of_the_old_ones(
    webhook: Webhook, secret: str, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    second = replace_webhook_secret(webhook=webhook, by=ada)
    third = replace_webhook_secret(webhook=webhook, by=ada)
    retired = stored(webhook).retired_secrets
    for each in retired:
        each["until"] = (timezone.now() - dt.timedelta(seconds=1)).isoformat()
    Webhook.objects.update(retired_secrets=retired)

    delivered(fabrikam, ada)
    assert [receiver.received[0].is_signed_with(each) for each in (secret, second, third)] == [
        False,
        False,
        True,
    ]


def test_neither_secret_nor_address_stands_in_the_servers_log_or_in_the_activity_log(
    webhook: Webhook,
    secret: str,
    receiver: Receiver,
    fabrikam: Customer,
    ada: Agent,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "partnercenter")
    receiver.status = 500
    new = replace_webhook_secret(webhook=webhook, by=ada)
    delivered(fabrikam, ada)

    everything = caplog.text + str([record.facts() for record in ActivityRecord.objects.all()])
    for hidden in (secret, new, "code=hidden"):
        assert hidden not in everything


# Deleting


def test_a_webhook_goes_with_its_deliveries_and_leaves_a_record(
    webhook: Webhook, fabrikam: Customer, ada: Agent
) -> None:
    delivered(fabrikam, ada)
    delete_webhook(webhook=webhook, by=ada)

    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()
    assert (last().action, last().resource_id) == ("delete_webhook", str(webhook.pk))
    assert (last().old or {})["name"] == "Billing"


def test_deleting_it_again_does_nothing(ada: Agent) -> None:
    webhook = created(ada)
    delete_webhook(webhook=stored(webhook), by=ada)
    delete_webhook(webhook=webhook, by=ada)
    assert number_of_records() == 2


def test_one_that_was_deleted_meanwhile_is_changed_no_more(ada: Agent) -> None:
    webhook = created(ada)
    delete_webhook(webhook=stored(webhook), by=ada)
    with pytest.raises(Refused) as refusal:
        set_webhook_active(webhook=webhook, active=False, by=ada)
    assert refusal.value.code == "webhook_deleted"


# Sending again


def test_what_was_delivered_is_sent_again_under_the_same_id(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    delivery = delivered(fabrikam, ada)
    resend_delivery(delivery=delivery, by=ada)
    assert last().action == "resend_webhook_delivery"
    assert last().resource_id == str(webhook.pk)
    assert last().new == {
        "delivery": str(delivery.pk),
        "event": CREATED,
        "record": delivery.record_number,
    }

    carry_out()
    assert [received.id for received in receiver.received] == [str(delivery.pk)] * 2
    assert (the_delivery().state, the_delivery().attempts) == ("delivered", 1)


def test_what_failed_for_good_is_sent_again_with_every_retry(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 410
    delivery = delivered(fabrikam, ada)
    set_webhook_active(webhook=webhook, active=True, by=ada)
    receiver.status = 500
    resend_delivery(delivery=delivery, by=ada)
    carry_out()
    assert (the_delivery().state, the_delivery().attempts) == ("pending", 1)


def test_what_waits_is_sent_at_once(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 500
    delivery = delivered(fabrikam, ada)
    receiver.status = 200
    resend_delivery(delivery=delivery, by=ada)
    carry_out()
    assert the_delivery().state == "delivered"


def test_pressing_twice_is_recorded_once(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    delivery = delivered(fabrikam, ada)
    resend_delivery(delivery=delivery, by=ada)
    before = number_of_records()
    resend_delivery(delivery=delivery, by=ada)
    assert number_of_records() == before


def test_sending_again_leaves_a_worker_alone_who_is_at_it(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    receiver.status = 500
    delivery = delivered(fabrikam, ada)
    claimed_until = timezone.now() + dt.timedelta(minutes=1)
    later = timezone.now() + dt.timedelta(minutes=5)
    Delivery.objects.update(claimed_until=claimed_until, next_attempt_at=later)
    resend_delivery(delivery=delivery, by=ada)
    assert the_delivery().claimed_until == claimed_until


def test_nothing_is_sent_again_to_a_webhook_that_is_deactivated(
    webhook: Webhook, receiver: Receiver, fabrikam: Customer, ada: Agent
) -> None:
    delivery = delivered(fabrikam, ada)
    set_webhook_active(webhook=webhook, active=False, by=ada)
    with pytest.raises(Refused) as refusal:
        resend_delivery(delivery=delivery, by=ada)
    assert refusal.value.code == "webhook_deactivated"
    its_time_has_come()
    assert the_delivery().state == "delivered"


# Together or not at all


def test_a_webhook_and_its_record_are_rolled_back_together(ada: Agent) -> None:
    def undone() -> None:
        with transaction.atomic():
            created(ada)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        undone()
    assert not Webhook.objects.exists()
    assert number_of_records() == 0
