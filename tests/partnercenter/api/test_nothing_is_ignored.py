"""Whatever an operation doesn't support is refused by its name: nothing that is sent is ignored."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from ninja.operation import Operation
from pytest_django import Settings

from customers.api import examples
from customers.models import Customer
from partnercenter.api.openapi import document, operations_of
from partnercenter.api.urls import api
from tests.factories import CustomerFactory, CustomerUserFactory, SubscriptionFactory
from tests.partnercenter.api import original
from tests.partnercenter.api.calling import Answer, Caller, pascal
from tests.partnercenter.api.test_api_matrix import OPERATIONS, SOMEBODY, each_operation
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

DOCUMENTED = {each["operationId"]: each for _method, each in operations_of(document(api))}
LISTS = sorted(
    address
    for _method, address, operation in OPERATIONS
    if "size"
    in {each.get("name") for each in DOCUMENTED[str(operation.operation_id)]["parameters"]}
)
NAME_FILTER = json.dumps({"Field": "CompanyName", "Value": "F&utm=1", "Operator": "starts_with"})


@pytest.fixture(autouse=True)
def somebody(db: None) -> Customer:
    customer = CustomerFactory.create(pk=SOMEBODY)
    SubscriptionFactory.create(pk=SOMEBODY, customer=customer)
    CustomerUserFactory.create(pk=SOMEBODY, customer=customer)
    return customer


def supported(operation: Operation, place: str) -> set[str]:
    """The names of parameters that the document declares, folded."""
    declared = DOCUMENTED[str(operation.operation_id)]["parameters"]
    return {each["name"].lower() for each in declared if each.get("in") == place}


def assert_named(answer: Answer, name: str) -> None:
    assert answer.fault == (400, "800002"), (name, answer.text)
    assert name in answer.json["description"], answer.text


def body_for(operation: Operation) -> Any:
    """One that is read without an error, so that what else is wrong can be told."""
    contents = DOCUMENTED[str(operation.operation_id)].get("requestBody", {}).get("content", {})
    examples = contents.get("application/json", {}).get("examples", {})
    return next((each["value"] for each in examples.values()), None)


# Parameters


@each_operation
def test_a_parameter_of_the_original_that_is_not_supported(
    for_ada: Caller, method: str, address: str, operation: Operation
) -> None:
    unsupported = [
        name for name in original.PARAMETERS if name.lower() not in supported(operation, "query")
    ]
    assert len(unsupported) > 10
    with nothing_changes():
        for name in unsupported:
            answer = for_ada(method, f"{address}?{name}=1", body_for(operation))
            assert_named(answer, name)


@each_operation
def test_a_parameter_that_nobody_knows(
    for_ada: Caller, method: str, address: str, operation: Operation
) -> None:
    with nothing_changes():
        for name in ("nothing", "Size ", "$top", "page", "entityId", "é", "_", "utm"):
            answer = for_ada(method, f"{address}?{quote(name)}=", body_for(operation))
            assert_named(answer, name)


@pytest.mark.parametrize("address", LISTS)
def test_what_mail_gateways_add_is_harmless(for_ada: Caller, address: str) -> None:
    assert for_ada.get(f"{address}?utm_source=a&UTM_Campaign=b&fbclid=c").status == 200


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("query", ["size=1&size=2", "size=1&Size=1", "SIZE=&size="])
def test_a_parameter_that_is_there_twice(for_ada: Caller, address: str, query: str) -> None:
    assert "size" in for_ada.get(f"{address}?{query}").json["description"].lower()
    assert for_ada.get(f"{address}?{query}").fault == (400, "800002")


@pytest.mark.parametrize("query", [f"filter={NAME_FILTER}", f"filter={quote(NAME_FILTER)}&size=1"])
def test_a_company_name_with_an_ampersand_is_no_parameter(for_ada: Caller, query: str) -> None:
    assert for_ada.get(f"/v1/customers?{query}").status == 200
    assert_named(for_ada.get(f"/v1/customers?{query}&offset=2"), "offset")


def test_a_stranger_is_not_told_which_parameters_there_are() -> None:
    assert Caller().get("/v1/customers?nothing=1").fault == (401, "800001")


# Headers and bodies


@each_operation
def test_a_header_that_an_operation_does_not_read(
    for_ada: Caller, method: str, address: str, operation: Operation
) -> None:
    declared = DOCUMENTED[str(operation.operation_id)]["parameters"]
    read = {each.get("name") or each["$ref"].rpartition("/")[2] for each in declared}
    for header in {"If-Match", "MS-ContinuationToken"} - read:
        headers: Any = {header.replace("-", "_"): '"a"'}
        with nothing_changes():
            answer = for_ada(method, address, body_for(operation), **headers)
        assert_named(answer, header)


WITHOUT_BODY = [
    (method, address)
    for method, address, operation in OPERATIONS
    if "requestBody" not in DOCUMENTED[str(operation.operation_id)]
]


@pytest.mark.parametrize(("method", "address"), WITHOUT_BODY)
def test_a_body_where_none_is_read(for_ada: Caller, method: str, address: str) -> None:
    with nothing_changes():
        answer = for_ada(method, address, {"permissions": []})
    assert answer.fault == (400, "800002")
    assert "body" in answer.json["description"]


@pytest.mark.parametrize("raw", [b"", b" ", b"{}", b"null"])
def test_an_empty_body_says_nothing(for_ada: Caller, raw: bytes) -> None:
    assert for_ada("GET", "/v1/customers", raw=raw).status == 200


# Keys of bodies

KEYS = [
    (method, address, operation, name, value)
    for method, address, operation in OPERATIONS
    for name, value in original.BODY_KEYS.get(str(operation.operation_id), {}).items()
]
NAMES_OF_KEYS = [f"{operation.operation_id} {name}" for _m, _a, operation, name, _v in KEYS]


def with_key(body: Any, name: str, value: Any) -> Any:
    """The same with the value under a dotted name."""
    first, _dot, rest = name.partition(".")
    if isinstance(body, list):
        return [with_key(body[0], rest, value), *body[1:]]
    return {**body, first: with_key(body.get(first, {}), rest, value) if rest else value}


@pytest.fixture
def customer_of_the_examples(settings: Settings, somebody: Customer) -> Customer:
    """Bodies are those of the documentation, and so is the customer that they name."""
    settings.TENANT_ID = examples.PARTNER
    return CustomerFactory.create(pk=examples.CUSTOMER)


def test_every_operation_with_a_body_is_listed() -> None:
    with_body = {str(each["operationId"]) for each in DOCUMENTED.values() if "requestBody" in each}
    assert with_body == set(original.BODY_KEYS)


@pytest.mark.usefixtures("customer_of_the_examples")
@pytest.mark.parametrize(
    ("method", "address", "operation", "name", "value"), KEYS, ids=NAMES_OF_KEYS
)
@pytest.mark.parametrize("written", [dict, pascal], ids=["camelCase", "PascalCase"])
def test_a_key_of_the_original_that_is_not_supported(
    for_ada: Caller,
    method: str,
    address: str,
    operation: Operation,
    name: str,
    value: Any,
    written: Any,
) -> None:
    body = {**body_for(operation), "attributes": {}, "referenceCustomerId": None}
    with nothing_changes():
        answer = for_ada(method, address, written(with_key(body, name, value)))
    assert answer.fault == (400, "800002"), answer.text
    assert name.rpartition(".")[2].lower() in answer.json["description"].lower(), answer.text


@pytest.mark.parametrize(
    "value", [None, False, 0, "", [], {}, "none", "Unknown", "0001-01-01T00:00:00"]
)
def test_what_was_never_set_asks_for_nothing(
    for_ada: Caller, somebody: Customer, value: Any
) -> None:
    """As .NET writes a resource: with whatever its program left alone."""
    path = f"/v1/customers/{SOMEBODY}/subscriptions/{SOMEBODY}"
    unset = dict.fromkeys(original.BODY_KEYS["update_subscription"], value)
    del unset["attributes.version"]
    with nothing_changes():
        assert for_ada.patch(path, pascal(unset)).status == 200


@pytest.mark.parametrize("written", [dict, pascal], ids=["camelCase", "PascalCase"])
def test_a_resource_that_is_sent_back_as_it_was_read(for_ada: Caller, written: Any) -> None:
    path = f"/v1/customers/{SOMEBODY}/subscriptions/{SOMEBODY}"
    read = for_ada.get(path).json
    with nothing_changes():
        for body in (read, {**read, "links": {"offer": {}, "self": {}}}, {**read, "links": None}):
            assert for_ada.patch(path, written(body)).json == read


def test_every_key_that_is_not_supported_is_named_at_once(for_ada: Caller) -> None:
    path = f"/v1/customers/{SOMEBODY}/subscriptions/{SOMEBODY}"
    answer = for_ada.patch(path, {"billingCycle": "annual", "termDuration": "P3Y"})
    assert_named(answer, "billingCycle")
    assert_named(answer, "termDuration")
