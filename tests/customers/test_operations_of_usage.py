"""Importing usage: all of a file or nothing, with one record."""

import datetime as dt
import hashlib
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activitylog.models import ActivityRecord
from customers.models import Customer, Subscription, UsageRecord
from customers.operations.usage import import_usage, preview_usage
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, the_record
from tests.factories import SubscriptionFactory

HEADER = "subscription_id,sku,region,day,hours\n"
SKU, REGION, DAY = "Standard_D2s_v5", "westeurope", "2026-01-31"


def row(subscription: Subscription, **cells: str) -> str:
    defaults = {"id": str(subscription.pk), "sku": SKU, "region": REGION, "day": DAY, "hours": "24"}
    return ",".join({**defaults, **cells}.values())


def file(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


def stored() -> list[tuple[str, Decimal]]:
    return [(str(each.day), each.hours) for each in UsageRecord.objects.order_by("day")]


def mistakes(*rows: str) -> list[tuple[int, str]]:
    return [(error.line, error.sentence) for error in preview_usage(file(*rows)).errors]


@pytest.mark.usefixtures("sound_log")
def test_usage_is_stored_and_recorded_once(ada: Agent, fabrikam_azure: Subscription) -> None:
    text = file(row(fabrikam_azure), row(fabrikam_azure, day="2026-02-01", hours="0.125"))
    import_usage(text=text, by=ada)

    assert stored() == [("2026-01-31", Decimal(24)), ("2026-02-01", Decimal("0.125"))]
    record = the_record()
    assert (record.action, record.customer_name) == ("import_usage", "Fabrikam")
    assert record.new == {
        "new": 2,
        "replaced": 0,
        "unchanged": 0,
        "customers": 1,
        "from": "2026-01-31",
        "to": "2026-02-01",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def test_a_file_about_several_customers_is_no_single_ones_activity(
    ada: Agent, fabrikam_azure: Subscription, northwind_azure: Subscription
) -> None:
    import_usage(text=file(row(fabrikam_azure), row(northwind_azure)), by=ada)
    assert (the_record().customer_id, (the_record().new or {})["customers"]) == ("", 2)


def test_the_last_import_counts_and_what_is_the_same_is_unchanged(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    import_usage(text=file(row(fabrikam_azure), row(fabrikam_azure, day="2026-02-01")), by=ada)
    second = file(
        row(fabrikam_azure, hours="12.5"),
        row(fabrikam_azure, day="2026-02-01", hours="24.000"),
        row(fabrikam_azure, day="2026-02-02"),
    )
    preview = import_usage(text=second, by=ada)

    assert [number for _, number in stored()] == [Decimal("12.5"), 24, 24]
    assert (len(preview.new), len(preview.replaced), len(preview.unchanged)) == (1, 1, 1)
    new = ActivityRecord.objects.get(pk=2).new or {}
    assert (new["new"], new["replaced"], new["unchanged"]) == (1, 1, 1)


def test_the_same_file_again_changes_and_records_nothing(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    for _ in range(2):
        import_usage(text=file(row(fabrikam_azure)), by=ada)
    assert actions() == ["import_usage"]


def test_a_preview_says_the_same_and_stores_nothing(
    ada: Agent, fabrikam_azure: Subscription, northwind_azure: Subscription
) -> None:
    import_usage(text=file(row(fabrikam_azure)), by=ada)
    preview = preview_usage(
        file(row(fabrikam_azure, hours="1"), row(northwind_azure, day="2026-02-02"))
    )

    names = [customer.company_name for customer in preview.customers]
    assert names == ["Fabrikam", "Northwind Traders"]
    assert (len(preview.new), len(preview.replaced)) == (1, 1)
    assert preview.days == (dt.date(2026, 1, 31), dt.date(2026, 2, 2))
    assert stored() == [("2026-01-31", Decimal(24))]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"id": str(uuid.UUID(int=7))}, "There is no subscription"),
        ({"id": "11111111222233334444555555555555"}, "There is no subscription"),
        ({"id": ""}, "There is no subscription “”."),
        ({"sku": "D2; DROP"}, "“D2; DROP” isn't a SKU or region"),
        ({"sku": ""}, "“” isn't a SKU or region"),
        ({"region": "x" * 65}, "isn't a SKU or region"),
        ({"day": "31.01.2026"}, "“31.01.2026” is not a valid date."),
        ({"day": "2098-01-01"}, "2098-01-01 is in the future."),
        ({"day": "0001-01-01"}, "“0001-01-01”: The year is out of range (2010–2099)."),
        ({"day": "2009-12-31"}, "“2009-12-31”: The year is out of range"),
        ({"day": "2999-01-01"}, "“2999-01-01”: The year is out of range"),
        ({"hours": "-1"}, "“-1” is not a number with at most 6 decimal places"),
        ({"hours": "1e3"}, "“1e3” is not a number"),
        ({"hours": "0.0000001"}, "“0.0000001” is not a number"),
        ({"hours": "240000.001"}, "240000.001 hours are more than one day can have"),
    ],
    ids=str,
)
def test_a_line_that_is_not_understood_is_named(
    fabrikam_azure: Subscription, cells: dict[str, str], sentence: str
) -> None:
    [(line, said)] = mistakes(row(fabrikam_azure), row(fabrikam_azure, **{"sku": "D4", **cells}))
    assert line == 3
    assert sentence in said


