"""Audit records: dates, filters, pages, and their documented names.

Source: partner-center facts, section 4; “What our server must do” in the notes on clients, 6.
"""

import datetime as dt
import json
import uuid
from urllib.parse import quote

import pytest
from django.conf import settings as ours
from django.db import transaction
from pytest_django import Settings

from activitylog import clock, events
from activitylog.models import ActivityRecord, Status
from activitylog.origin import Channel, Origin, acting_from
from activitylog.recording import Affected, System, record
from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import order_subscriptions
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.factories import SubscriptionFactory
from tests.partnercenter.api.calling import Caller, a_token, an_application, calling_for
from tests.partnercenter.api.documented_names import (
    OPERATION_STATUSES,
    OPERATION_TYPES,
    RESOURCE_TYPES,
)

pytestmark = pytest.mark.django_db

PATH = "/v1/auditrecords"


@pytest.fixture
def clock_of_tests(settings: Settings) -> None:
    settings.DEMONSTRATION = True  # in which alone the log's clock can be set


def happened(at: str, *, name: str = "Fabrikam", action: str = "add_customer") -> ActivityRecord:
    """One act on a customer, at this moment."""
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    affected = Affected(str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), name)
    with clock.pretending(moment), transaction.atomic():
        return record(
            action, resource_type="customer", resource_id="1", customer=affected, by=System()
        )


@pytest.fixture
def three_days(db: None, clock_of_tests: None) -> list[str]:
    """An act on each of three days, and one in the last second of the second."""
    moments = [
        "2026-06-15T10:00:00",
        "2026-06-16T10:00:00",
        "2026-06-16T23:59:59.999999",
        "2026-06-17T00:00:00",
    ]
    return [str(happened(moment).uuid) for moment in moments]


@pytest.fixture
def reader(three_days: list[str]) -> Caller:
    """An application that may read; its registration is recorded last."""
    return calling_for(None, Role.ADMIN)


def ids(caller: Caller, query: str = "") -> list[str]:
    answer = caller.get(f"{PATH}?{query}")
    assert answer.status == 200, answer.text
    return [item["id"] for item in answer.json["items"]]


# Dates


@pytest.mark.parametrize(
    "start",
    [
        "2026-06-16",
        "6/16/2026",
        "06/16/2026",
        "06/16/2026%2000:00:00",
        "6/16/2026%2012:00:00%20AM",
        "6/16/2026+12:00:00+AM",
        "2026-06-16T00:00:00Z",
        "2026-06-16T00:00:00.000Z",
        "2026-06-16T00:00:00.0000000Z",
        "2026-06-16T00:00:00",
        "2026-06-16T02:00:00%2B02:00",
        "2026-06-16T02:00:00+02:00",
        "2026-06-167",  # Java's day of the year
        "%202026-06-16%20",
    ],
)
@pytest.mark.parametrize("name", ["startDate", "StartDate", "STARTDATE"])
def test_the_beginning_of_a_window(
    reader: Caller, three_days: list[str], start: str, name: str
) -> None:
    assert ids(reader, f"{name}={start}&endDate=2026-06-17") == three_days[:0:-1]


@pytest.mark.parametrize(
    ("end", "number"),
    [
        ("2026-06-16", 3),
        ("06/16/2026", 3),
        ("06/16/2026%2000:00:00", 3),
        ("2026-06-16T00:00:00.000Z", 3),
        ("2026-06-16T10:00:00Z", 2),
        ("2026-06-16T09:59:59Z", 1),
        ("06/16/2026%2010:00:00", 2),
        ("6/16/2026%209:59:59%20AM", 1),
        ("2026-06-15", 1),
        ("2026-06-14", 0),
        ("2026-06-17", 4),
        ("9999-12-31", 5),
    ],
)
def test_the_end_of_a_window(reader: Caller, three_days: list[str], end: str, number: int) -> None:
    assert len(ids(reader, f"startDate=2026-06-15&endDate={end}")) == number


