"""The OpenAPI document: what it promises, and that its examples work as they are shown."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.test import Client
from pytest_django import Settings

from customers.api import examples
from customers.models import Customer, ReservationProduct
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.api.faults import ApiFault
from partnercenter.api.openapi import document, operations_of
from partnercenter.api.urls import api
from partnercenter.api.wire import Wire
from tests.factories import CustomerFactory, SubscriptionFactory
from tests.partnercenter.api import snapshot
from tests.partnercenter.api.calling import Caller

DOCUMENT = document(api)
OPERATIONS = [operation for _method, operation in operations_of(DOCUMENT)]
IDS = [operation["operationId"] for operation in OPERATIONS]


def by_id(operation_id: str) -> Any:
    return OPERATIONS[IDS.index(operation_id)]


def parameters_of(operation: Any) -> list[str]:
    """The names, of references too."""
    return [each.get("name") or each["$ref"].rpartition("/")[2] for each in operation["parameters"]]


# The document


def test_the_document_is_the_one_that_was_agreed_on() -> None:
    agreed = snapshot.PATH.read_text(encoding="utf-8")
    assert snapshot.current() == agreed, "If the change is meant, run “make openapi”."


@pytest.mark.django_db
def test_it_is_open_to_everyone_and_names_the_server_that_was_asked() -> None:
    answer = Client().get("/api/openapi.json", headers={"Host": "localhost:8443"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {**DOCUMENT, "servers": [{"url": "http://localhost:8443"}]}


def test_a_reader_of_openapi_reads_it() -> None:
    read = schemathesis.openapi.from_dict(DOCUMENT)
    read.validate()
    assert len(list(read.get_all_operations())) == len(OPERATIONS) > 20


def test_it_is_of_version_3_1_and_says_whose_version_it_is() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert set(DOCUMENT["info"]) == {"title", "version", "description"}


def test_every_address_begins_with_v1() -> None:
    assert all(path.startswith("/v1/") for path in DOCUMENT["paths"])


def test_every_tag_is_described_and_has_operations() -> None:
    described = [tag["name"] for tag in DOCUMENT["tags"] if tag["description"]]
    assert described == list(
        dict.fromkeys(tag for operation in OPERATIONS for tag in operation["tags"])
    )


@pytest.mark.parametrize("operation_id", IDS)
def test_an_operation_says_in_words_what_it_does(operation_id: str) -> None:
    operation = by_id(operation_id)
    assert operation["summary"] != operation_id.replace("_", " ").title()
    assert operation["description"].endswith(".")
    assert operation["x-roles"][0] == Role.ADMIN
    assert operation["security"] == [{"BearerToken": []}]


@pytest.mark.parametrize("operation_id", IDS)
def test_an_operation_documents_its_statuses_and_headers(operation_id: str) -> None:
    operation = by_id(operation_id)
    names = parameters_of(operation)
    assert {"MS-RequestId", "MS-CorrelationId"} <= set(names)
    assert {"400", "401", "403", "500", "503"} < set(operation["responses"])
    assert ("429" in operation["responses"]) == operation["x-counted"]


def test_lists_take_the_continuation_token_as_a_header() -> None:
    lists = [
        operation
        for operation in OPERATIONS
        if operation["summary"].startswith("List ") and "200" in operation["responses"]
    ]
    assert len(lists) == 7
    assert all(parameters_of(operation).count("MS-ContinuationToken") == 2 for operation in lists)


def test_every_parameter_is_described() -> None:
    silent = [
        (operation["operationId"], each["name"])
        for operation in OPERATIONS
        for each in operation["parameters"]
        if "$ref" not in each and not each.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize("operation_id", ["customers", "audit"])
def test_lists_with_a_filter_document_it(operation_id: str) -> None:
    (parameter,) = [
        each for each in by_id(operation_id)["parameters"] if each.get("name") == "filter"
    ]
    content = parameter["content"]["application/json"]
    assert set(content["example"]) == set(content["schema"]["required"])


def test_names_are_written_in_camel_case() -> None:
    names = [
        name
        for schema in DOCUMENT["components"]["schemas"].values()
        for name in schema.get("properties", {})
    ]
    assert len(names) > 100
    assert [name for name in names if not re.fullmatch("[a-z]+([A-Z0-9][a-z0-9]*)*", name)] == []


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT)):
        found: Any = DOCUMENT
        for name in reference.split("/"):
            found = found[name]


# Its examples


def shown() -> Iterator[tuple[type[Wire], dict[str, Any]]]:
    """Each model of the API with each of its examples."""
    models = list(Wire.__subclasses__())
    for model in models:
        models += model.__subclasses__()
        extra = model.model_config.get("json_schema_extra")
        if isinstance(extra, dict):
            for example in extra["examples"]:  # type: ignore[union-attr]
                yield model, example  # type: ignore[misc]


SHOWN = list(shown())


def test_every_answer_has_an_example() -> None:
    assert ApiFault in {model for model, _example in SHOWN}
    assert len(SHOWN) == len({model for model, _example in SHOWN}) == 15


@pytest.mark.parametrize(("model", "example"), SHOWN)
def test_an_example_goes_over_the_wire_as_it_is_shown(
    model: type[Wire], example: dict[str, Any]
) -> None:
    read = model.model_validate(example)
    assert json.loads(read.model_dump_json(exclude_none=True)) == example


@pytest.fixture
def documented(ada: Agent, settings: Settings, db: None) -> Customer:
    """The customer of the examples, with the subscription that they name."""
    settings.TENANT_ID = examples.PARTNER
    customer = CustomerFactory.create(pk=examples.CUSTOMER)
    SubscriptionFactory.create(pk=examples.SUBSCRIPTION, customer=customer)
    return customer


def test_the_examples_of_a_policy_work_one_after_the_other(
    documented: Customer, for_ada: Caller
) -> None:
    created = for_ada("POST", "/v1/SelfServePolicy", examples.NEW_POLICY)
    assert created.status == 201
    etag = created.json["attributes"]["etag"]
    assert {**created.json, "attributes": {**examples.POLICY["attributes"]}} == examples.POLICY
    changed = {**examples.REPLACED_POLICY, "attributes": {"etag": etag}}
    assert for_ada("PUT", "/v1/SelfServePolicy", changed).status == 200


@pytest.mark.parametrize("example", [examples.LICENSE_ORDER, examples.RESERVATION_ORDER])
def test_the_examples_of_orders_work(
    documented: Customer, for_ada: Caller, product: ReservationProduct, example: Any
) -> None:
    answer = for_ada("POST", f"/v1/customers/{documented.pk}/orders", example)
    assert answer.status == 201, answer.text


def test_the_example_of_an_azure_plan_works(
    documented: Customer, for_ada: Caller, contoso: Customer
) -> None:
    example = {**examples.AZURE_PLAN_ORDER, "referenceCustomerId": str(contoso.pk)}
    assert for_ada("POST", f"/v1/customers/{contoso.pk}/orders", example).status == 201


def test_the_example_of_a_change_works(documented: Customer, for_ada: Caller) -> None:
    path = f"/v1/customers/{documented.pk}/subscriptions/{examples.SUBSCRIPTION}"
    etag = for_ada.get(path).json["attributes"]["etag"]
    changed = {**examples.SUBSCRIPTION_CHANGE, "attributes": {"etag": etag}}
    answer = for_ada("PATCH", path, changed)
    assert (answer.status, answer.json["status"]) == (200, "suspended")


# HEAD


@pytest.mark.parametrize(
    "path",
    ["/v1/customers", "/v1/auditrecords", "/v1/SelfServePolicy", "/v1/profiles/organization"],
)
def test_head_works_wherever_get_does(for_ada: Caller, path: str) -> None:
    answer = for_ada("HEAD", path)
    assert (answer.status, answer.text) == (200, "")
