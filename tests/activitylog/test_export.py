"""The log as a file: exactly what its page is filtered to, recorded, and verifiable off-line."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from activitylog.models import ActivityRecord
from activitylog.origin import Origin, acting_from
from activitylog.recording import Affected
from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter import paging
from partnercenter.agents.models import Agent
from tests.activitylog.acts import act
from tests.conftest import signed_in
from tests.customers.pages import error, pager, read
from tests.downloads import (
    buttons,
    cells,
    chunks,
    columns,
    contents,
    objects,
    press,
    queries_while_sent,
)

pytestmark = pytest.mark.django_db

Verify = Callable[[bytes], "subprocess.CompletedProcess[str]"]

LOG = "/activity-log/"
EXPORT = "/activity-log/export/"
CSV = {"format": "csv"}
FILTERS = [
    {},
    {"action": "create_customer_purchase_permissions"},
    {"customer": "fabri"},
    {"agent": "ada"},
    {"from": "2020-01-01", "to": "2999-12-31"},
    {"customer": "fabri", "action": "delete_customer_purchase_permissions"},
]


@pytest.fixture
def moves(fabrikam: Customer, northwind: Customer, ada: Agent) -> None:
    """Two customers' switches, on and off; then acts of nobody's."""
    for customer in (fabrikam, northwind):
        for allowed in (True, False):
            set_purchase_permission(
                customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=allowed, by=ada
            )
    act()
    act()


def query(filters: dict[str, str]) -> str:
    return "?" + "&".join(f"{name}={value}" for name, value in filters.items()) if filters else ""


def last_record() -> ActivityRecord:
    return ActivityRecord.objects.newest_first()[0]


# What is in it


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("size", [1, 2, 1000])
def test_the_file_holds_what_the_list_shows_on_all_its_pages(
    moves: None, ada: Agent, filters: dict[str, str], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "BATCH", size)
    client = signed_in(ada)
    file = columns(press(client, LOG + query(filters), "csv"))

    page = read(client.get(LOG, filters))
    listed = [
        link["href"].strip("/").rpartition("/")[2] for link in page.all("a", class_="expander")
    ]
    assert file["Number"] == listed[::-1] != []


def test_the_whole_log_ends_with_the_record_of_its_export(moves: None, ada: Agent) -> None:
    numbers = [line["number"] for line in objects(press(signed_in(ada), LOG, "jsonl"))]

    assert numbers == list(range(1, last_record().number + 1))
    assert last_record().action == "export_activity_log"


def test_what_is_recorded_while_the_file_is_sent_is_not_in_it(
    moves: None, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "BATCH", 2)
    answer = press(signed_in(ada), LOG, "jsonl")
    exported = last_record().number
    act()

    assert [line["number"] for line in objects(answer)][-1] == exported < last_record().number


def test_a_row_tells_all_that_its_record_holds(fabrikam: Customer, ada: Agent) -> None:
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    headings, row, _export = cells(contents(press(signed_in(ada), LOG, "csv")))
    record = ActivityRecord.objects.get(number=1)

    assert dict(zip(headings, row, strict=True)) == {
        "Number": "1",
        "Date-Time (UTC)": record.facts()["at"],
        "Affected customer": "Fabrikam",
        "Microsoft ID": str(fabrikam.pk),
        "Action": "Create Customer Purchase Permissions",
        "Action code": "create_customer_purchase_permissions",
        "Partner user": "ada@partner.example",
        "Roles": "Admin agent",
        "Application": "",
        "Application id": "",
        "Channel": "System",
        "Status": "Succeeded",
        "Resource type": "purchase_permission",
        "Resource id": "AzureReservedInstances",
        "Old value": '{"resources": []}',
        "New value": '{"resources": ["AzureReservedInstances"]}',
        "Request id": "",
        "Correlation id": "",
        "Address": "",
        "Record id": str(record.uuid),
        "Digest": record.digest,
    }


def test_a_name_that_is_a_formula_is_text_in_the_file(ada: Agent) -> None:
    act(customer=Affected("", '=HYPERLINK("https://evil.example","x")'))
    file = columns(press(signed_in(ada), LOG, "csv"))
    assert file["Affected customer"][0] == '\'=HYPERLINK("https://evil.example","x")'


def test_headings_and_labels_are_in_the_reader_s_language(moves: None, ada: Agent) -> None:
    client = signed_in(ada, headers={"Accept-Language": "ja"})
    answer = client.post(EXPORT, CSV)
    with override("en"):
        file = columns(answer)
    assert "顧客購入アクセス許可の作成" in file["アクション"]
    assert "管理エージェント" in file["ロール"]


# Off-line


README = Path(settings.BASE_DIR, "README.md")
(PROGRAM,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Runs the README's few lines, which know nothing of this program, over a file."""

    def run(content: bytes) -> "subprocess.CompletedProcess[str]":
        file = tmp_path / "log.jsonl"
        file.write_bytes(content)
        command = [sys.executable, "-I", "-c", PROGRAM, file]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


