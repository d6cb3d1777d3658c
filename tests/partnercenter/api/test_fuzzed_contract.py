"""The OpenAPI document and the parser say the same: what the document allows is understood, and
what it doesn't allow is refused. The exceptions are listed one by one.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from customers.models import Customer
from partnercenter.sent import BAD_CHARACTERS
from tests.partnercenter.api import test_fuzzed_api as fuzzing
from tests.partnercenter.api.calling import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]

one_connection, somebody = fuzzing.one_connection, fuzzing.somebody
EXAMPLES = 15
THERE = ("customer_id", "subscription_id", "user_id")

# What depends on more than the shape of the call, by a part of the answer's description.
RULES = {
    # The server makes the tokens of pages, and etags.
    "This page link belongs to another list",
    "was changed since you read it",
    "If-Match can name one etag only",
    "If-Match and attributes.etag differ",
    # A subscription as it is decides what can be done with it.
    "What is billed by usage has no quantity",
    "can be set to active or suspended",
    # An order has to fit its customer, the catalog and itself.
    "referenceCustomerId names another customer",
    "There is no such reserved instance",
    "has to name an Azure subscription",
    "can't be chosen for",
    "is ordered in an order of its own",
    "lineItemNumber must count the lines",
    "termDuration and provisioningContext.duration differ",
    # What JSON Schema has no word for: Django's own rules for addresses of mail, and text that says
    # one thing twice.
    "Enter a valid email address",
    "contradicts another field of the body",
    # Customers have to be ready to purchase.
    "has no active Azure",
}


def cases_of(operation: Any, mode: GenerationMode) -> Any:
    """Without characters that are refused everywhere, which JSON Schema has no short word for."""
    return operation.as_strategy(generation_mode=mode).filter(_has_good_characters)


def _has_good_characters(case: Any) -> bool:
    parts = [case.path_parameters, case.query, case.body]
    return not any(BAD_CHARACTERS.search(text) for text in _texts(parts))


def _texts(value: Any) -> Iterator[str]:
    """All of them, names too, as the server reads them: decoded, and filters as JSON."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield unquote(value)
        yield from _texts(json.loads(value)) if value.startswith('{"') else ()


def fuzz(operation: Any, mode: GenerationMode, check: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases_of(operation, mode))
    def fuzzed(case: Any) -> None:
        check(case)

    fuzzed()


@pytest.mark.parametrize("operation", fuzzing.operations(), ids=lambda each: each.label)
def test_what_the_document_allows_is_understood(
    for_ada: Caller, somebody: Customer, operation: Any
) -> None:
    def check(case: Any) -> None:
        case.path_parameters |= dict.fromkeys(
            set(THERE) & set(case.path_parameters), fuzzing.SOMEBODY
        )
        answer = case.call(headers=for_ada.headers)
        if not any(rule in answer.text for rule in RULES):
            case.validate_response(answer, checks=[positive_data_acceptance])

    fuzz(operation, GenerationMode.POSITIVE, check)


@pytest.mark.parametrize("operation", fuzzing.operations(), ids=lambda each: each.label)
def test_what_the_document_does_not_allow_is_refused(
    for_ada: Caller, somebody: Customer, operation: Any
) -> None:
    def check(case: Any) -> None:
        case.call_and_validate(headers=for_ada.headers, checks=[negative_data_rejection])

    fuzz(operation, GenerationMode.NEGATIVE, check)


# What clients send although the document doesn't allow it, each with who sends it


@pytest.mark.parametrize(
    "query",
    [
        # Microsoft's .NET SDK
        "startDate=01/01/2024%2000:00:00&endDate=11/23/2026%2013:06:43",
        # an example of Microsoft's documentation
        "startDate=6/1/2017%2012:00:00%20AM",
        # Microsoft's Java SDK, which writes the day of the year
        "startDate=2020-06-167",
    ],
)
def test_dates_in_other_forms_are_understood(for_ada: Caller, query: str) -> None:
    assert for_ada.get(f"/v1/auditrecords?{query}").status == 200


def test_names_and_enumerations_are_understood_in_any_case(
    for_ada: Caller, somebody: Customer
) -> None:
    """.NET writes `entity_Id`, and enumerations as C# names them."""
    assert for_ada.get(f"/v1/SelfServePolicy?entity_Id={fuzzing.SOMEBODY}").status == 200
    users = f"/v1/customers/{fuzzing.SOMEBODY}/users"
    assert for_ada.get(f"{users}?SORTFIELD=userprincipalname").status == 200
    path = f"/v1/customers/{fuzzing.SOMEBODY}/subscriptions/{fuzzing.SOMEBODY}"
    assert for_ada.patch(path, {"Status": "Active"}).status == 200


@pytest.mark.parametrize("value", ["1", "1_0", "１", True, 1.5, [1], {"value": 1}])
def test_types_are_strict(for_ada: Caller, somebody: Customer, value: Any) -> None:
    """No client writes a number as text."""
    body = {"lineItems": [{"offerId": "a", "quantity": value}]}
    answer = for_ada.post(f"/v1/customers/{fuzzing.SOMEBODY}/orders", body)
    assert answer.fault == (400, "800002")
    assert "quantity" in answer.json["description"]


@pytest.mark.parametrize("size", ["1_0", "%EF%BC%91", "+1", "1.0", "%201", "-1", "1e1"])
def test_a_size_is_ascii_digits(for_ada: Caller, size: str) -> None:
    for path in ("/v1/customers", "/v1/auditrecords"):
        answer = for_ada.get(f"{path}?size={size}")
        assert answer.fault == (400, "800002")
        assert re.search("size", answer.json["description"])
