"""Several workers at once: nothing is planned twice, and nothing is sent twice."""

from functools import partial

from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.webhooks.courier import carry_out
from partnercenter.webhooks.delivery import claim_next
from partnercenter.webhooks.models import Webhook
from partnercenter.webhooks.operations import (
    delete_webhook,
    replace_webhook_secret,
    resend_delivery,
    set_webhook_active,
)
from partnercenter.webhooks.planning import plan
from tests.customers.racing import (
    at_once,
    errors,
    on_postgresql,
    ready_customers,
    turn,
)
from tests.partnercenter.webhooks.receiving import Receiver
from tests.partnercenter.webhooks.telling import stored, told_of

pytestmark = on_postgresql

WORKERS = 8


def test_each_record_is_planned_once(webhook: Webhook, fabrikam: Customer, ada: Agent) -> None:
    acts = [partial(turn, customer, ada, on=True) for customer in ready_customers(12)]
    outcomes = at_once([*acts, *[plan] * WORKERS])
    plan()
    assert errors(outcomes) == []
    assert told_of(webhook) == ["self-serve-policy-created"] * 12


def test_each_delivery_is_claimed_once(webhook: Webhook, fabrikam: Customer, ada: Agent) -> None:
    for on in (True, False, True):
        turn(fabrikam, ada, on=on)
    plan()
    claims = [claim for claim in at_once([claim_next] * WORKERS) if claim]
    assert errors(claims) == []
    assert len({claim.delivery.pk for claim in claims}) == len(claims) == 3


def test_each_event_is_sent_once(webhook: Webhook, receiver: Receiver, ada: Agent) -> None:
    for customer in ready_customers(10):
        turn(customer, ada, on=True)
    outcomes = at_once([carry_out] * 4)
    assert errors(outcomes) == []
    assert len(receiver.received) == 10
    assert len({received.id for received in receiver.received}) == 10
    assert set(webhook.deliveries.values_list("state", "attempts")) == {("delivered", 1)}


def test_acts_on_a_webhook_race_with_its_deliveries_without_a_fault(
    webhook: Webhook, receiver: Receiver, ada: Agent
) -> None:
    for customer in ready_customers(6):
        turn(customer, ada, on=True)
    plan()
    delivery = webhook.deliveries.earliest("record_number")
    outcomes = at_once(
        [
            carry_out,
            carry_out,
            partial(resend_delivery, delivery=delivery, by=ada),
            partial(replace_webhook_secret, webhook=webhook, by=ada),
            partial(set_webhook_active, webhook=webhook, active=True, by=ada),
        ]
    )
    assert errors(outcomes) == []
    assert stored(webhook).is_active


def test_a_webhook_that_is_deleted_while_it_is_told_leaves_nothing_behind(
    webhook: Webhook, receiver: Receiver, ada: Agent
) -> None:
    for customer in ready_customers(6):
        turn(customer, ada, on=True)
    outcomes = at_once([carry_out, carry_out, partial(delete_webhook, webhook=webhook, by=ada)])
    assert errors(outcomes) == []
    assert not Webhook.objects.exists()
