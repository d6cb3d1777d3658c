"""One call is one audit record and one message, however many records the log has of it.

Source: partner-center facts, sections 3.4 and 4; Partner Center has one record for each call.
"""

import json
from typing import Any

import pytest

from activitylog.models import ActivityRecord
from customers.models import Customer
from customers.self_serve_policies import policy_id
from partnercenter.webhooks.models import Delivery, Webhook
from partnercenter.webhooks.planning import plan
from tests.factories import CustomerFactory, SubscriptionFactory, WebhookFactory
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

PATH = "/v1/auditrecords"
BOTH = ("AzureReservedInstances", "AzureSavingsPlan")
EVENTS = [f"self-serve-policy-{verb}d" for verb in ("create", "update", "delete")]


def policy(customer: Customer, *resources: str) -> dict[str, Any]:
    partner = policy_id(customer.pk).partition("_")[0]
    return {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(customer.pk)},
        "grantor": {"grantorType": "billToPartner", "tenantID": partner},
        "permissions": [{"resource": each, "action": "Purchase"} for each in resources],
    }


def create(caller: Caller, customer: Customer, *resources: str) -> None:
    assert caller.post("/v1/SelfServePolicy", policy(customer, *resources)).status == 201


def replace(caller: Caller, customer: Customer, *resources: str) -> None:
    assert caller("PUT", "/v1/SelfServePolicy", policy(customer, *resources)).status == 200


def delete(caller: Caller, customer: Customer, **headers: Any) -> None:
    address = f"/v1/SelfServePolicy/{policy_id(customer.pk)}"
    assert caller("DELETE", address, **headers).status == 204


