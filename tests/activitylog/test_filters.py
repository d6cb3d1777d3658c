"""The filters of the log, which mean the same on both databases."""

import datetime as dt

import pytest

from activitylog.models import ActivityRecord, ActivityRecordQuerySet
from activitylog.origin import Origin, acting_from
from activitylog.recording import Affected
from partnercenter.agents.models import Agent
from tests.activitylog.acts import act, act_at

FABRIKAM = "0a1b2c3d-0000-4000-8000-00000000000f"
CONTOSO = "0a1b2c3d-0000-4000-8000-0000000000c0"

MARCH_1, MARCH_2, MARCH_3 = (dt.date(2026, 3, day) for day in (1, 2, 3))
ONE_MICROSECOND = dt.timedelta(microseconds=1)

SAME_TEXT = [
    ("Fabrikam", "abrik"),
    ("Fabrikam", "FABRIKAM"),
    ("FABRIKAM", "fabrikam"),
    ("ŁÓDŹ Zakłady", "łódź"),
    ("łódź zakłady", "ŁÓDŹ"),
    ("Lo\u0301dz\u0301", "LÓDŹ"),
    ("Ｆａｂｒｉｋａｍ", "fabrikam"),
    ("Fabrikam", "ＦＡＢＲＩＫＡＭ"),
    ("ﾌｧﾌﾞﾘｶﾑ株式会社", "ファブリカム"),
    ("Große Straße", "GROSSE STRASSE"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("𝚺ίσυφος", "ΣΊΣΥΦΟΣ"),
]

# What is asked for, who is found, and who would be found if it were a wildcard.
LITERAL = [
    ("100%", "100% Fabrikam", "100 Fabrikam"),
    ("f%m", "f%m", "fabrikam"),
    ("a_b", "a_b", "a-b"),
    ("a\\b", "a\\b", "ab"),
    ("a\\%", "a\\%", "a%"),
    ("％", "50 ％ off", "50 off"),
    ("'", "O'Hara", "OHara"),
]


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def numbers(records: ActivityRecordQuerySet) -> list[int]:
    return list(records.order_by("number").values_list("number", flat=True))


def all_records() -> ActivityRecordQuerySet:
    records: ActivityRecordQuerySet = ActivityRecord.objects.all()
    return records


def agent(name: str) -> Agent:
    return Agent.objects.create(username=name)


@pytest.fixture
def around_march_2(db: None, demonstration: None) -> None:
    """Records 2 and 3 stand at the two ends of the second of March, 1 and 4 just outside."""
    act_at(midnight(MARCH_2) - ONE_MICROSECOND)
    act_at(midnight(MARCH_2))
    act_at(midnight(MARCH_3) - ONE_MICROSECOND)
    act_at(midnight(MARCH_3))


def test_the_first_day_is_included(around_march_2: None) -> None:
    assert numbers(all_records().since_day(MARCH_2)) == [2, 3, 4]


def test_the_last_day_is_included(around_march_2: None) -> None:
    assert numbers(all_records().until_day(MARCH_2)) == [1, 2, 3]


def test_the_same_first_and_last_day_are_one_whole_day(around_march_2: None) -> None:
    assert numbers(all_records().since_day(MARCH_2).until_day(MARCH_2)) == [2, 3]


def test_a_day_begins_at_midnight_in_utc(db: None, demonstration: None) -> None:
    east = dt.timezone(dt.timedelta(hours=14))
    act_at(dt.datetime(2026, 3, 2, 13, 59, tzinfo=east))  # 1 March 23:59 in UTC

    assert numbers(all_records().since_day(MARCH_2)) == []
    assert numbers(all_records().until_day(MARCH_1)) == [1]


@pytest.mark.parametrize("last", [dt.date.max, dt.date.max - dt.timedelta(days=1)])
def test_the_last_day_of_the_calendar_is_after_everything(
    around_march_2: None, last: dt.date
) -> None:
    assert numbers(all_records().until_day(last)) == [1, 2, 3, 4]


def test_nothing_is_found_from_the_last_day_of_the_calendar_on(around_march_2: None) -> None:
    assert numbers(all_records().since_day(dt.date.max)) == []


def test_the_first_day_of_the_calendar_is_before_everything(around_march_2: None) -> None:
    assert numbers(all_records().since_day(dt.date.min)) == [1, 2, 3, 4]
    assert numbers(all_records().until_day(dt.date.min)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "text"), SAME_TEXT)
