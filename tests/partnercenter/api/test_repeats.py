"""Calls that are repeated under their MS-RequestId.

Source: “What our server must do” in the notes on clients, 7.
"""

import datetime as dt
from io import StringIO
from typing import Any, cast

import pytest
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from activitylog.models import ActivityRecord
from customers.models import Customer, Subscription
from partnercenter.agents.models import Agent
from partnercenter.api import repeats
from partnercenter.api.models import KeptAnswer
from partnercenter.webhooks.models import Delivery, DeliveryState
from tests.factories import DeliveryFactory, SubscriptionFactory, WebhookFactory
from tests.partnercenter.api.calling import Answer, Caller, a_token, an_application
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

PATH = "/v1/SelfServePolicy"
ID = "11111111-2222-3333-4444-555555555555"
OFFER = {"lineItems": [{"offerId": "a", "quantity": 1}]}


def policy(customer: Customer, resource: str = "AzureSavingsPlan") -> dict[str, Any]:
    return {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(customer.pk)},
        "grantor": {"grantorType": "billToPartner", "tenantID": settings.TENANT_ID},
        "permissions": [{"resource": resource, "action": "Purchase"}],
    }


def address_of(customer: Customer) -> str:
    return f"{PATH}/{settings.TENANT_ID}_{customer.pk}"


def orders_of(customer: Customer) -> str:
    return f"/v1/customers/{customer.pk}/orders"


def assert_same(again: Answer, first: Answer) -> None:
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers.get("Content-Type") == first.headers.get("Content-Type")
    assert "Idempotent-Replay" not in first.headers
    assert again.headers["Idempotent-Replay"] == "true"


# The same call


def test_each_way_of_writing_gets_its_first_answer_again(
    for_ada: Caller, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    subscription = f"/v1/customers/{fabrikam.pk}/subscriptions/{fabrikam_azure.pk}"
    calls: list[tuple[str, str, Any, int]] = [
        ("POST", PATH, policy(fabrikam), 201),
        ("PUT", PATH, policy(fabrikam, "AzureReservedInstances"), 200),
        ("PUT", address_of(fabrikam), policy(fabrikam), 200),
        ("DELETE", address_of(fabrikam), None, 204),
        ("PATCH", subscription, {"friendlyName": "Lab"}, 200),
        ("POST", orders_of(fabrikam), OFFER, 201),
    ]
    for number, (method, path, body, status) in enumerate(calls):
        first = for_ada(method, path, body, MS_RequestId=f"call-{number}")
        with nothing_changes():
            for _ in range(3):
                again = for_ada(method, path, body, MS_RequestId=f"call-{number}")
                assert_same(again, first)
                assert again.headers["MS-RequestId"] == f"call-{number}"
        assert first.status == status


def test_the_first_answer_comes_again_whatever_happened_since(
    for_ada: Caller, fabrikam: Customer
) -> None:
    first = for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID)
    for_ada.delete(address_of(fabrikam))
    with nothing_changes():
        assert_same(for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID), first)


def test_an_address_in_another_spelling_is_the_same_one(
    for_ada: Caller, fabrikam: Customer
) -> None:
    first = for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID)
    again = for_ada.post("/V1//selfservepolicy/", policy(fabrikam), MS_RequestId=ID)
    assert_same(again, first)


def test_a_new_token_of_the_same_people_is_the_same_caller(ada: Agent, fabrikam: Customer) -> None:
    application = an_application()
    first = Caller(a_token(application, ada)).post(PATH, policy(fabrikam), MS_RequestId=ID)
    again = Caller(a_token(application, ada)).post(PATH, policy(fabrikam), MS_RequestId=ID)
    assert_same(again, first)


# Another call


def test_another_body_under_the_same_id_is_a_conflict(for_ada: Caller, fabrikam: Customer) -> None:
    first = for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID)
    other = policy(fabrikam, "AzureReservedInstances")
    with nothing_changes():
        assert for_ada.post(PATH, other, MS_RequestId=ID).fault == (409, "409")
        assert_same(for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID), first)


def test_another_application_or_agent_is_another_caller(
    ada: Agent, sam: Agent, fabrikam: Customer
) -> None:
    one, two = an_application(), an_application(name="Another")
    for token in (a_token(one, ada), a_token(one, sam), a_token(two, ada)):
        answer = Caller(token).post(orders_of(fabrikam), OFFER, MS_RequestId=ID)
        assert (answer.status, answer.headers.get("Idempotent-Replay")) == (201, None)
    assert fabrikam.orders.count() == 3


def test_another_method_or_address_is_another_call(for_ada: Caller, fabrikam: Customer) -> None:
    other = SubscriptionFactory.create().customer
    body = policy(fabrikam)
    assert for_ada.post(PATH, body, MS_RequestId=ID).status == 201
    assert for_ada.put(PATH, body, MS_RequestId=ID).status == 200
    assert for_ada.put(address_of(fabrikam), body, MS_RequestId=ID).status == 200
    assert for_ada.post(orders_of(fabrikam), OFFER, MS_RequestId=ID).status == 201
    assert for_ada.post(orders_of(other), OFFER, MS_RequestId=ID).status == 201
    assert KeptAnswer.objects.count() == 5


@pytest.mark.parametrize("request_id", [None, "", " ", "\t"])
def test_without_an_id_each_call_is_a_new_one(
    for_ada: Caller, fabrikam: Customer, request_id: str | None
) -> None:
    headers = {} if request_id is None else {"MS_RequestId": request_id}
    answers = [for_ada.post(orders_of(fabrikam), OFFER, **headers) for _ in range(2)]

    assert [answer.status for answer in answers] == [201, 201]
    assert fabrikam.orders.count() == 2
    assert KeptAnswer.objects.count() == 0
    assert len({answer.headers["MS-RequestId"] for answer in answers}) == 2