def records(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    """Of policies, the newest first."""
    found: list[dict[str, Any]] = caller.get(f"{PATH}?{query}").json["items"]
    return [each for each in found if each["resourceType"] == "self_serve_policy"]


def change(record: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """What was done, and what was permitted before and after it."""

    def permitted(key: str) -> list[str]:
        value = json.loads(record.get(key, "{}"))
        return [each["Resource"] for each in value.get("Permissions", [])]

    return (
        record["operationType"].partition("_")[0],
        permitted("resourceOldValue"),
        permitted("resourceNewValue"),
    )


def test_each_call_is_one_record(for_ada: Caller, fabrikam: Customer) -> None:
    create(for_ada, fabrikam, *BOTH)
    delete(for_ada, fabrikam)
    create(for_ada, fabrikam, BOTH[0])
    replace(for_ada, fabrikam, BOTH[1])
    replace(for_ada, fabrikam, *BOTH)

    assert [change(record) for record in reversed(records(for_ada))] == [
        ("create", [], [*BOTH]),
        ("delete", [*BOTH], []),
        ("create", [], [BOTH[0]]),
        ("update", [BOTH[0]], [BOTH[1]]),
        ("update", [BOTH[1]], [*BOTH]),
    ]
    assert ActivityRecord.objects.filter(resource_type="purchase_permission").count() == 8


def test_what_it_stands_for_is_told(for_ada: Caller, fabrikam: Customer) -> None:
    create(for_ada, fabrikam, *BOTH)

    first, last = ActivityRecord.objects.filter(resource_type="purchase_permission")
    facts = {each["key"]: each["value"] for each in records(for_ada)[0]["customizedData"]}
    assert (facts["FirstNumber"], facts["Number"]) == (str(first.number), str(last.number))
    assert "ResourceId" not in facts


def test_the_id_of_each_record_of_a_call_leads_to_it(for_ada: Caller, fabrikam: Customer) -> None:
    create(for_ada, fabrikam, *BOTH)
    delete(for_ada, fabrikam)

    deleted, created = records(for_ada)
    every = ActivityRecord.objects.filter(resource_type="purchase_permission").order_by("number")
    found = [for_ada.get(f"{PATH}/{each.uuid}").json for each in every]
    assert found == [created, created, deleted, deleted]


def test_two_calls_under_one_id_are_two(for_ada: Caller, fabrikam: Customer) -> None:
    create(for_ada, fabrikam, BOTH[0])
    delete(for_ada, fabrikam, MS_RequestId="one")
    for_ada.post("/v1/SelfServePolicy", policy(fabrikam, BOTH[0]), MS_RequestId="one")

    assert [change(record)[0] for record in records(for_ada)] == ["create", "delete", "create"]


def test_each_page_begins_where_another_ended(for_ada: Caller, fabrikam: Customer) -> None:
    for _each in range(4):
        create(for_ada, fabrikam, *BOTH)
        delete(for_ada, fabrikam)
    whole = [each["id"] for each in records(for_ada, "size=0")]

    pages: list[list[str]] = []
    headers: dict[str, str] = {}
    for _page in range(10):
        answer = for_ada.get(f"{PATH}?size=3", **headers).json
        pages.append([each["id"] for each in answer["items"]])
        assert answer["totalCount"] == len(pages[-1])
        headers = {"MS_ContinuationToken": answer.get("continuationToken", "")}
        if not headers["MS_ContinuationToken"]:
            break
    read = [each for page in pages for each in page if each in whole]
    assert read == whole
    assert len(whole) == len(set(whole)) == 8


@pytest.mark.parametrize("field", ["CustomerId", "CompanyName", "ResourceType"])
def test_filters_leave_each_call_one(for_ada: Caller, fabrikam: Customer, field: str) -> None:
    other = CustomerFactory.create(company_name="Contoso")
    SubscriptionFactory.create(customer=other)
    create(for_ada, fabrikam, *BOTH)
    create(for_ada, other, *BOTH)

    value = {"CustomerId": str(fabrikam.pk), "CompanyName": "fabri"}
    value["ResourceType"] = "SelfServePolicy"
    operator = "substring" if field == "CompanyName" else "equals"
    text = json.dumps({"Field": field, "Value": value[field], "Operator": operator})
    found = [each["customerName"] for each in records(for_ada, f"filter={text}")]
    assert found == (["Contoso", "Fabrikam"] if field == "ResourceType" else ["Fabrikam"])


def order(caller: Caller, customer: Customer, *offers: str) -> str:
    """The id of an order of these licenses."""
    lines = [{"offerId": offer, "quantity": 1} for offer in offers]
    answer = caller.post(f"/v1/customers/{customer.pk}/orders", {"lineItems": lines})
    assert answer.status == 201
    return str(answer.json["id"])


def test_an_order_of_several_licenses_is_one_record_that_names_the_order(
    for_ada: Caller, fabrikam: Customer
) -> None:
    three, one = order(for_ada, fabrikam, "a", "b", "c"), order(for_ada, fabrikam, "d")

    found = [each for each in for_ada.get(PATH).json["items"] if each["resourceType"] == "order"]
    single, several = (json.loads(each["resourceNewValue"]) for each in found)
    assert several == {"Order": three, "Client": {"Name": "Contoso Tools"}}
    assert (single["Order"], single["FriendlyName"]) == (one, "d")


def test_a_webhook_is_told_once_of_an_order(for_ada: Caller, fabrikam: Customer) -> None:
    webhook = WebhookFactory.create(events=["order-created"])
    order(for_ada, fabrikam, "a", "b", "c")
    order(for_ada, fabrikam, "d")

    plan()
    assert told(webhook) == ["order-created"] * 2


def test_a_webhook_is_told_once_of_each_call(for_ada: Caller, fabrikam: Customer) -> None:
    webhook = WebhookFactory.create(events=EVENTS)
    create(for_ada, fabrikam, *BOTH)
    replace(for_ada, fabrikam, BOTH[1])
    delete(for_ada, fabrikam)
    create(for_ada, fabrikam, *BOTH)
    delete(for_ada, fabrikam)

    plan()
    assert told(webhook) == [EVENTS[0], EVENTS[1], EVENTS[2], EVENTS[0], EVENTS[2]]


def told(webhook: Webhook) -> list[str]:
    deliveries = Delivery.objects.filter(webhook=webhook).order_by("record_number")
    return list(deliveries.values_list("event", flat=True))
