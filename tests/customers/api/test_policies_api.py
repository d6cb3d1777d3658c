"""Self-serve policies on the wire, and who is refused.

Source: partner-center facts, sections 3 and 9; “What our server must do” in the notes on clients.
"""

import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    PurchasePermission,
    Relationship,
    Resource,
    SubscriptionStatus,
)
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.customers.api.conftest import FABRIKAM
from tests.factories import CustomerFactory, SubscriptionFactory
from tests.partnercenter.api.calling import Caller, a_token, an_application, calling_for, pascal
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fabrikam")]

PATH = "/v1/SelfServePolicy"
PARTNER = settings.TENANT_ID
ID = f"{PARTNER}_{FABRIKAM}"
SOMEBODY_ELSE = "99999999-2222-3333-4444-555555555555"
RESERVATIONS = {"resource": "AzureReservedInstances", "action": "Purchase"}
SAVINGS_PLAN = {"resource": "AzureSavingsPlan", "action": "Purchase"}


def policy(*permissions: dict[str, str], customer: str = FABRIKAM, **more: Any) -> dict[str, Any]:
    return {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": customer},
        "grantor": {"grantorType": "billToPartner", "tenantID": PARTNER},
        "permissions": list(permissions or [RESERVATIONS]),
        **more,
    }


def answered(etag: str, *permissions: dict[str, str]) -> dict[str, Any]:
    attributes = {"etag": etag, "objectType": "SelfServePolicy"}
    return {"id": ID, **policy(*permissions), "attributes": attributes}


def etag_of(answer: Any) -> str:
    """It is a GUID in quotes, which are part of the text."""
    etag = str(answer["attributes"]["etag"])
    assert etag == f'"{uuid.UUID(etag.strip(chr(34)))}"'
    return etag


def allow(customer: Customer, by: Agent, resource: Resource = Resource.AZURE_RESERVATIONS) -> None:
    set_purchase_permission(customer=customer, resource=resource, allowed=True, by=by)


# On the wire


def test_a_list_of_no_policy(for_ada: Caller) -> None:
    answer = for_ada.get(f"{PATH}?entity_id={FABRIKAM}")

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json == {
        "totalCount": 0,
        "items": [],
        "links": {
            "self": {
                "uri": f"/SelfServePolicy?entity_id={FABRIKAM}",
                "method": "GET",
                "headers": [],
            }
        },
        "attributes": {"objectType": "Collection"},
    }


@pytest.mark.parametrize("name", ["entity_id", "entity_Id", "ENTITY_ID"])
def test_a_list_of_one_policy(for_ada: Caller, fabrikam: Customer, ada: Agent, name: str) -> None:
    allow(fabrikam, ada)

    found = for_ada.get(f"{PATH}?{name}={FABRIKAM.upper()}").json

    assert found["totalCount"] == 1
    assert found["items"] == [answered(etag_of(found["items"][0]), RESERVATIONS)]
    assert found["attributes"] == {"objectType": "Collection"}


def test_one_policy(for_ada: Caller, fabrikam: Customer, ada: Agent) -> None:
    allow(fabrikam, ada)
    allow(fabrikam, ada, Resource.AZURE_SAVINGS_PLAN)

    answer = for_ada.get(f"{PATH}/{ID}")

    assert answer.status == 200
    assert answer.json == answered(etag_of(answer.json), RESERVATIONS, SAVINGS_PLAN)
    assert for_ada.get(f"/v1/selfservepolicy/{ID.upper()}/").text == answer.text


def test_a_policy_that_is_created(for_ada: Caller) -> None:
    answer = for_ada.post(PATH, policy())

    assert answer.status == 201
    assert answer.json == answered(etag_of(answer.json), RESERVATIONS)
    assert for_ada.get(f"{PATH}/{ID}").json == answer.json


