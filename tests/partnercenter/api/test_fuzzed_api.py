"""The API is fuzzed from its own OpenAPI document.

Whatever is sent, the answer is one that the document tells of: its status, its type, its shape.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from customers.models import Customer
from partnercenter.api.openapi import document
from partnercenter.api.urls import api
from partnercenter.wsgi import application
from tests.factories import CustomerFactory, CustomerUserFactory, SubscriptionFactory
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

SOMEBODY = "11111111-2222-3333-4444-555555555555"
EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(document(api))
    schema.app = application
    results: Any = schema.get_all_operations()
    return [result.ok() for result in results]


@pytest.fixture
def somebody(db: None) -> Customer:
    customer = CustomerFactory.create(pk=SOMEBODY)
    SubscriptionFactory.create(pk=SOMEBODY, customer=customer)
    CustomerUserFactory.create(pk=SOMEBODY, customer=customer)
    return customer


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the test's connection open, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.label)
def test_whatever_is_sent_is_answered_as_documented(
    for_ada: Caller, somebody: Customer, operation: Any
) -> None:
    cases = operation.as_strategy()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def fuzzed(case: Any) -> None:
        if "customer_id" in (case.path_parameters or {}):
            case.path_parameters["customer_id"] = SOMEBODY
        case.call_and_validate(headers=for_ada.headers, checks=CHECKS)

    fuzzed()
