"""Calls that come at once, on PostgreSQL with real threads."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.api import throttling
from partnercenter.api.models import CallCount, KeptAnswer
from tests.customers.racing import (
    RESERVATIONS,
    SAVINGS,
    assert_switches_are_the_fold_of_the_log,
    assert_the_log_is_one_story,
    at_once,
    errors,
    on_postgresql,
    ready_customers,
    turn,
)
from tests.partnercenter.api.calling import Answer, Caller, a_token, an_application

pytestmark = on_postgresql

AT_ONCE = 20
PATH = "/v1/SelfServePolicy"
OFFER = {"lineItems": [{"offerId": "a", "quantity": 1}]}


@pytest.fixture
def token(transactional_db: None, ada: Agent) -> str:
    return a_token(an_application(), ada)


def policy(customer: Customer, *resources: str) -> dict[str, Any]:
    return {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(customer.pk)},
        "grantor": {"grantorType": "billToPartner", "tenantID": settings.TENANT_ID},
        "permissions": [{"resource": each, "action": "Purchase"} for each in resources],
    }


def posting(token: str, path: str, body: Any, request_id: str) -> Callable[[], Answer]:
    """Each thread has a client of its own."""
    return lambda: Caller(token).post(path, body, MS_RequestId=request_id)


def test_twenty_repeats_at_once_are_one_act(token: str) -> None:
    (customer,) = ready_customers(1)
    before = ActivityRecord.objects.count()
    call = posting(token, PATH, policy(customer, "AzureSavingsPlan"), "one")

    answers = at_once([call] * AT_ONCE)

    assert errors(answers) == []
    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replay" not in answer.headers for answer in answers) == 1
    assert ActivityRecord.objects.count() == before + 1
    assert KeptAnswer.objects.count() == 1
    assert_the_log_is_one_story()


def test_twenty_purchases_at_once_under_one_id_are_one_order(token: str) -> None:
    (customer,) = ready_customers(1)
    orders = f"/v1/customers/{customer.pk}/orders"
    answers = at_once([posting(token, orders, OFFER, "one")] * AT_ONCE)

    assert {answer.status for answer in answers} == {201}
    assert customer.orders.count() == 1


def test_of_two_bodies_under_one_id_one_is_a_conflict(token: str) -> None:
    (customer,) = ready_customers(1)
    bodies = [policy(customer, "AzureSavingsPlan"), policy(customer, "AzureReservedInstances")]
    answers = at_once([posting(token, PATH, body, "one") for body in bodies * 5])

    assert Counter(answer.status for answer in answers) == {201: 5, 409: 5}
    assert {answer.code for answer in answers if answer.status == 409} == {"409"}
    assert_switches_are_the_fold_of_the_log()


def test_of_twenty_policies_under_ids_of_their_own_one_is_created(token: str) -> None:
    (customer,) = ready_customers(1)
    body = policy(customer, "AzureSavingsPlan")
    answers = at_once([posting(token, PATH, body, f"id-{n}") for n in range(AT_ONCE)])

    assert Counter(answer.status for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    assert {answer.code for answer in answers if answer.status == 409} == {"600041"}
    assert KeptAnswer.objects.count() == 1


def test_a_repeat_whose_first_call_is_refused_tries_by_itself(token: str) -> None:
    """Both wait for one row; the second does not get an answer that was rolled back."""
    (customer,) = ready_customers(1)
    customer.subscriptions.all().update(status="suspended")
    body = policy(customer, "AzureSavingsPlan")
    answers = at_once([posting(token, PATH, body, "one")] * AT_ONCE)

    assert {answer.fault for answer in answers} == {(400, "900318")}
    assert KeptAnswer.objects.count() == 0


def test_pages_and_calls_and_their_repeats_never_wait_in_a_circle(token: str, ada: Agent) -> None:
    """A call locks its own row first, and no other: then the customer, then the head of the log.
    Pages begin with the customer, so that nobody who holds a customer waits for a call's row.
    """
    customers = ready_customers(3)
    acts: list[Callable[[], Any]] = []
    for number in range(24):
        customer = customers[number % 3]
        both = policy(customer, "AzureSavingsPlan", "AzureReservedInstances")
        orders = f"/v1/customers/{customer.pk}/orders"
        acts += [
            posting(token, PATH, both, f"policy-{number // 6}"),
            posting(token, orders, OFFER, f"order-{number // 6}"),
            partial(turn, customer, ada, on=number % 2 == 0, resource=RESERVATIONS),
            partial(turn, customer, ada, on=number % 4 == 0, resource=SAVINGS),
        ]
    outcomes = at_once(acts[:48]) + at_once(acts[48:])

    assert errors(outcomes) == []
    statuses = {outcome.status for outcome in outcomes if isinstance(outcome, Answer)}
    assert statuses <= {201, 409}
    assert_the_log_is_one_story()
    assert_switches_are_the_fold_of_the_log()


def test_calls_at_once_are_all_counted(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: 1_800_000_000))
    for _ in range(2):
        at_once([lambda: Caller(token).get("/v1/customers")] * AT_ONCE)

    assert CallCount.objects.get().calls == 2 * AT_ONCE