def test_the_program_for_strangers_needs_the_standard_library_alone() -> None:
    assert re.findall(r"import .*", PROGRAM) == ["import hashlib, json, sys"]


def test_the_whole_log_is_verified_from_its_file_alone(
    moves: None, ada: Agent, verify: Verify
) -> None:
    act(customer=Affected("", "Łódź ＡＢ \u2028 株式会社 🏭"), old={"z": 1, "a": [True, None, "ß"]})
    run = verify(contents(press(signed_in(ada), LOG, "jsonl")))

    assert run.stdout.split() == [str(last_record().number), last_record().digest], run.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Fabrikam", b"Fabricam"), (b'"allowed"', b'"Allowed"'), (b"ada@", b"adb@")],
)
def test_a_file_in_which_anything_was_changed_does_not_verify(
    moves: None, ada: Agent, verify: Verify, old: bytes, new: bytes
) -> None:
    act(old={"allowed": False})
    file = contents(press(signed_in(ada), LOG, "jsonl"))
    assert old in file
    run = verify(file.replace(old, new, 1))

    assert run.returncode == 1
    assert "AssertionError: Record" in run.stderr


def test_a_file_from_which_a_line_was_taken_does_not_verify(
    moves: None, ada: Agent, verify: Verify
) -> None:
    lines = contents(press(signed_in(ada), LOG, "jsonl")).split(b"\n")
    run = verify(b"\n".join(lines[:1] + lines[2:]))

    assert "AssertionError: Record 2 is missing." in run.stderr


# It is an act


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_an_export_is_recorded_with_its_filters(moves: None, ada: Agent, format_: str) -> None:
    filters = "?customer=fabri&from=2020-01-01&agent=&size=50"
    press(signed_in(ada), LOG + filters, format_)
    record = last_record()

    assert (record.action, record.action_label) == ("export_activity_log", "Export Activity Log")
    assert (record.resource_type, record.customer_id) == ("activity_log", "")
    assert record.new == {"format": format_, "customer": "fabri", "from": "2020-01-01"}
    assert (record.actor_name, record.channel) == ("ada@partner.example", "dashboard")


def test_an_export_is_recorded_before_anything_is_sent(moves: None, ada: Agent) -> None:
    before = last_record().number
    signed_in(ada).post(EXPORT, CSV)  # and nobody reads the answer
    assert last_record().number == before + 1


@pytest.mark.parametrize(
    ("address", "fields", "sentence"),
    [
        ("", {}, "Choose CSV or JSON Lines."),
        ("", {"format": "xlsx"}, "Choose CSV or JSON Lines."),
        ("?customr=x", CSV, "This list has no filter named “customr”."),
        ("?from=2026-02-30", CSV, "Enter a date as YYYY-MM-DD, for example 2026-01-31."),
        ("?from=2026-02-02&to=2026-02-01", CSV, "The first day is after the last."),
        ("?action=close_the_shop", CSV, "close_the_shop is not one of the available choices."),
        (f"?customer={'x' * 201}", CSV, "at most 200 characters"),
    ],
)
def test_what_is_not_understood_is_refused_and_not_recorded(
    ada: Agent, address: str, fields: dict[str, str], sentence: str
) -> None:
    answer = signed_in(ada).post(EXPORT + address, fields)

    assert answer.status_code == 400
    assert error(answer).startswith("Nothing was exported")
    assert sentence in error(answer)
    assert not ActivityRecord.objects.exists()


