"""The canonical form and the digest, pinned to the letter: old records must verify for ever."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from activitylog.digest import HASHED_FIELDS, NOTHING_BEFORE, canonical, chained
from activitylog.models import ActivityRecord

FACTS: dict[str, Any] = {
    "number": 7,
    "uuid": "9e107d9d-372b-4b6f-8b0e-0000000000ff",
    "at": "2026-03-01T12:00:00.000007Z",
    "action": "create_customer_purchase_permissions",
    "resource_type": "purchase_permission",
    "resource_id": "AzureReservedInstances",
    "customer_id": "0a1b2c3d-0000-4000-8000-00000000000f",
    "customer_name": "Łódź ＡＢ 株式会社 🏭",
    "actor_id": "5f0c6d1e-0000-4000-8000-0000000000ad",
    "actor_name": "ada@partner.example",
    "actor_roles": ["Admin agent", "Helpdesk agent"],
    "application_id": "app-1",
    "application_name": 'Söner "Sync"',
    "channel": "api",
    "status": "succeeded",
    "old": None,
    "new": {"resources": ["AzureReservedInstances"]},
    "request_id": "r-1",
    "correlation_id": "c-1",
    "address": "2001:db8::7",
    "v": 1,
}

# Written by hand, and hashed with sha256sum after 64 zeros. Neither may ever change.
CANONICAL = (
    b'{"action":"create_customer_purchase_permissions",'
    b'"actor_id":"5f0c6d1e-0000-4000-8000-0000000000ad",'
    b'"actor_name":"ada@partner.example",'
    b'"actor_roles":["Admin agent","Helpdesk agent"],'
    b'"address":"2001:db8::7",'
    b'"application_id":"app-1",'
    b'"application_name":"S\xc3\xb6ner \\"Sync\\"",'
    b'"at":"2026-03-01T12:00:00.000007Z",'
    b'"channel":"api",'
    b'"correlation_id":"c-1",'
    b'"customer_id":"0a1b2c3d-0000-4000-8000-00000000000f",'
    b'"customer_name":"\xc5\x81\xc3\xb3d\xc5\xba \xef\xbc\xa1\xef\xbc\xa2 '
    b'\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe \xf0\x9f\x8f\xad",'
    b'"new":{"resources":["AzureReservedInstances"]},'
    b'"number":7,'
    b'"old":null,'
    b'"request_id":"r-1",'
    b'"resource_id":"AzureReservedInstances",'
    b'"resource_type":"purchase_permission",'
    b'"status":"succeeded",'
    b'"uuid":"9e107d9d-372b-4b6f-8b0e-0000000000ff",'
    b'"v":1}'
)
DIGEST = "fccaaeecf9bf3a63a6b9bef27d91c3bf565a9c1fd28ef2ef19a8951bc54c60cc"


def test_the_canonical_form_is_pinned() -> None:
    assert canonical(FACTS) == CANONICAL


def test_the_digest_is_pinned() -> None:
    assert chained(NOTHING_BEFORE, FACTS) == DIGEST


def test_the_pinned_facts_have_every_hashed_field() -> None:
    assert set(FACTS) == set(HASHED_FIELDS)


def test_a_record_states_its_facts_as_they_are_pinned() -> None:
    noon_in_lund = dt.datetime(2026, 3, 1, 13, 0, 0, 7, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    record = ActivityRecord(**{**FACTS, "uuid": UUID(FACTS["uuid"]), "at": noon_in_lund})

    assert record.facts() == FACTS
    assert record.digest_after(NOTHING_BEFORE) == DIGEST


def test_a_whole_second_is_written_with_six_digits_too() -> None:
    record = ActivityRecord(at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))

    assert record.facts()["at"] == "2026-03-01T00:00:00.000000Z"


def test_the_order_of_keys_does_not_matter() -> None:
    backwards = dict(reversed(FACTS.items()))
    backwards["new"] = {"b": 1, "a": {"d": 2, "c": 3}}
    forwards = {**FACTS, "new": {"a": {"c": 3, "d": 2}, "b": 1}}

    assert canonical(backwards) == canonical(forwards)


def test_the_order_of_lists_matters() -> None:
    exchanged = {**FACTS, "actor_roles": ["Helpdesk agent", "Admin agent"]}

    assert chained(NOTHING_BEFORE, exchanged) != DIGEST


@pytest.mark.parametrize("name", HASHED_FIELDS)
def test_a_changed_fact_changes_the_digest(name: str) -> None:
    changed = {**FACTS, name: "changed"}

    assert chained(NOTHING_BEFORE, changed) != DIGEST


@pytest.mark.parametrize("name", HASHED_FIELDS)
def test_a_missing_fact_changes_the_digest(name: str) -> None:
    lacking = {key: value for key, value in FACTS.items() if key != name}

    assert chained(NOTHING_BEFORE, lacking) != DIGEST


@pytest.mark.parametrize(
    ("one", "other"), [(None, ""), (None, {}), (1, "1"), (1, True), (0, None), ("ＡＢ", "AB")]
)
def test_values_that_look_alike_are_told_apart(one: object, other: object) -> None:
    assert chained(NOTHING_BEFORE, {"new": one}) != chained(NOTHING_BEFORE, {"new": other})


def test_another_predecessor_changes_the_digest() -> None:
    assert chained(DIGEST, FACTS) != DIGEST


@pytest.mark.parametrize("value", [1.0, float("nan"), [0.5], {"a": [{"b": 0.5}]}, (0.5,)])
def test_floats_have_no_canonical_form(value: object) -> None:
    with pytest.raises(TypeError, match="no floats"):
        canonical({"new": value})


def test_every_column_is_hashed_but_the_digest_and_what_is_searched() -> None:
    columns = {field.attname for field in ActivityRecord._meta.concrete_fields}

    assert columns - set(HASHED_FIELDS) == {"digest", "customer_search", "actor_search"}
    assert set(HASHED_FIELDS) <= columns