def test_a_customer_is_found_without_regard_to_case_or_width(name: str, text: str) -> None:
    act(customer=Affected(FABRIKAM, name))
    act(customer=Affected(CONTOSO, "Contoso"))

    assert numbers(all_records().customer_matching(text)) == [1]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["report", "REPORTS", CONTOSO, CONTOSO.upper()])
def test_what_was_done_through_an_application_is_found_by_its_name_and_id(text: str) -> None:
    act(by=agent("ada"))
    with acting_from(Origin(application_id=CONTOSO, application_name="Reports")):
        act(by=agent("sam"))

    assert numbers(all_records().agent_matching(text)) == [2]
    assert numbers(all_records().agent_matching("sam")) == [2]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "text"), SAME_TEXT)
def test_an_agent_is_found_without_regard_to_case_or_width(name: str, text: str) -> None:
    act(by=agent(name))
    act(by=agent("contoso"))

    assert numbers(all_records().agent_matching(text)) == [1]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "found", "passed_over"), LITERAL)
def test_a_customer_is_found_by_wildcards_taken_literally(
    text: str, found: str, passed_over: str
) -> None:
    act(customer=Affected(FABRIKAM, found))
    act(customer=Affected(CONTOSO, passed_over))

    assert numbers(all_records().customer_matching(text)) == [1]


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "found", "passed_over"), LITERAL)
def test_an_agent_is_found_by_wildcards_taken_literally(
    text: str, found: str, passed_over: str
) -> None:
    act(by=agent(found))
    act(by=agent(passed_over))

    assert numbers(all_records().agent_matching(text)) == [1]


@pytest.fixture
def two_customers(db: None) -> None:
    act(customer=Affected(FABRIKAM, "Fabrikam"), action="one")
    act(customer=Affected(CONTOSO, "Contoso"), action="two")
    act(customer=Affected(FABRIKAM, "Fabrikam"), action="three")


@pytest.mark.parametrize("text", [FABRIKAM, FABRIKAM.upper(), f"  {FABRIKAM} "])
def test_a_customer_is_found_by_the_whole_microsoft_id(two_customers: None, text: str) -> None:
    assert numbers(all_records().customer_matching(text)) == [1, 3]


@pytest.mark.parametrize("text", [FABRIKAM[:-1], FABRIKAM[1:], f"{FABRIKAM}0", "%", "_"])
def test_a_customer_is_not_found_by_a_part_of_the_microsoft_id(
    two_customers: None, text: str
) -> None:
    assert numbers(all_records().customer_matching(text)) == []


@pytest.mark.django_db
def test_an_agent_is_found_by_the_whole_id() -> None:
    ada, sam = agent("ada"), agent("sam")
    act(by=ada)
    act(by=sam)

    assert numbers(all_records().agent_matching(str(ada.pk).upper())) == [1]


@pytest.mark.django_db
def test_an_agent_is_not_found_by_a_part_of_the_id() -> None:
    ada = agent("ada")
    act(by=ada)

    assert numbers(all_records().agent_matching(str(ada.pk)[:-1])) == []


@pytest.mark.django_db
def test_the_system_is_found_by_its_name() -> None:
    act()
    act(by=agent("ada"))

    assert numbers(all_records().agent_matching("System")) == [1]


def test_the_records_of_one_customer_are_his_alone(two_customers: None) -> None:
    assert numbers(all_records().of_customer(FABRIKAM)) == [1, 3]


def test_several_actions_can_be_asked_for(two_customers: None) -> None:
    assert numbers(all_records().of_action("one", "two")) == [1, 2]


def test_filters_narrow_each_other(two_customers: None) -> None:
    assert numbers(all_records().customer_matching("fabrikam").of_action("three")) == [3]


def test_the_newest_record_comes_first(two_customers: None) -> None:
    assert [record.number for record in all_records().newest_first()] == [3, 2, 1]
