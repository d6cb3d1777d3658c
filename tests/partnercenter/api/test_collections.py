"""Lists page by page, and addresses as clients write them.

Source: partner-center facts, sections 4.4, 5.1 and 6.3; “What our server must do” in the notes on
clients, 1 and 4.
"""

from typing import Any

import pytest

from customers.models import Customer
from tests.factories import CustomerFactory
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

NAMES = [f"Company {letter}" for letter in "ABCDEFG"]


@pytest.fixture
def seven(db: None) -> list[Customer]:
    return [CustomerFactory.create(company_name=name) for name in NAMES]


def names(answer: Any) -> list[str]:
    return [item["companyProfile"]["companyName"] for item in answer["items"]]


def by_header(caller: Caller, link: Any, prefix: str = "/v1") -> Any:
    """As Microsoft's .NET SDK follows a link: its address as it is, with its headers."""
    headers = {header["key"]: header["value"] for header in link["headers"]}
    return caller.get(prefix + link["uri"], **headers).json


def by_query(caller: Caller, link: Any) -> Any:
    """As its Java SDK does: the token in the address, and one slash too many."""
    token = link["headers"][0]
    return caller.get(f"/v1/{link['uri']}&{token['key']}={token['value']}").json


def by_both(caller: Caller, link: Any) -> Any:
    return by_header(caller, link, "/v1/")


FOLLOWING = pytest.mark.parametrize("follow", [by_header, by_query, by_both])


@FOLLOWING
def test_next_pages_bring_every_item_once(
    alone: Caller, seven: list[Customer], follow: Any
) -> None:
    page = alone.get("/v1/customers?size=3").json
    found = names(page)
    while link := page["links"].get("next"):
        assert link["uri"] == "/customers?size=3"
        assert page["continuationToken"] == link["headers"][0]["value"]
        page = follow(alone, link)
        found += names(page)

    assert found == NAMES
    assert "continuationToken" not in page


@FOLLOWING
def test_previous_pages_lead_back(alone: Caller, seven: list[Customer], follow: Any) -> None:
    first = alone.get("/v1/customers?size=3").json
    second = follow(alone, first["links"]["next"])
    back = follow(alone, second["links"]["previous"])

    assert (names(second), names(back)) == (NAMES[3:6], NAMES[:3])
    assert "previous" not in first["links"]
    assert "previous" not in back["links"]


@pytest.mark.parametrize("operation", ["Next", "next", ""])
def test_a_seek_operation_that_says_what_the_token_says(
    alone: Caller, seven: list[Customer], operation: str
) -> None:
    token = alone.get("/v1/customers?size=3").json["continuationToken"]
    found = alone.get(f"/v1/customers?size=3&seekOperation={operation}", MS_ContinuationToken=token)
    assert names(found.json) == NAMES[3:6]


def test_the_first_page_needs_no_token(alone: Caller, seven: list[Customer]) -> None:
    token = alone.get("/v1/customers?size=3").json["continuationToken"]
    found = alone.get("/v1/customers?size=3&SEEKOPERATION=first", MS_ContinuationToken=token)
    assert names(found.json) == NAMES[:3]


@pytest.mark.parametrize("operation", ["Last", "PageIndex", "nonsense"])
def test_a_seek_operation_that_is_not_known(alone: Caller, operation: str) -> None:
    answer = alone.get(f"/v1/customers?size=3&seekOperation={operation}")
    assert answer.fault == (400, "800002")


@pytest.mark.parametrize("query", ["", "?size=0", "?size=7", "?size=500", "?size=100000"])
def test_all_of_a_list_in_one_answer(alone: Caller, seven: list[Customer], query: str) -> None:
    found = alone.get(f"/v1/customers{query}").json
    assert names(found) == NAMES
    assert found["totalCount"] == 7
    assert set(found["links"]) == {"self"}


def test_a_page_has_500_items_at_most(alone: Caller, fabrikam_thousand: None) -> None:
    page = alone.get("/v1/customers?size=2000").json
    rest = by_header(alone, page["links"]["next"])

    assert (page["totalCount"], rest["totalCount"]) == (500, 101)
    assert page["links"]["next"]["uri"] == "/customers?size=500"


@pytest.fixture
def fabrikam_thousand(db: None) -> None:
    """601 customers, without bill-to."""
    Customer.objects.bulk_create(
        CustomerFactory.build(sort_name=f"company {number:04}", search="") for number in range(601)
    )


@pytest.mark.parametrize("size", ["-1", "1.5", "all", "", "1" + "0" * 30, "9" * 5_000, "NaN"])
def test_a_size_that_is_none(alone: Caller, size: str) -> None:
    assert alone.get(f"/v1/customers?size={size}").fault == (400, "800002")


# Tokens of other lists


def token_of(caller: Caller, path: str) -> str:
    return str(caller.get(path).json["continuationToken"])


def test_a_token_of_another_list_or_size_or_filter_is_refused(
    alone: Caller, seven: list[Customer]
) -> None:
    token = token_of(alone, "/v1/customers?size=3")
    filtered = '&filter={"Field":"CompanyName","Value":"Company","Operator":"starts_with"}'
    for path in (
        "/v1/customers?size=4",
        "/v1/customers?size=0",
        "/v1/customers",
        f"/v1/customers?size=3{filtered}",
        f"/v1/customers/{seven[0].pk}/subscriptions?size=3",
        f"/v1/customers/{seven[0].pk}/orders?size=3",
        "/v1/auditrecords?size=3",
    ):
        assert alone.get(path, MS_ContinuationToken=token).fault == (400, "800002"), path


def test_a_token_of_a_whole_page_needs_no_size(alone: Caller, fabrikam_thousand: None) -> None:
    token = token_of(alone, "/v1/customers?size=500")
    assert alone.get("/v1/customers", MS_ContinuationToken=token).json["totalCount"] == 101


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t[::-1]])
def test_a_token_that_was_changed_is_refused(
    alone: Caller, seven: list[Customer], change: Any
) -> None:
    token = change(token_of(alone, "/v1/customers?size=3"))
    answer = alone.get("/v1/customers?size=3", MS_ContinuationToken=token)
    assert answer.fault == (400, "800002")


@pytest.mark.parametrize("token", ["x", "eyJ:x:y", "a" * 9_000, "\xff", "{}"])
def test_a_token_that_never_was_is_refused(alone: Caller, token: str) -> None:
    answer = alone.get("/v1/customers?size=3", MS_ContinuationToken=token)
    assert answer.fault == (400, "800002")


# Addresses in all spellings


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers",
        "/v1/customers/",
        "/v1//customers",
        "http://testserver//v1///customers//",
        "/V1/Customers",
        "/v1/CUSTOMERS/?SIZE=0",
    ],
)
def test_an_address_in_another_spelling(alone: Caller, seven: list[Customer], path: str) -> None:
    answer = alone.get(path)
    assert (answer.status, names(answer.json)) == (200, NAMES)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/v1/SelfServePolicy/x/", "/v1//selfservepolicy/x/"])
def test_writing_is_not_sent_elsewhere(for_ada: Caller, method: str, path: str) -> None:
    answer = for_ada(method, path, {})
    assert answer.status in (400, 404, 405)
    assert "Location" not in answer.headers
    assert answer.code
