"""Subscriptions on the wire, and how they are changed.

Source: partner-center facts, section 5.3; the notes on clients, on PATCH.
"""

import datetime as dt
from typing import Any

import pytest

from customers.models import Customer, Product, Relationship, Subscription, SubscriptionStatus
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.customers.acts import actions
from tests.customers.api.conftest import AZURE, FABRIKAM
from tests.factories import SubscriptionFactory
from tests.partnercenter.api.calling import Caller, calling_for, pascal
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

PATH = f"/v1/customers/{FABRIKAM}/subscriptions"
LICENSE = "c2f5b1d6-3a51-4a68-a2b5-6d2c7c6e2a10"
NONE = "99999999-2222-3333-4444-555555555555"
BEGINNING = dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
BEGAN = "2026-01-02T03:04:05Z"


def link(uri: str) -> dict[str, Any]:
    return {"uri": uri, "method": "GET", "headers": []}


@pytest.fixture
def azure(fabrikam: Customer) -> Subscription:
    plan = fabrikam.subscriptions.get()
    plan.created_at = BEGINNING
    plan.save()
    return plan


@pytest.fixture
def office(fabrikam: Customer) -> Subscription:
    return SubscriptionFactory.create(
        pk=LICENSE,
        customer=fabrikam,
        product=Product.LICENSE,
        offer_id="CFQ7TTC0LH18:0001:CFQ7TTC0K971",
        offer_name="Office",
        friendly_name="Our office",
        quantity=5,
        term="P1Y",
        billing_cycle="annual",
        commitment_end_date=dt.date(2199, 1, 1),
        created_at=BEGINNING + dt.timedelta(days=1),
    )


def azure_json(answer: Any, **changed: Any) -> dict[str, Any]:
    return {
        "id": AZURE,
        "entitlementId": AZURE,
        "offerId": "DZH318Z0BPS6:0001",
        "offerName": "Azure plan",
        "friendlyName": "Azure plan",
        "productType": {"id": "Azure", "displayName": "Azure"},
        "quantity": 1,
        "unitType": "Usage-based",
        "hasPurchasableAddons": False,
        "creationDate": BEGAN,
        "effectiveStartDate": BEGAN,
        "commitmentEndDate": "9999-12-14T00:00:00Z",
        "status": "active",
        "autoRenewEnabled": True,
        "isTrial": False,
        "billingType": "usage",
        "billingCycle": "monthly",
        "isMicrosoftProduct": True,
        "attentionNeeded": False,
        "actionTaken": False,
        "contractType": "subscription",
        "links": {"self": link(f"/customers/{FABRIKAM}/subscriptions/{AZURE}")},
        "attributes": {"objectType": "Subscription", "etag": answer["attributes"]["etag"]},
        **changed,
    }


def office_json(answer: Any, **changed: Any) -> dict[str, Any]:
    license_facts = {
        "id": LICENSE,
        "entitlementId": LICENSE,
        "offerId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
        "offerName": "Office",
        "friendlyName": "Our office",
        "productType": {"id": "OnlineServices", "displayName": "License-based"},
        "quantity": 5,
        "unitType": "Licenses",
        "creationDate": "2026-01-03T03:04:05Z",
        "effectiveStartDate": "2026-01-03T03:04:05Z",
        "commitmentEndDate": "2199-01-01T00:00:00Z",
        "billingType": "license",
        "billingCycle": "annual",
        "termDuration": "P1Y",
        "links": {"self": link(f"/customers/{FABRIKAM}/subscriptions/{LICENSE}")},
    }
    return azure_json(answer, **{**license_facts, **changed})


# Reading


def test_all_subscriptions_the_oldest_first(
    alone: Caller, azure: Subscription, office: Subscription
) -> None:
    found = alone.get(PATH).json
    first, second = found["items"]

    assert found == {
        "totalCount": 2,
        "items": [azure_json(first), office_json(second)],
        "links": {"self": link(f"/customers/{FABRIKAM}/subscriptions")},
        "attributes": {"objectType": "Collection"},
    }


def test_one_subscription(alone: Caller, azure: Subscription, office: Subscription) -> None:
    found = alone.get(f"{PATH}/{AZURE}").json
    assert found == azure_json(found)


@pytest.mark.parametrize("subscription", [NONE, "azure-plan"])
def test_a_subscription_that_is_not_there(
    alone: Caller, fabrikam: Customer, subscription: str
) -> None:
    assert alone.get(f"{PATH}/{subscription}").fault == (404, "20003")
    assert alone.patch(f"{PATH}/{subscription}", {}).fault == (404, "20003")


def test_a_subscription_of_somebody_else(alone: Caller, fabrikam: Customer) -> None:
    other = SubscriptionFactory.create()
    assert alone.get(f"{PATH}/{other.pk}").fault == (404, "20003")


def test_subscriptions_of_one_order(
    alone: Caller, azure: Subscription, office: Subscription
) -> None:
    order = alone.post(
        f"/v1/customers/{FABRIKAM}/orders",
        {"lineItems": [{"offerId": "a:b:c", "quantity": 1}, {"offerId": "d", "quantity": 2}]},
    ).json
    found = alone.get(f"{PATH}?order_id={order['id']}").json

    assert {item["orderId"] for item in found["items"]} == {order["id"]}
    assert [item["offerId"] for item in found["items"]] == ["a:b:c", "d"]
    assert alone.get(f"{PATH}?Order_Id={NONE}").json["items"] == []
    assert alone.get(f"{PATH}?order_id=nonsense").fault == (400, "800002")


