"""Verification: a sound log passes, and whatever was done to it behind the program is found."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from activitylog import triggers, verification
from activitylog.models import ActivityHead, ActivityRecord
from customers.models import Customer, PurchasePermission, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from tests.activitylog.acts import act

ONE_SECOND = dt.timedelta(seconds=1)


def found() -> list[tuple[int | None, str]]:
    return [(finding.number, finding.sentence) for finding in verification.findings()]


def tamper(number: int, **facts: Any) -> None:
    """Changes a record behind the program's back, as somebody with all rights could."""
    with triggers.lifted(connection):
        assert ActivityRecord.objects.filter(number=number).update(**facts) == 1


def remove(number: int) -> None:
    with triggers.lifted(connection):
        ActivityRecord.objects.filter(number=number).delete()


def turn_on(customer: Customer, agent: Agent, resource: Resource) -> None:
    set_purchase_permission(customer=customer, resource=resource, allowed=True, by=agent)


@pytest.fixture
def three_records(db: None) -> list[ActivityRecord]:
    return [act(new={"step": step}) for step in range(3)]


@pytest.fixture
def fabrikam_purchases(fabrikam: Customer, ada: Agent) -> Customer:
    """Fabrikam, with its first switch turned on by record 1."""
    turn_on(fabrikam, ada, Resource.AZURE_RESERVATIONS)
    return fabrikam


# The chain


@pytest.mark.django_db
def test_an_empty_log_is_sound() -> None:
    assert found() == []


def test_a_log_that_nobody_touched_is_sound(three_records: list[ActivityRecord]) -> None:
    assert found() == []