def test_usage_of_licenses_is_a_mistake(contoso: Customer) -> None:
    license = SubscriptionFactory.create(customer=contoso, product="license")  # noqa: A001
    [(_, said)] = mistakes(row(license))
    assert said == f"The subscription “{license.pk}” is neither an Azure plan nor Azure Global."


def test_the_same_line_twice_is_a_mistake_even_with_other_hours(
    fabrikam_azure: Subscription,
) -> None:
    shouted = row(fabrikam_azure, id=str(fabrikam_azure.pk).upper(), hours="3")
    assert mistakes(row(fabrikam_azure), shouted) == [(3, "Duplicate of line 2.")]


def test_usage_of_today_is_no_future_and_no_hours_are_hours(fabrikam_azure: Subscription) -> None:
    assert mistakes(row(fabrikam_azure, day=str(today()), hours="0")) == []


def test_all_mistakes_are_found_at_once_in_the_order_of_the_file(
    fabrikam_azure: Subscription,
) -> None:
    rows = [row(fabrikam_azure, hours="x"), "a,b", row(fabrikam_azure, day="x")]
    assert [line for line, _ in mistakes(*rows)] == [2, 3, 4]


def test_each_cell_that_is_wrong_is_named_with_its_column(fabrikam_azure: Subscription) -> None:
    wrong = row(fabrikam_azure, id="x", day="soon", hours="many")
    errors = preview_usage(file(wrong)).errors
    assert [(error.line, error.column) for error in errors] == [
        (2, "subscription_id"),
        (2, "day"),
        (2, "hours"),
    ]


@pytest.mark.parametrize(
    ("cell", "hours"), [("24.000000000000000", "24"), ("0.016667", "0.016667")]
)
def test_hours_are_taken_as_azure_writes_them(
    ada: Agent, fabrikam_azure: Subscription, cell: str, hours: str
) -> None:
    import_usage(text=file(row(fabrikam_azure, hours=cell)), by=ada)
    assert UsageRecord.objects.get().hours == Decimal(hours)


@pytest.mark.usefixtures("sound_log")
def test_one_mistake_keeps_the_whole_file_out(ada: Agent, fabrikam_azure: Subscription) -> None:
    text = file(row(fabrikam_azure), row(fabrikam_azure, day="soon"))
    with pytest.raises(Refused) as refusal:
        import_usage(text=text, by=ada)

    assert refusal.value.code == "bad_lines"
    assert str(refusal.value).startswith("Line 3: “soon” is not a valid date")
    assert str(refusal.value).endswith("Nothing was imported.")
    assert (stored(), actions()) == ([], [])


def test_usage_and_its_record_are_stored_together_or_not_at_all(
    fabrikam_azure: Subscription,
) -> None:
    nobody: Agent = None  # type: ignore[assignment]  # who cannot be recorded
    with pytest.raises(AttributeError):
        import_usage(text=file(row(fabrikam_azure)), by=nobody)
    assert (stored(), actions()) == ([], [])


def many(subscriptions: list[Subscription], number: int) -> str:
    first = dt.date(2020, 1, 1)
    return file(
        *(
            row(
                subscriptions[n % len(subscriptions)], day=str(first + dt.timedelta(n // 10))
            ).replace(SKU, f"{SKU}-{n % 10}")
            for n in range(number)
        )
    )


def test_twenty_thousand_lines_are_stored_in_bulk(ada: Agent) -> None:
    subscriptions = SubscriptionFactory.create_batch(7)
    text = many(subscriptions, 20_000)
    assert len(text.encode()) < 2_000_000
    with CaptureQueriesContext(connection) as captured:
        import_usage(text=text, by=ada)

    assert UsageRecord.objects.count() == 20_000
    assert len(captured) < 200