def test_a_window_of_one_day_is_that_whole_day(reader: Caller, three_days: list[str]) -> None:
    found = ids(reader, "startDate=2026-06-16&endDate=2026-06-16")
    assert found == [three_days[2], three_days[1]]


def test_without_dates_the_last_30_days_are_meant(reader: Caller, three_days: list[str]) -> None:
    assert set(ids(reader)).isdisjoint(three_days)
    assert len(ids(reader)) == 1


def test_there_is_no_limit_of_90_days(reader: Caller, three_days: list[str]) -> None:
    assert set(ids(reader, "startDate=1970-01-01")) > set(three_days)


@pytest.mark.parametrize("name", ["startDate", "endDate"])
@pytest.mark.parametrize(
    "date",
    [
        "yesterday",
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "13/13/2026",
        "2026-06-16T25:00:00Z",
        "99999-12-31",
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-367",
        "1" * 5_000,
        "20260616",
        "1750000000",
        "NaN",
        "%D9%A2%D9%A0%D9%A2%D9%A6-06-16",
    ],
)
def test_a_date_that_is_none(reader: Caller, name: str, date: str) -> None:
    assert reader.get(f"{PATH}?{name}={date}").fault == (400, "800002")


# Filters

SINCE = "startDate=2026-01-01&filter="


@pytest.fixture
def two_customers(three_days: list[str]) -> ActivityRecord:
    """Another one, whose name has what addresses use themselves."""
    return happened("2026-06-18T10:00:00", name="A&B+C Å", action="create_customer_user")


@pytest.mark.parametrize(
    "text",
    [
        '{"Field":"CompanyName","Value":"a%26B%2Bc","Operator":"substring"}',
        '{"Field":"CompanyName","Value":"A&B+C","Operator":"substring"}',
        '{"Operator":"Substring","Field":"companyname","Value":"B+C%20%C3%85"}',
        "%7B%22field%22%3A%22CompanyName%22%2C%22value%22%3A%22a%26b%22%2C"
        "%22operator%22%3A%22Substring%22%2C%22fieldType%22%3A%22String%22%7D",
        '{"Field":"ResourceType","Value":"CustomerUser","Operator":"equals"}',
        '{"field":"resource_type","value":"customer_user","operator":"Equals"}',
        '{"Field":"CustomerId","Value":"%s","Operator":"equals"}',
    ],
)
def test_a_filter(reader: Caller, two_customers: ActivityRecord, text: str) -> None:
    text = text.replace("%s", two_customers.customer_id.upper())
    assert ids(reader, SINCE + text) == [str(two_customers.uuid)]
    assert ids(reader, f"FILTER={text}&startDate=2026-01-01") == [str(two_customers.uuid)]


@pytest.mark.parametrize("value", ["SelfServePolicy", "self_serve_policy", "SELFSERVEPOLICY"])
def test_self_serve_policies_under_each_spelling(
    for_ada: Caller, ada: Agent, fabrikam: Customer, value: str
) -> None:
    move = set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    wanted = ActivityRecord.objects.get(number=move.permission.record_number)
    text = json.dumps({"Field": "ResourceType", "Value": value, "Operator": "equals"})

    assert ids(for_ada, f"filter={quote(text)}") == [str(wanted.uuid)]


@pytest.mark.parametrize(
    ("field", "operator"),
    [
        ("CompanyName", "equals"),
        ("CustomerId", "substring"),
        ("ResourceType", "starts_with"),
        ("OperationType", "equals"),
        ("", ""),
    ],
)
def test_a_filter_that_is_not_known(reader: Caller, field: str, operator: str) -> None:
    text = json.dumps({"Field": field, "Value": "x", "Operator": operator})
    assert reader.get(f"{PATH}?filter={quote(text)}").fault == (400, "800002")


def test_a_resource_type_that_nothing_has(reader: Caller) -> None:
    assert ids(reader, SINCE + '{"Field":"ResourceType","Value":"x","Operator":"equals"}') == []


# Pages