@pytest.mark.parametrize(
    "facts",
    [
        {"uuid": "00000000-0000-4000-8000-000000000000"},
        {"action": "other"},
        {"resource_type": "other"},
        {"resource_id": "2"},
        {"customer_id": "c-1"},
        {"customer_name": "Contoso"},
        {"actor_id": "a-1"},
        {"actor_name": "ada@partner.example"},
        {"actor_roles": ["Admin agent"]},
        {"application_id": "a-1"},
        {"application_name": "Sync"},
        {"channel": "api"},
        {"status": "failed"},
        {"old": {}},
        {"new": {"step": 2}},
        {"request_id": "r-1"},
        {"correlation_id": "c-1"},
        {"address": "192.0.2.7"},
        {"v": 2},
        {"digest": "0" * 64},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_a_changed_fact_is_found(
    three_records: list[ActivityRecord], facts: dict[str, Any]
) -> None:
    tamper(2, **facts)

    assert found() == [(2, "Record 2 does not match its digest.")]


def test_the_first_bad_record_is_named(three_records: list[ActivityRecord]) -> None:
    tamper(3, customer_name="Contoso")
    tamper(2, customer_name="Contoso")

    assert found() == [(2, "Record 2 does not match its digest.")]


def test_the_very_first_record_is_looked_at_too(three_records: list[ActivityRecord]) -> None:
    tamper(1, customer_name="Contoso")

    assert found() == [(1, "Record 1 does not match its digest.")]


def test_a_record_with_a_new_digest_breaks_the_chain_after_it(
    three_records: list[ActivityRecord],
) -> None:
    first, second, _third = three_records
    second.customer_name = "Contoso"
    tamper(2, customer_name="Contoso", digest=second.digest_after(first.digest))

    assert found() == [(3, "Record 3 does not match its digest.")]


def test_the_last_record_with_a_new_digest_does_not_match_the_head(
    three_records: list[ActivityRecord],
) -> None:
    _first, second, third = three_records
    third.customer_name = "Contoso"
    tamper(3, customer_name="Contoso", digest=third.digest_after(second.digest))

    assert len(found()) == 1


@pytest.mark.parametrize("number", [1, 2])
def test_a_deleted_record_is_found(three_records: list[ActivityRecord], number: int) -> None:
    remove(number)

    assert found() == [(number, f"Record {number} is missing.")]


def test_a_deleted_last_record_is_found(three_records: list[ActivityRecord]) -> None:
    remove(3)

    assert found() == [(3, "Record 3 is missing.")]


def test_a_log_that_was_emptied_is_found(three_records: list[ActivityRecord]) -> None:
    for number in (1, 2, 3):
        remove(number)

    assert found() == [(1, "Record 1 is missing.")]


def test_a_time_moved_back_before_the_last_one_is_found(
    three_records: list[ActivityRecord],
) -> None:
    tamper(3, at=three_records[0].at - ONE_SECOND)

    assert found() == [(3, "Record 3 is not later than the one before it.")]


def test_a_time_equal_to_the_last_one_is_found(three_records: list[ActivityRecord]) -> None:
    tamper(2, at=three_records[0].at)

    assert found() == [(2, "Record 2 is not later than the one before it.")]


@pytest.mark.parametrize("number", [1, 3])
def test_a_time_moved_without_a_step_back_is_found(
    three_records: list[ActivityRecord], number: int
) -> None:
    moved = {1: -ONE_SECOND, 3: ONE_SECOND}[number]
    tamper(number, at=three_records[number - 1].at + moved)

    assert found() == [(number, f"Record {number} does not match its digest.")]


def test_a_record_forged_past_the_head_is_found(three_records: list[ActivityRecord]) -> None:
    last = three_records[-1]
    forged = ActivityRecord(number=4, at=last.at + ONE_SECOND, action="test", actor_name="system")
    forged.digest = forged.digest_after(last.digest)
    forged.save(force_insert=True)

    assert found() == [(4, "Record 4 stands after the log's head.")]


def test_a_head_moved_back_is_found(three_records: list[ActivityRecord]) -> None:
    second = three_records[1]
    ActivityHead.objects.update(number=2, at=second.at, digest=second.digest)

    assert found() == [(3, "Record 3 stands after the log's head.")]


def test_a_missing_head_is_found(three_records: list[ActivityRecord]) -> None:
    ActivityHead.objects.all().delete()

    assert found() == [(None, "The head of the log is missing.")]


def test_a_missing_trigger_is_found(three_records: list[ActivityRecord]) -> None:
    triggers.remove(connection)

    sentences = [sentence for _number, sentence in found()]
    assert sentences == [
        f"The trigger {name} is missing: records are not protected. Run “migrate”."
        for name in triggers.missing(connection)
    ]
    assert sentences


# The switches


def test_switches_that_follow_from_their_records_are_sound(
    fabrikam_purchases: Customer, contoso: Customer, ada: Agent
) -> None:
    turn_on(fabrikam_purchases, ada, Resource.AZURE_SAVINGS_PLAN)

    assert found() == []


def test_a_switch_turned_off_behind_the_log_is_found(fabrikam_purchases: Customer) -> None:
    PurchasePermission.objects.update(allowed=False)

    assert found() == [(1, "The switches of Fabrikam (fabrikam.example) do not match the log.")]


def test_a_switch_turned_on_behind_the_log_is_found(
    fabrikam_purchases: Customer, ada: Agent
) -> None:
    set_purchase_permission(
        customer=fabrikam_purchases, resource=Resource.AZURE_RESERVATIONS, allowed=False, by=ada
    )
    PurchasePermission.objects.update(allowed=True)

    assert found() == [(2, "The switches of Fabrikam (fabrikam.example) do not match the log.")]


def test_a_switch_that_names_another_record_is_found(fabrikam_purchases: Customer) -> None:
    PurchasePermission.objects.update(record_number=7)

    assert found() == [(1, "The switches of Fabrikam (fabrikam.example) do not match the log.")]


def test_a_deleted_switch_is_found(fabrikam_purchases: Customer) -> None:
    PurchasePermission.objects.all().delete()

    assert found() == [(1, "The switches of Fabrikam (fabrikam.example) do not match the log.")]


def test_a_switch_without_any_record_is_found(
    fabrikam_purchases: Customer, contoso: Customer
) -> None:
    standing = PurchasePermission.objects.get()
    PurchasePermission.objects.create(
        customer=contoso,
        resource=standing.resource,
        allowed=True,
        record_number=standing.record_number,
        changed_at=standing.changed_at,
        changed_by=standing.changed_by,
    )

    assert found() == [(None, "The switches of Contoso (contoso.example) do not match the log.")]


def test_a_switch_given_to_another_customer_is_found_at_both(
    fabrikam_purchases: Customer, contoso: Customer
) -> None:
    PurchasePermission.objects.update(customer=contoso)

    assert sorted(sentence for _number, sentence in found()) == [
        "The switches of Contoso (contoso.example) do not match the log.",
        "The switches of Fabrikam (fabrikam.example) do not match the log.",
    ]


# The command


def test_the_command_prints_number_and_digest(three_records: list[ActivityRecord]) -> None:
    output = StringIO()
    call_command("verify_activity_log", stdout=output)

    digest = three_records[-1].digest
    assert output.getvalue() == f"The activity log is sound: 3 records, digest {digest}\n"


def test_the_command_fails_with_every_sentence(
    fabrikam_purchases: Customer, three_records: list[ActivityRecord]
) -> None:
    PurchasePermission.objects.update(allowed=False)
    tamper(2, customer_name="Contoso")

    with pytest.raises(CommandError) as failure:
        call_command("verify_activity_log", stdout=StringIO())

    assert failure.value.returncode == 1
    assert str(failure.value).splitlines() == [
        "Record 2 does not match its digest.",
        "The switches of Fabrikam (fabrikam.example) do not match the log.",
    ]


# Memory


@pytest.mark.django_db
@pytest.mark.parametrize(("batch", "queries"), [(1, 6), (2, 3), (3, 2), (5, 2), (6, 1), (1000, 1)])
def test_records_are_read_in_batches(
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
    batch: int,
    queries: int,
) -> None:
    monkeypatch.setattr(verification, "BATCH", batch)
    for _ in range(5):
        act()

    with django_assert_num_queries(queries):
        assert [record.number for record in verification.records_up_to(5)] == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_a_batch_is_read_only_when_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(verification, "BATCH", 2)
    for _ in range(5):
        act()
    records = verification.records_up_to(5)

    with django_assert_num_queries(1):
        assert [next(records).number, next(records).number] == [1, 2]


@pytest.mark.django_db
def test_the_chain_holds_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "BATCH", 2)
    for _ in range(5):
        act()

    assert found() == []


@pytest.mark.django_db
@pytest.mark.parametrize("number", [2, 3, 5])
def test_a_bad_record_is_found_in_any_batch(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(verification, "BATCH", 2)
    for _ in range(5):
        act()
    tamper(number, customer_name="Contoso")

    assert found() == [(number, f"Record {number} does not match its digest.")]


@pytest.mark.django_db
def test_records_after_the_head_that_was_seen_are_left_for_the_next_time() -> None:
    for _ in range(3):
        act()

    assert [record.number for record in verification.records_up_to(2)] == [1, 2]