def test_a_policy_as_the_net_sdk_creates_it(for_ada: Caller) -> None:
    body = (
        '{"Id":null,"SelfServeEntity":{"SelfServeEntityType":"customer","TenantID":"%s"},'
        '"Grantor":{"GrantorType":"billToPartner","TenantID":"%s"},'
        '"Permissions":[{"Resource":"AzureReservedInstances","Action":"Purchase"}],'
        '"Attributes":{"ObjectType":"SelfServePolicy"}}'
    )
    answer = for_ada("POST", PATH, raw=(body % (FABRIKAM, PARTNER)).encode())

    assert answer.status == 201
    assert answer.json == answered(etag_of(answer.json), RESERVATIONS)


def test_a_policy_in_the_case_of_its_documentation(for_ada: Caller) -> None:
    body = policy({"resource": "azurereservedinstances", "action": "PURCHASE"})
    body["selfServeEntity"]["selfServeEntityType"] = "Customer"
    body["selfServeEntity"]["tenantID"] = FABRIKAM.upper()
    body["grantor"] = {"grantorType": "BillToPartner", "tenantID": PARTNER.upper()}

    answer = for_ada.post(PATH, {**body, "unknown": {}, "links": {"offer": {}}})

    assert answer.json == answered(etag_of(answer.json), RESERVATIONS)


def test_a_policy_that_is_replaced(for_ada: Caller) -> None:
    first = for_ada.post(PATH, policy()).json
    answer = for_ada.put(PATH, policy(SAVINGS_PLAN, id=ID, attributes=first["attributes"]))

    assert answer.status == 200
    assert answer.json == answered(etag_of(answer.json), SAVINGS_PLAN)
    assert etag_of(answer.json) != etag_of(first)


def test_a_policy_that_is_deleted(for_ada: Caller) -> None:
    for_ada.post(PATH, policy())
    answer = for_ada.delete(f"{PATH}/{ID}")

    assert (answer.status, answer.text, answer.headers.get("Content-Type")) == (204, "", None)
    assert for_ada.get(f"{PATH}?entity_id={FABRIKAM}").json["items"] == []


def test_every_customers_policy_page_by_page(for_ada: Caller, ada: Agent) -> None:
    names = [f"Company {number}" for number in range(5)]
    for name in names:
        customer = CustomerFactory.create(company_name=name)
        SubscriptionFactory.create(customer=customer)
        allow(customer, ada)

    first = for_ada.get(f"{PATH}?size=3").json
    link = first["links"]["next"]
    token = link["headers"][0]
    second = for_ada.get(f"/v1{link['uri']}", **{token["key"]: token["value"]}).json

    listed = [item["id"] for page in (first, second) for item in page["items"]]
    assert len(listed) == len(set(listed)) == 5
    assert listed == [item["id"] for item in for_ada.get(PATH).json["items"]]
    assert "next" not in second["links"]


# The sample that Microsoft publishes


@pytest.mark.parametrize("written", [dict, pascal], ids=["camelCase", "PascalCase"])
@pytest.mark.parametrize("name", ["entity_id", "entity_Id"])
@pytest.mark.parametrize("address", [PATH, f"{PATH}/{ID}"], ids=["without id", "with id"])
@pytest.mark.parametrize("there_is_one", [True, False])
def test_the_sample_flow(
    for_ada: Caller,
    fabrikam: Customer,
    ada: Agent,
    written: Any,
    name: str,
    address: str,
    there_is_one: bool,
) -> None:
    if there_is_one:
        allow(fabrikam, ada)
    for item in for_ada.get(f"{PATH}?{name}={FABRIKAM}").json["items"]:
        assert for_ada.delete(f"{PATH}/{item['id']}").status == 204

    created = for_ada.post(PATH, written(policy(id=None, attributes={"objectType": "x"})))
    changed = created.json
    changed["permissions"].append(SAVINGS_PLAN)
    replaced = for_ada.put(address, written(changed))

    assert (created.status, replaced.status) == (201, 200)
    assert replaced.json == answered(etag_of(replaced.json), RESERVATIONS, SAVINGS_PLAN)
    assert for_ada.get(f"{PATH}?{name}={FABRIKAM}").json["items"] == [replaced.json]


