"""What no client sends by design, at every operation: always a 4xx in the form of an error, and
nothing changes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.utils import OperationalError

from customers.models import Customer
from tests.factories import CustomerFactory, CustomerUserFactory, SubscriptionFactory
from tests.partnercenter.api.calling import Answer, Caller
from tests.partnercenter.api.test_api_matrix import OPERATIONS, PARTS, SOMEBODY
from tests.partnercenter.api.unchanged import nothing_changes
from tests.partnercenter.hostile import BODIES, FORBIDDEN, HEADERS, HOSTILE, VALUES

pytestmark = pytest.mark.django_db

WRITING = [(method, address) for method, address, _operation in OPERATIONS if method != "GET"]
READING = [address for method, address, _operation in OPERATIONS if method == "GET"]
WITH_BODY = [(method, address) for method, address in WRITING if method != "DELETE"]
LIST = ("size", "MS-ContinuationToken", "seekOperation")
QUERIES = {
    "/v1/customers": (*LIST, "filter", "nothing"),
    f"/v1/customers/{SOMEBODY}/subscriptions": (*LIST, "order_id"),
    "/v1/SelfServePolicy": (*LIST, "entity_id"),
    "/v1/auditrecords": (*LIST, "filter", "startDate", "endDate"),
}
# One of each kind; what reads headers is the same for all of them.
CALLS = [("GET", "/v1/customers?size=1"), ("POST", "/v1/SelfServePolicy")]
API_HEADERS = (
    *HEADERS,
    "MS-RequestId",
    "MS-CorrelationId",
    "MS-ContinuationToken",
    "MS-CV",
    "X-Locale",
    "If-Match",
    "Content-Type",
)


@pytest.fixture(autouse=True)
def somebody(db: None) -> Customer:
    customer = CustomerFactory.create(pk=SOMEBODY)
    SubscriptionFactory.create(pk=SOMEBODY, customer=customer)
    CustomerUserFactory.create(pk=SOMEBODY, customer=customer)
    return customer


def assert_refused(answer: Answer, *told: object) -> None:
    assert answer.code, told
    assert 400 <= answer.status < 500, told
    assert answer.status not in (412, 422), told


def assert_answered(answer: Answer, *told: object) -> None:
    """Understood or refused, but in JSON and by intention."""
    assert answer.status == 200 or answer.code, told
    assert answer.status in (200, 400, 401, 403, 404, 409), told
    assert answer.headers["Content-Type"] == "application/json", told


# In paths


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_path(for_ada: Caller, name: str) -> None:
    with nothing_changes():
        for method, address, operation in OPERATIONS:
            for part in (PARTS["{policy_id}"], SOMEBODY):
                if address.count(part) and HOSTILE[name]:
                    path = address.replace(part, HOSTILE[name], 1)
                    answer = for_ada(method, path, None if method == "GET" else {})
                    assert_refused(answer, operation.operation_id)


@pytest.mark.parametrize("name", HOSTILE)
def test_an_unknown_hostile_path(for_ada: Caller, name: str) -> None:
    for path in (f"/v1/{HOSTILE[name]}", f"/v1/x/{HOSTILE[name]}", f"/v1//{HOSTILE[name]}/y"):
        assert_refused(for_ada.get(path), path)


# In queries


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query(for_ada: Caller, name: str) -> None:
    for address, fields in QUERIES.items():
        for field in fields:
            answer = for_ada.get(f"{address}?{field}={HOSTILE[name]}")
            assert_answered(answer, address, field)
            if name in FORBIDDEN:
                assert_refused(answer, address, field)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_value_in_a_filter(for_ada: Caller, name: str) -> None:
    for path in ("/v1/customers", "/v1/auditrecords"):
        for part in ("Field", "Operator", "Value"):
            parts = {"Field": "CompanyName", "Operator": "starts_with", "Value": "a", part: "?"}
            text = quote(json.dumps(parts)).replace("%3F", HOSTILE[name])
            assert_answered(for_ada.get(f"{path}?filter={text}"), path, part)


@pytest.mark.parametrize(
    "query",
    ["&&&&", "=", "===&=", "%", "size", "size=&size=", "size[]=1", "a" * 20_000, "?" * 500],
)
def test_an_odd_query(for_ada: Caller, query: str) -> None:
    for address in READING:
        assert_answered(for_ada.get(f"{address}?{query}"), address)


# In headers


@pytest.mark.parametrize("header", API_HEADERS)
def test_a_hostile_header(for_ada: Caller, header: str) -> None:
    with nothing_changes():
        for value in VALUES:
            for method, address in CALLS:
                headers: Any = {header.replace("-", "_"): value}
                answer = for_ada(method, address, None if method == "GET" else [], **headers)
                assert_answered(answer, method, value[:20])


# In bodies

RAW = {
    "nothing": b"",
    "white space": b" \n\t",
    "no JSON": b"x",
    "half an object": b'{"a":',
    "two objects": b"{}{}",
    "a comma too many": b'{"a":1,}',
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // a",
    "NaN": b'{"quantity": NaN}',
    "infinity": b'{"quantity": -Infinity}',
    "five thousand digits": b'{"quantity": ' + b"9" * 5_000 + b"}",
    "an exponent": b'{"quantity": 1e999}',
    "a negative exponent": b'{"quantity": 1e-999}',
    "deep lists": b"[" * 100_000,
    "deep lists that end": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep in a field": b'{"lineItems":' + b"[" * 2_000 + b"]" * 2_000 + b"}",
    "a name twice": b'{"id": "a", "id": "a"}',
    "a name twice in two cases": b'{"id": "a", "ID": "a"}',
    "a surrogate alone": b'{"friendlyName": "\\ud800"}',
    "a surrogate alone as a name": b'{"\\udc00": 1}',
    "NUL": b'{"friendlyName": "a\\u0000b"}',
    "raw NUL": b'{"friendlyName": "a\x00b"}',
    "an escape": b'{"friendlyName": "\\u001b[31m"}',
    "a turn of direction": b'{"friendlyName": "\\u202e"}',
    "ISO-8859-1": '{"friendlyName": "Büro"}'.encode("latin-1"),
    "UTF-16": '{"friendlyName": "a"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"friendlyName": "a"}'.encode("utf-16-le"),
    "UTF-32": '{"friendlyName": "a"}'.encode("utf-32"),
    "overlong UTF-8": b'{"friendlyName": "\xc0\xaf"}',
    "surrogates in UTF-8": b'{"friendlyName": "\xed\xa0\x80"}',
    "three million letters": b'{"friendlyName": "' + b"a" * 3_000_000 + b'"}',
    "a text": b'"text"',
    "a number": b"1",
    "true": b"true",
    "null": b"null",
    "an empty list": b"[]",
    "a list of nulls": b"[null, null]",
    "a form": b"grant_type=client_credentials",
    "XML": b'<?xml version="1.0"?><a/>',
}


@pytest.mark.parametrize("name", RAW)
def test_a_hostile_body(for_ada: Caller, name: str) -> None:
    with nothing_changes():
        for method, address in WITH_BODY:
            answer = for_ada(method, address, raw=RAW[name], MS_RequestId="one")
            if method == "PATCH" and answer.status == 200:
                continue  # nothing of it is known, so that nothing is changed
            assert_refused(answer, method, address)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_another_type(for_ada: Caller, name: str) -> None:
    content_type, raw = BODIES[name]
    with nothing_changes():
        for method, address in WRITING:
            answer = for_ada(method, address, raw=raw, Content_Type=content_type)
            if method == "PATCH" and answer.status == 200:
                continue
            assert_refused(answer, method, address)


VALUES_OF_FIELDS: list[Any] = [
    None, True, 0, -1, 2**63, 10**400, 0.5, "", " ", "a" * 100_000, "x\ny", "‮", [], [[]], {},
    {"a": {}}, [None], "null", "{}", "NaN", "\u0000",
]  # fmt: skip


def _replaced(value: Any, new: Any) -> Iterator[Any]:
    """The same with one of its parts, however deep, replaced."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield {**value, name: new}
            yield from ({**value, name: other} for other in _replaced(each, new))
    elif isinstance(value, list):
        for other in _replaced(value[0], new):
            yield [other]
        yield [new]


