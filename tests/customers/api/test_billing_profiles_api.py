"""A billing profile on the wire, and how it is replaced.

Source: https://learn.microsoft.com/partner-center/developer/update-a-customer-s-billing-profile
"""

from typing import Any

import pytest

from activitylog.models import ActivityRecord
from customers.models import BillingProfile, Customer, Relationship
from partnercenter.agents.models import Agent
from tests.customers.acts import actions
from tests.customers.api.conftest import FABRIKAM
from tests.partnercenter.api.calling import Caller, calling_for, pascal
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = pytest.mark.usefixtures("fabrikam", "sound_log")

PATH = f"/v1/customers/{FABRIKAM}/profiles/billing"
STALE = '"11111111-2222-3333-4444-555555555555"'


@pytest.fixture
def caller(sam: Agent) -> Caller:
    return calling_for(sam)


@pytest.fixture
def read(caller: Caller, fabrikam: Customer) -> Any:
    """The profile as a program reads it before it changes it."""
    return caller.get(PATH).json


def test_what_was_read_is_sent_back_with_changes(caller: Caller, read: Any) -> None:
    changed = {**read, "culture": "fr-FR", "language": "fr", "firstName": "Camille"}
    answer = caller.put(PATH, changed, If_Match=read["attributes"]["etag"])

    assert answer.status == 200
    assert (answer.json["culture"], answer.json["language"]) == ("fr-FR", "fr")
    assert answer.json["firstName"] == answer.json["defaultAddress"]["firstName"] == "Camille"
    assert answer.json["attributes"]["etag"] != read["attributes"]["etag"]
    assert actions()[-1] == "update_customer_billing_profile"
    last = ActivityRecord.objects.latest("number")
    assert (last.new or {})["culture"] == "fr-FR"


def test_microsofts_dotnet_sdk_sends_names_in_pascal_case_and_nulls(
    caller: Caller, read: Any
) -> None:
    changed = {**read, "culture": "fr-FR", "language": None}
    assert caller.put(PATH, pascal(changed)).json["culture"] == "fr-FR"


def test_the_same_again_changes_and_records_nothing(caller: Caller, read: Any) -> None:
    with nothing_changes():
        assert caller.put(PATH, read).json == read


def test_what_is_left_out_becomes_empty_and_the_currency_stays(
    caller: Caller, fabrikam: Customer
) -> None:
    BillingProfile.objects.update(phone_number="555 0100", currency="EUR")
    body = {
        "firstName": "Mia",
        "lastName": "Money",
        "email": "mia@fabrikam.example",
        "culture": "en-GB",
        "companyName": "Fabrikam",
        "defaultAddress": {"country": "gb", "city": "York", "addressLine1": "1 High Street"},
    }
    assert caller.put(PATH, body).status == 200

    stored = BillingProfile.objects.get()
    assert (stored.phone_number, stored.currency, stored.country) == ("", "EUR", "GB")


# The etag


@pytest.mark.parametrize("place", ["header", "body"])
def test_a_stale_etag_is_refused(caller: Caller, read: Any, place: str) -> None:
    body = {**read, "companyName": "Other"}
    headers = {"If_Match": STALE} if place == "header" else {}
    if place == "body":
        body["attributes"] = {"etag": STALE}

    with nothing_changes():
        assert caller.put(PATH, body, **headers).fault == (400, "2055")


@pytest.mark.parametrize("etag", ["*", ""])
def test_no_etag_asks_for_nothing(caller: Caller, read: Any, etag: str) -> None:
    body = {**read, "companyName": "Other", "attributes": {}}
    assert caller.put(PATH, body, If_Match=etag).json["companyName"] == "Other"


def test_an_etag_counts_once(caller: Caller, read: Any) -> None:
    first = {**read, "companyName": "First"}
    second = {**read, "companyName": "Second"}

    assert caller.put(PATH, first).status == 200
    assert caller.put(PATH, second).fault == (400, "2055")


# What is refused


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "de"),
        ("culture", "Japanese"),
        ("email", "nobody"),
        ("companyName", ""),
        ("firstName", None),
    ],
)
def test_a_profile_that_is_not_valid_is_refused(
    caller: Caller, read: Any, field: str, value: str | None
) -> None:
    with nothing_changes():
        assert caller.put(PATH, {**read, field: value}).status == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [("firstName", "Somebody"), ("lastName", "Else"), ("state", "Other"), ("country", "Sweden")],
)
def test_an_address_that_contradicts_the_rest_is_refused(
    caller: Caller, read: Any, field: str, value: str
) -> None:
    address = {**read["defaultAddress"], "region": "Skåne", field: value}
    with nothing_changes():
        assert caller.put(PATH, {**read, "defaultAddress": address}).status == 400


def test_a_customer_without_a_relationship_stays_as_it_is(
    caller: Caller, read: Any, fabrikam: Customer
) -> None:
    fabrikam.relationship = Relationship.NONE
    fabrikam.save()

    with nothing_changes():
        assert caller.put(PATH, {**read, "companyName": "Other"}).fault == (403, "20002")


def test_agents_who_may_not_are_refused(hana: Agent, read: Any) -> None:
    caller = calling_for(hana)
    with nothing_changes():
        assert caller.put(PATH, read).status == 403