def test_pages_keep_their_window_and_filter(reader: Caller, three_days: list[str]) -> None:
    text = '{"Field":"CompanyName","Value":"fab","Operator":"substring"}'
    page = reader.get(f"{PATH}?startDate=6/15/2026%2012:00:00%20AM&size=3&filter={text}").json
    onward = page["links"]["next"]
    token = onward["headers"][0]
    rest = reader.get(f"/v1/{onward['uri']}", **{token["key"]: token["value"]}).json

    assert onward["uri"].startswith("/auditrecords?size=3&startDate=6%2F15%2F2026")
    assert [item["id"] for item in page["items"] + rest["items"]] == three_days[::-1]


def test_a_page_has_500_records_where_no_size_is_given(reader: Caller) -> None:
    assert reader.get(PATH).json["links"]["self"]["uri"] == "/auditrecords?size=500"


def test_size_0_means_all(reader: Caller, three_days: list[str]) -> None:
    assert len(ids(reader, "size=0&startDate=2026-01-01")) == 5


@pytest.mark.parametrize(
    "path", [f"/auditactivity{PATH}", f"/AuditActivity{PATH}/", f"http://testserver/{PATH}"]
)
def test_the_other_addresses_of_audit_records(
    reader: Caller, three_days: list[str], path: str
) -> None:
    found = reader.get(f"{path}?startDate=2026-06-15&endDate=2026-06-15").json
    assert [item["id"] for item in found["items"]] == three_days[:1]
    assert reader.get(f"/auditactivity/v1/auditrecords/{three_days[0]}").status == 200


@pytest.mark.parametrize("record_id", ["nonsense", "99999999-2222-3333-4444-555555555555", "1"])
def test_a_record_that_is_not_there(reader: Caller, record_id: str) -> None:
    assert reader.get(f"{PATH}/{record_id}").fault == (404, "1000")


# On the wire


def policy_text(customer: Customer, *resources: str) -> str:
    permissions = [{"Resource": resource, "Action": "Purchase"} for resource in resources]
    return json.dumps(
        {
            "Id": f"{ours.TENANT_ID}_{customer.pk}",
            "SelfServeEntity": {
                "SelfServeEntityType": "customer",
                "TenantID": str(customer.pk),
            },
            "Grantor": {"GrantorType": "billToPartner", "TenantID": ours.TENANT_ID},
            "Permissions": permissions,
        }
    )


def switched(customer: Customer, by: Agent, resource: Resource, *, on: bool) -> ActivityRecord:
    move = set_purchase_permission(customer=customer, resource=resource, allowed=on, by=by)
    return ActivityRecord.objects.get(number=move.permission.record_number)


def test_a_record_of_a_policy(ada: Agent, fabrikam: Customer) -> None:
    application = an_application(name="Robot")
    caller = Caller(a_token(application, ada))
    policy = {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(fabrikam.pk)},
        "grantor": {"grantorType": "billToPartner", "tenantID": ours.TENANT_ID},
        "permissions": [{"resource": "AzureSavingsPlan", "action": "Purchase"}],
    }
    headers = {"MS_RequestId": "request-1", "MS_CorrelationId": "correlation-1"}
    assert caller.post("/v1/SelfServePolicy", policy, **headers).status == 201
    written = ActivityRecord.objects.latest("number")

    answer = caller.get(f"{PATH}/{written.uuid}")

    assert answer.json == {
        "id": str(written.uuid),
        "partnerId": ours.TENANT_ID,
        "customerId": str(fabrikam.pk),
        "customerName": "Fabrikam",
        "userPrincipalName": "ada@partner.example",
        "applicationId": str(application.pk),
        "resourceType": "self_serve_policy",
        "resourceNewValue": policy_text(fabrikam, "AzureSavingsPlan"),
        "operationType": "create_self_serve_policy",
        "originalCorrelationId": "correlation-1",
        "operationDate": f"{written.at:%Y-%m-%dT%H:%M:%S.%f}0Z",
        "operationStatus": "succeeded",
        "customizedData": [
            {"key": "Number", "value": str(written.number)},
            {"key": "Action", "value": "create_customer_purchase_permissions"},
            {"key": "Channel", "value": "api"},
            {"key": "ResourceId", "value": "AzureSavingsPlan"},
            {"key": "RequestId", "value": "request-1"},
            {"key": "Digest", "value": written.digest},
        ],
        "attributes": {"objectType": "AuditRecord"},
    }
    assert caller.get(f"{PATH}?size=1").json["items"] == [answer.json]