ORDER = {
    "referenceCustomerId": SOMEBODY,
    "billingCycle": "monthly",
    "lineItems": [
        {
            "offerId": "VirtualMachines:none:none",
            "quantity": 1,
            "termDuration": "P1Y",
            "friendlyName": "a",
            "provisioningContext": {
                "subscriptionId": SOMEBODY,
                "scope": "shared",
                "duration": "1Year",
            },
        }
    ],
}
POLICY = {
    "id": PARTS["{policy_id}"],
    "selfServeEntity": {
        "selfServeEntityType": "customer",
        "tenantID": "99999999-2222-3333-4444-555555555555",
    },
    "grantor": {
        "grantorType": "billToPartner",
        "tenantID": PARTS["{policy_id}"].partition("_")[0],
    },
    "permissions": [{"resource": "AzureSavingsPlan", "action": "Purchase"}],
    "attributes": {"etag": '"a"', "objectType": "SelfServePolicy"},
}
SUBSCRIPTION = {
    "friendlyName": "a",
    "quantity": 2,
    "autoRenewEnabled": False,
    "status": "suspended",
    "attributes": {"etag": '"stale"'},
}
PROFILE = {
    "firstName": "Mia",
    "lastName": "Money",
    "email": "mia@company.example",
    "culture": "en-GB",
    "language": "en",
    "companyName": "Company",
    "defaultAddress": {
        "country": "GB",
        "region": "Yorkshire",
        "city": "York",
        "state": "Yorkshire",
        "addressLine1": "1 High Street",
        "addressLine2": "Second floor",
        "postalCode": "YO1 7HH",
        "firstName": "Mia",
        "lastName": "Money",
        "phoneNumber": "555 0100",
    },
    "attributes": {"etag": '"stale"', "objectType": "CustomerBillingProfile"},
}
BODIES_OF = {
    "orders": ORDER,
    "SelfServePolicy": POLICY,
    "subscriptions": SUBSCRIPTION,
    "profiles/billing": PROFILE,
}