NO_IDS = ["a" * 65, "two words", "\xe9", "\xa0", "a\tb", f"{ID}, {ID}", "a\x7f"]


@pytest.mark.parametrize("header", ["MS_RequestId", "MS_CorrelationId"])
@pytest.mark.parametrize("value", NO_IDS)
def test_an_id_that_cannot_be_kept_is_refused_by_its_name(
    for_ada: Caller, fabrikam: Customer, header: str, value: str
) -> None:
    name, headers = header.replace("_", "-"), cast("Any", {header: value})
    with nothing_changes():
        for method, path, body in (("POST", orders_of(fabrikam), OFFER), ("GET", PATH, None)):
            answer = for_ada(method, path, body, **headers)

            assert answer.fault == (400, "800002")
            assert name in answer.json["description"]
            assert len(answer.headers[name]) == 36  # one of ours stands in for it


ODD_IDS = ["a", "!" * 64, "{" + ID + "}", "'OR1=1--", "<b>", ID.upper()]


@pytest.mark.parametrize("request_id", ODD_IDS)
def test_an_odd_id_is_an_id(for_ada: Caller, fabrikam: Customer, request_id: str) -> None:
    first = for_ada.post(orders_of(fabrikam), OFFER, MS_RequestId=request_id)
    assert_same(for_ada.post(orders_of(fabrikam), OFFER, MS_RequestId=request_id), first)
    assert first.headers["MS-RequestId"] == request_id


def test_reading_keeps_nothing(for_ada: Caller, fabrikam: Customer) -> None:
    with nothing_changes():
        for _ in range(2):
            answer = for_ada.get(f"{PATH}?entity_id={fabrikam.pk}", MS_RequestId=ID)
            assert answer.headers["MS-RequestId"] == ID


# What did not happen


def test_what_was_refused_may_be_tried_again(for_ada: Caller, contoso: Customer) -> None:
    with nothing_changes():
        assert for_ada.post(PATH, policy(contoso), MS_RequestId=ID).fault == (400, "900318")
    SubscriptionFactory.create(customer=contoso)

    assert for_ada.post(PATH, policy(contoso), MS_RequestId=ID).status == 201


def test_what_was_malformed_may_be_mended(for_ada: Caller, fabrikam: Customer) -> None:
    with nothing_changes():
        assert for_ada.post(PATH, {}, MS_RequestId=ID).status == 400
    assert for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID).status == 201


def test_an_agent_who_lost_his_role_does_not_get_the_answer_again(
    for_ada: Caller, ada: Agent, fabrikam: Customer
) -> None:
    for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID)
    ada.groups.clear()
    assert for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID).fault == (403, "900308")


def test_an_answer_that_could_not_be_kept_leaves_no_act_behind(
    for_ada: Caller, fabrikam: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the server died between the act and the end of its transaction."""

    def dies(*_args: object) -> None:
        raise RuntimeError("The server died.")

    with monkeypatch.context() as dying, nothing_changes():
        dying.setattr(repeats, "_keep", dies)
        assert for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID).fault == (500, "800003")

    assert for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID).status == 201


def test_an_id_longer_than_any_address_is_none(for_ada: Caller, fabrikam: Customer) -> None:
    with nothing_changes():
        answer = for_ada.delete(f"{PATH}/{'a' * 2_000}", MS_RequestId=ID)
    assert answer.fault == (404, "600040")


# Answers are kept for a week


def test_old_answers_tokens_that_ended_and_old_deliveries_are_removed(
    for_ada: Caller, ada: Agent, fabrikam: Customer
) -> None:
    for request_id in ("old", "young"):
        for_ada.post(orders_of(fabrikam), OFFER, MS_RequestId=request_id)
    week = timezone.now() - dt.timedelta(days=7, seconds=1)
    KeptAnswer.objects.filter(request_id="old").update(created_at=week)
    a_token(an_application(), ada, lives=dt.timedelta(seconds=-1))
    long_ago = timezone.now() - dt.timedelta(days=90, seconds=1)
    webhook = WebhookFactory.create()
    for state in DeliveryState:
        DeliveryFactory.create(webhook=webhook, state=state, last_attempt_at=long_ago)
    young = DeliveryFactory.create(
        webhook=webhook, state=DeliveryState.FAILED, last_attempt_at=timezone.now()
    )
    said = StringIO()

    call_command("clear_expired", stdout=said)

    assert [kept.request_id for kept in KeptAnswer.objects.all()] == ["young"]
    assert Token.objects.expired().count() == 0
    assert Token.objects.count() == 1
    waiting = Delivery.objects.exclude(pk=young.pk)
    assert [delivery.state for delivery in waiting] == [DeliveryState.PENDING]
    assert said.getvalue() == (
        "Removed 1 kept answers, 1 tokens that have ended and 2 old deliveries.\n"
    )
    assert for_ada.post(orders_of(fabrikam), OFFER, MS_RequestId="young").status == 201


def test_removing_old_answers_touches_no_record(for_ada: Caller, fabrikam: Customer) -> None:
    for_ada.post(PATH, policy(fabrikam), MS_RequestId=ID)
    number = ActivityRecord.objects.count()
    call_command("clear_expired", stdout=StringIO())
    assert ActivityRecord.objects.count() == number