def test_the_first_switch_creates_a_policy_and_the_last_one_deletes_it(
    for_ada: Caller, ada: Agent, fabrikam: Customer
) -> None:
    both = (Resource.AZURE_RESERVATIONS, Resource.AZURE_SAVINGS_PLAN)
    written = [switched(fabrikam, ada, each, on=on) for on in (True, False) for each in both]
    found = [for_ada.get(f"{PATH}/{each.uuid}").json for each in written]

    assert [each["operationType"] for each in found] == [
        "create_self_serve_policy",
        "update_self_serve_policy",
        "update_self_serve_policy",
        "delete_self_serve_policy",
    ]
    assert [each.get("resourceOldValue") for each in found] == [
        None,
        policy_text(fabrikam, "AzureReservedInstances"),
        policy_text(fabrikam, "AzureReservedInstances", "AzureSavingsPlan"),
        policy_text(fabrikam, "AzureSavingsPlan"),
    ]
    assert [each.get("resourceNewValue") for each in found] == [
        each.get("resourceOldValue") for each in [*found[1:], found[0]]
    ]


def test_an_act_of_an_application_by_itself_has_no_person(alone: Caller, contoso: Customer) -> None:
    alone.post(
        f"/v1/customers/{contoso.pk}/orders",
        {"lineItems": [{"offerId": "a", "quantity": 1}]},
    )
    found = alone.get(f"{PATH}?size=1").json["items"][0]

    assert found["operationType"] == "create_order"
    assert found["applicationId"]
    assert "userPrincipalName" not in found
    value = json.loads(found["resourceNewValue"])
    assert (value["FriendlyName"], value["Client"]) == ("a", {"Name": "Contoso Tools"})


@pytest.mark.parametrize(
    ("channel", "client"),
    [
        (Channel.DASHBOARD, "Partner Center Web"),
        (Channel.ADMIN, "Partner Center Web"),
        (Channel.PORTAL, "Customer Portal"),
        (Channel.SYSTEM, "Partner Center"),
    ],
)
def test_an_order_says_by_which_program_it_was_placed(
    alone: Caller, fabrikam: Customer, ada: Agent, channel: Channel, client: str
) -> None:
    office = SubscriptionFactory.build(customer=fabrikam, product="license")
    with acting_from(Origin(channel=channel)):
        order_subscriptions(subscriptions=[office], by=ada)

    found = alone.get(f"{PATH}?size=1").json["items"][0]
    assert json.loads(found["resourceNewValue"])["Client"] == {"Name": client}
    assert found["userPrincipalName"] == ada.username


def test_nothing_but_an_order_says_so(alone: Caller, fabrikam: Customer, ada: Agent) -> None:
    switched(fabrikam, ada, Resource.AZURE_RESERVATIONS, on=True)
    found = alone.get(f"{PATH}?size=1").json["items"][0]
    assert "Client" not in json.loads(found["resourceNewValue"])


# Names


def test_there_are_as_many_documented_names_as_there_are() -> None:
    assert (len(OPERATION_TYPES), len(RESOURCE_TYPES)) == (79, 33)


@pytest.mark.parametrize("code", [code for code, _label in events.choices()])
def test_every_activity_has_documented_names(code: str) -> None:
    kind = events.documented(code)
    some: dict[str, list[str]] = {"resources": ["AzureSavingsPlan"]}
    none: dict[str, list[str]] = {"resources": []}
    for old, new in ((None, some), (none, some), (some, some), (some, none), (some, None)):
        names = kind.of(old, new)
        assert names.operation in OPERATION_TYPES
        assert names.resource in RESOURCE_TYPES


def test_every_record_has_a_documented_status() -> None:
    assert set(Status.values) <= OPERATION_STATUSES