# Changing


@pytest.mark.parametrize("written", [dict, pascal], ids=["camelCase", "PascalCase"])
def test_the_whole_resource_comes_back_changed(
    alone: Caller, office: Subscription, written: Any
) -> None:
    body = alone.get(f"{PATH}/{LICENSE}").json
    body |= {"quantity": 7, "friendlyName": "Büro", "autoRenewEnabled": False, "orderId": None}
    body["links"] = {"offer": {}, "self": {}}
    body["effectiveStartDate"] = "2026-01-03T05:04:05.000"  # as Java writes it, without its zone

    answer = alone.patch(f"{PATH}/{LICENSE}", written(body))

    changed = {"quantity": 7, "friendlyName": "Büro", "autoRenewEnabled": False}
    assert (answer.status, answer.json) == (200, office_json(answer.json, **changed))
    assert alone.get(f"{PATH}/{LICENSE}").text == answer.text


def test_without_attributes_whatever_it_was_is_changed(alone: Caller, office: Subscription) -> None:
    assert alone.patch(f"{PATH}/{LICENSE}", {"quantity": 6}).json["quantity"] == 6


def test_a_stale_etag_is_refused(alone: Caller, office: Subscription) -> None:
    old = alone.get(f"{PATH}/{LICENSE}").json
    alone.patch(f"{PATH}/{LICENSE}", {"quantity": 6})
    with nothing_changes():
        assert alone.patch(f"{PATH}/{LICENSE}", old).fault == (400, "2055")


def test_the_status_is_suspended_and_made_active_again(alone: Caller, azure: Subscription) -> None:
    assert alone.patch(f"{PATH}/{AZURE}", {"status": "Suspended"}).json["status"] == "suspended"
    assert alone.patch(f"{PATH}/{AZURE}", {"Status": "active"}).json["status"] == "active"

    assert actions()[-2:] == ["suspend_subscription", "reactivate_subscription"]


def test_what_is_the_same_is_not_recorded(alone: Caller, azure: Subscription) -> None:
    body = alone.get(f"{PATH}/{AZURE}").json
    with nothing_changes():
        answer = alone.patch(f"{PATH}/{AZURE}", body)
    assert (answer.status, answer.json) == (200, body)


@pytest.mark.parametrize(
    "body",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 10**20},
        {"quantity": "many"},
        {"quantity": 1.5},
        {"friendlyName": ""},
        {"friendlyName": "a" * 256},
        {"friendlyName": ["a"]},
        {"status": "deleted"},
        {"status": "unknown"},
        {"autoRenewEnabled": "perhaps"},
        {"attributes": {"etag": 1}},
        {"quantity": 6, "status": "deleted"},
        {"quantity": 6, "Quantity": 7},
        [],
        "text",
    ],
)
def test_a_change_that_is_none(alone: Caller, office: Subscription, body: Any) -> None:
    with nothing_changes():
        assert alone.patch(f"{PATH}/{LICENSE}", body).fault == (400, "800002")


def test_usage_has_no_quantity(alone: Caller, azure: Subscription) -> None:
    with nothing_changes():
        assert alone.patch(f"{PATH}/{AZURE}", {"quantity": 2}).fault == (400, "800002")


def test_what_was_deleted_stays_so(alone: Caller, office: Subscription) -> None:
    office.status = SubscriptionStatus.DELETED
    office.save()
    with nothing_changes():
        for body in ({"quantity": 6}, {"status": "active"}):
            assert alone.patch(f"{PATH}/{LICENSE}", body).fault == (400, "800002")


def test_a_license_whose_end_has_passed_is_expired(alone: Caller, office: Subscription) -> None:
    office.auto_renew, office.commitment_end_date = False, dt.date(2026, 1, 31)
    office.save()

    found = alone.get(f"{PATH}/{LICENSE}").json
    assert (found["status"], found["commitmentEndDate"]) == ("expired", "2026-01-31T00:00:00Z")
    with nothing_changes():
        assert alone.patch(f"{PATH}/{LICENSE}", found).status == 200
        for change in ({"autoRenewEnabled": True}, {"status": "active"}):
            assert alone.patch(f"{PATH}/{LICENSE}", change).fault == (400, "800002")


def test_a_customer_without_a_relationship(
    alone: Caller, fabrikam: Customer, office: Subscription
) -> None:
    fabrikam.relationship = Relationship.NONE
    fabrikam.save()
    with nothing_changes():
        assert alone.patch(f"{PATH}/{LICENSE}", {"quantity": 6}).fault == (403, "20002")


def test_sales_and_helpdesk_agents_read(azure: Subscription, sam: Agent, hana: Agent) -> None:
    for caller in (calling_for(sam), calling_for(hana), calling_for(None, Role.SALES)):
        assert caller.get(PATH).status == 200
        with nothing_changes():
            assert caller.patch(f"{PATH}/{AZURE}", {"friendlyName": "x"}).fault == (403, "900308")