# Refusals: nothing changes, and nothing is recorded


def refused(caller: Caller, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """What the caller is told; that nothing changed is looked at."""
    with nothing_changes():
        answer = caller(method, path, body)
    assert answer.status in (400, 403, 404, 409)
    return answer.fault


def test_a_policy_that_is_not_there(for_ada: Caller) -> None:
    assert refused(for_ada, "GET", f"{PATH}/{ID}") == (404, "600039")
    assert refused(for_ada, "DELETE", f"{PATH}/{ID}") == (404, "600039")
    assert refused(for_ada, "PUT", f"{PATH}/{ID}", policy()) == (404, "600039")
    assert refused(for_ada, "PUT", PATH, policy(id=ID)) == (404, "600039")
    assert refused(for_ada, "GET", f"{PATH}/{PARTNER}_{SOMEBODY_ELSE}") == (404, "600039")


@pytest.mark.parametrize(
    "wrong",
    ["nonsense", FABRIKAM, f"{FABRIKAM}_{PARTNER}", f"{SOMEBODY_ELSE}_{FABRIKAM}", f"{ID}_", "_"],
)
def test_an_id_that_is_none_of_ours(for_ada: Caller, wrong: str) -> None:
    for_ada.post(PATH, policy())

    assert refused(for_ada, "GET", f"{PATH}/{wrong}") == (404, "600040")
    assert refused(for_ada, "DELETE", f"{PATH}/{wrong}") == (404, "600040")
    assert refused(for_ada, "PUT", f"{PATH}/{wrong}", policy()) == (404, "600040")
    assert refused(for_ada, "PUT", PATH, policy(id=wrong)) == (404, "600040")


def test_an_id_in_the_address_and_another_in_the_body(for_ada: Caller) -> None:
    for_ada.post(PATH, policy())
    other = f"{PARTNER}_{SOMEBODY_ELSE}"

    assert refused(for_ada, "PUT", f"{PATH}/{ID}", policy(id=other)) == (404, "600040")
    assert refused(for_ada, "PUT", f"{PATH}/{other}", policy(id=ID)) == (404, "600040")


@pytest.mark.parametrize("permission", [RESERVATIONS, SAVINGS_PLAN])
def test_a_policy_that_is_there_already(for_ada: Caller, permission: dict[str, str]) -> None:
    for_ada.post(PATH, policy())
    assert refused(for_ada, "POST", PATH, policy(permission)) == (409, "600041")


@pytest.mark.parametrize("address", [PATH, f"{PATH}/{ID}"])
def test_an_etag_of_an_older_policy(for_ada: Caller, address: str) -> None:
    old = for_ada.post(PATH, policy()).json
    for_ada.put(PATH, policy(SAVINGS_PLAN, id=ID))

    stale = policy(RESERVATIONS, id=ID, attributes=old["attributes"])
    assert refused(for_ada, "PUT", address, stale) == (400, "2055")


def test_a_missing_etag_is_accepted(for_ada: Caller) -> None:
    for_ada.post(PATH, policy())
    assert for_ada.put(PATH, policy(SAVINGS_PLAN, id=ID)).status == 200
    assert for_ada.put(PATH, policy(RESERVATIONS, id=ID, attributes=None)).status == 200
    assert for_ada.put(PATH, policy(SAVINGS_PLAN, id=ID, attributes={"etag": None})).status == 200


def test_turning_on_without_an_azure_subscription(for_ada: Caller, fabrikam: Customer) -> None:
    fabrikam.subscriptions.update(status=SubscriptionStatus.SUSPENDED)
    assert refused(for_ada, "POST", PATH, policy()) == (400, "900318")


def test_adding_to_a_policy_without_an_azure_subscription(
    for_ada: Caller, fabrikam: Customer
) -> None:
    for_ada.post(PATH, policy())
    fabrikam.subscriptions.update(status=SubscriptionStatus.SUSPENDED)

    both = policy(RESERVATIONS, SAVINGS_PLAN, id=ID)
    assert refused(for_ada, "PUT", PATH, both) == (400, "900318")
    assert for_ada.delete(f"{PATH}/{ID}").status == 204


def test_a_grantor_who_is_somebody_else(for_ada: Caller) -> None:
    foreign = policy()
    foreign["grantor"]["tenantID"] = SOMEBODY_ELSE

    assert refused(for_ada, "POST", PATH, foreign) == (403, "2032")
    assert refused(for_ada, "PUT", PATH, foreign) == (403, "2032")


def test_a_tenant_that_nobody_is(for_ada: Caller) -> None:
    unknown = policy(customer=SOMEBODY_ELSE)

    assert refused(for_ada, "POST", PATH, unknown) == (404, "60003")
    assert refused(for_ada, "GET", f"{PATH}?entity_id={SOMEBODY_ELSE}") == (404, "60003")


def test_a_customer_without_a_relationship(for_ada: Caller, fabrikam: Customer) -> None:
    fabrikam.relationship = Relationship.NONE
    fabrikam.save()

    assert refused(for_ada, "POST", PATH, policy()) == (403, "20002")
    assert refused(for_ada, "PUT", PATH, policy()) == (403, "20002")


def test_an_application_without_a_person(alone: Caller) -> None:
    for method, path, body in every_call():
        assert refused(alone, method, path, body) == (403, "900329"), method


@pytest.mark.parametrize("role", [Role.SALES, Role.HELPDESK])
def test_sales_and_helpdesk_agents_read(sam: Agent, hana: Agent, role: Role) -> None:
    caller = calling_for(sam if role == Role.SALES else hana)

    assert caller.get(f"{PATH}?entity_id={FABRIKAM}").status == 200
    for method, path, body in every_call():
        if method != "GET":
            assert refused(caller, method, path, body) == (403, "900308"), method


def every_call() -> list[tuple[str, str, Any]]:
    return [
        ("GET", PATH, None),
        ("GET", f"{PATH}/{ID}", None),
        ("POST", PATH, policy()),
        ("PUT", PATH, policy()),
        ("PUT", f"{PATH}/{ID}", policy()),
        ("DELETE", f"{PATH}/{ID}", None),
    ]


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in policy().items() if key != name}