@pytest.mark.parametrize("value", VALUES_OF_FIELDS, ids=lambda value: ascii(value)[:20])
def test_a_hostile_value_in_each_field(for_ada: Caller, value: Any) -> None:
    for method, address in WITH_BODY:
        body = next(body for name, body in BODIES_OF.items() if name in address)
        for changed in _replaced(body, value):
            answer = for_ada(method, address, raw=json.dumps(changed).encode())
            assert answer.status in (200, 201, 400, 403, 404, 409), changed
            assert answer.status in (200, 201) or answer.code


# Before any view


@pytest.mark.parametrize("host", ["evil.example", "a b", "", "[", "\xff"])
def test_a_host_that_is_not_ours(for_ada: Caller, host: str) -> None:
    answer = for_ada.get("/v1/customers", Host=host)
    assert answer.fault == (400, "800002")


def test_every_answer_bears_ids_of_the_call(for_ada: Caller) -> None:
    for path in ("/v1/customers", "/v1/nothing", "/v1/customers?size=x", "/v1/%00"):
        given = for_ada.get(path, MS_RequestId="one", MS_CorrelationId="two")
        assert (given.headers["MS-RequestId"], given.headers["MS-CorrelationId"]) == ("one", "two")
        missing = for_ada.get(path)
        assert len(missing.headers["MS-RequestId"]) == 36
        assert len(missing.headers["MS-CorrelationId"]) == 36


# A database that does not answer


@contextmanager
def database_away() -> Iterator[None]:
    def gone(execute: Callable[..., Any], *_args: Any) -> Any:
        raise OperationalError("the server closed the connection unexpectedly")

    with connection.execute_wrapper(gone):
        yield


def test_a_database_that_is_away_is_503_in_json(for_ada: Caller) -> None:
    with nothing_changes():
        for method, address, operation in OPERATIONS:
            with database_away():
                answer = for_ada(method, address, None if method == "GET" else {})
            assert answer.fault == (503, "503"), operation.operation_id
            assert answer.headers["Retry-After"] == "5"