@pytest.mark.parametrize("reader", ["sam", "hana"])
def test_who_may_not_read_the_log_may_not_export_it(
    request: pytest.FixtureRequest, reader: str
) -> None:
    answer = signed_in(request.getfixturevalue(reader)).post(EXPORT, CSV)

    assert answer.status_code == 403
    assert not ActivityRecord.objects.exists()


def test_following_a_link_exports_nothing(ada: Agent) -> None:
    assert signed_in(ada).get(EXPORT, CSV).status_code == 405
    assert not ActivityRecord.objects.exists()


# The answer


def test_the_file_is_kept_and_not_shown_or_cached(moves: None, ada: Agent) -> None:
    answer = press(signed_in(ada), LOG, "csv")

    assert answer.streaming
    assert answer["Content-Disposition"].startswith('attachment; filename="activity-log-2')
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_each_batch_is_one_query_and_opens_no_transaction(
    moves: None, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "BATCH", 2)
    client = signed_in(ada)

    assert queries_while_sent(press(client, LOG, "jsonl")) == [1, 2, 3, 4]  # 7 records
    sizes = [chunk.count(b"\n") for chunk in chunks(press(client, LOG, "jsonl"))]
    assert sizes == [2, 2, 2, 2]


# The buttons


def test_the_buttons_lead_to_the_filters_of_the_list_without_page_and_size(
    moves: None, ada: Agent
) -> None:
    client = signed_in(ada)
    for _number in range(30):
        act()
    following = pager(client.get(LOG, {"agent": "system", "size": "25"}))["Next"]
    assert "cursor=" in following

    assert buttons(client, LOG + following)["action"] == f"{EXPORT}?agent=system"
    assert buttons(client, LOG)["action"] == EXPORT


def test_a_list_that_is_seen_whole_says_how_many_rows_it_has(moves: None, ada: Agent) -> None:
    client = signed_in(ada)
    act(by=ada)
    found = buttons(client, f"{LOG}?customer=fabri&action=create_customer_purchase_permissions")

    assert "This list has 1 row." in found.words
    assert "This list has 5 rows." in buttons(client, f"{LOG}?agent=ada").words


def test_the_whole_log_says_how_many_records_it_has_on_each_of_its_pages(ada: Agent) -> None:
    for _number in range(30):
        act()
    client = signed_in(ada)
    following = LOG + pager(client.get(LOG))["Next"]

    assert "This list has 30 rows." in buttons(client, LOG).words
    assert "This list has 30 rows." in buttons(client, following).words


def test_a_filtered_list_of_several_pages_is_not_counted(ada: Agent) -> None:
    for _number in range(30):
        act()
    assert "This list has" not in buttons(signed_in(ada), f"{LOG}?agent=system").words


def test_a_list_without_rows_offers_no_file(ada: Agent, moves: None) -> None:
    assert not read(signed_in(ada).get(f"{LOG}?agent=nobody")).has("form", class_="export")


def test_one_customer_s_activity_offers_no_file_of_its_own(
    fabrikam: Customer, moves: None, ada: Agent
) -> None:
    page = read(signed_in(ada).get(f"/customers/{fabrikam.pk}/activity/"))
    assert page.rows
    assert not page.has("form", class_="export")


def test_a_row_names_the_application_through_which_it_was_done(ada: Agent) -> None:
    with acting_from(Origin(application_id="client-1", application_name="Reports")):
        act()
    file = columns(press(signed_in(ada), LOG, "csv"))
    assert (file["Application"][0], file["Application id"][0]) == ("Reports", "client-1")


def test_the_list_names_the_application_beside_the_agent(ada: Agent) -> None:
    with acting_from(Origin(application_id="client-1", application_name="Reports")):
        act(by=ada)
    assert "through Reports" in read(signed_in(ada).get(LOG)).words