MALFORMED: dict[str, Any] = {
    "nothing": {},
    "a list": [],
    "a list of it": [policy()],
    "a text": "policy",
    "a number": 1,
    "null": None,
    "no entity": without("selfServeEntity"),
    "no grantor": without("grantor"),
    "no permissions": without("permissions"),
    "null for permissions": {**policy(), "permissions": None},
    "empty permissions": {**policy(), "permissions": []},
    "permissions that are an object": {**policy(), "permissions": RESERVATIONS},
    "a permission that is null": {**policy(), "permissions": [None]},
    "an unknown resource": policy({"resource": "AzurePlan", "action": "Purchase"}),
    "a resource that is a number": policy({"resource": 1, "action": "Purchase"}),  # type: ignore[dict-item]
    "an unknown action": policy({"resource": "AzureSavingsPlan", "action": "Refund"}),
    "no action": policy({"resource": "AzureSavingsPlan"}),
    "another kind of entity": {
        **policy(),
        "selfServeEntity": {"selfServeEntityType": "partner", "tenantID": FABRIKAM},
    },
    "a tenant that is no GUID": policy(customer="fabrikam"),
    "a tenant in braces": policy(customer="{" + FABRIKAM + "}"),
    "a tenant without hyphens": policy(customer=FABRIKAM.replace("-", "")),
    "a tenant that is an object": policy(customer={"id": FABRIKAM}),  # type: ignore[arg-type]
    "a grantor that is no GUID": {
        **policy(),
        "grantor": {"grantorType": "billToPartner", "tenantID": "us"},
    },
    "an id that is a list": policy(id=[ID]),
    "an etag that is a number": policy(attributes={"etag": 5}),
    "attributes that are a text": policy(attributes="x"),
    "the same name twice": {**policy(), "Permissions": [RESERVATIONS]},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_body_that_is_no_policy(for_ada: Caller, name: str) -> None:
    for method, path in (("POST", PATH), ("PUT", PATH), ("PUT", f"{PATH}/{ID}")):
        with nothing_changes():
            answer = for_ada(method, path, raw=json.dumps(MALFORMED[name]).encode())
        assert answer.fault == (400, "800002"), method


@pytest.mark.parametrize("entity", ["", "nonsense", FABRIKAM[:-1], "%7B" + FABRIKAM + "%7D"])
def test_a_list_for_what_is_no_id(for_ada: Caller, entity: str) -> None:
    assert refused(for_ada, "GET", f"{PATH}?entity_id={entity}") == (400, "800002")


# Records


def records() -> list[ActivityRecord]:
    return list(ActivityRecord.objects.filter(resource_type="purchase_permission"))


def test_two_switches_are_two_records(for_ada: Caller) -> None:
    for_ada.post(PATH, policy(RESERVATIONS, SAVINGS_PLAN))
    for_ada.delete(f"{PATH}/{ID}")

    assert [(record.action, record.resource_id) for record in records()] == [
        ("create_customer_purchase_permissions", "AzureReservedInstances"),
        ("create_customer_purchase_permissions", "AzureSavingsPlan"),
        ("delete_customer_purchase_permissions", "AzureReservedInstances"),
        ("delete_customer_purchase_permissions", "AzureSavingsPlan"),
    ]


def test_replacing_a_policy_by_the_same_one_records_nothing(for_ada: Caller) -> None:
    first = for_ada.post(PATH, policy()).json
    with nothing_changes():
        again = for_ada.put(PATH, first)

    assert (again.status, again.json) == (200, first)


def test_a_record_names_the_call_the_application_and_the_person(ada: Agent) -> None:
    application = an_application(name="Billing robot")
    Caller(a_token(application, ada)).post(
        PATH, policy(), MS_RequestId="request-1", MS_CorrelationId="correlation-1"
    )
    (record,) = records()

    assert (record.request_id, record.correlation_id) == ("request-1", "correlation-1")
    assert (record.application_id, record.application_name) == (
        str(application.pk),
        "Billing robot",
    )
    assert (record.actor_id, record.actor_name) == (ada.actor_id, "ada@partner.example")
    assert record.actor_roles == ["Admin agent"]
    assert (record.channel, record.status) == ("api", "succeeded")
    assert record.customer_id == FABRIKAM


def test_the_policy_says_what_the_dashboard_did(for_ada: Caller, fabrikam: Customer) -> None:
    created = for_ada.post(PATH, policy()).json
    set_purchase_permission(
        customer=fabrikam,
        resource=Resource.AZURE_SAVINGS_PLAN,
        allowed=True,
        by=Agent.objects.get(),
    )
    found = for_ada.get(f"{PATH}/{ID}").json

    assert found == answered(etag_of(found), RESERVATIONS, SAVINGS_PLAN)
    assert etag_of(found) != etag_of(created)


@pytest.mark.parametrize("query", ["", "?size=10"])
def test_a_policy_that_is_deleted_while_the_list_is_read_is_left_out(
    for_ada: Caller, ada: Agent, fabrikam: Customer, query: str
) -> None:
    """Customers are read first, then their switches."""
    resource = Resource.AZURE_RESERVATIONS
    set_purchase_permission(customer=fabrikam, resource=resource, allowed=True, by=ada)

    def meanwhile(execute: Any, sql: str, *details: Any) -> Any:
        if sql.startswith('SELECT "customers_purchasepermission"'):
            PurchasePermission.objects.update(allowed=False)
        return execute(sql, *details)

    with connection.execute_wrapper(meanwhile):
        answer = for_ada.get(f"{PATH}{query}")

    assert (answer.status, answer.json["items"], answer.json["totalCount"]) == (200, [], 0)
