"""Customers as a file: exactly those of the list, with what the page shows of each."""

import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override

from activitylog.models import ActivityRecord
from customers.models import Customer, PurchasePermission, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter import paging
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import error, read, rows
from tests.downloads import buttons, columns, contents, objects, press, queries_while_sent
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

LIST = "/customers/"
EXPORT = "/customers/export/"
CSV = {"format": "csv"}
RESERVATIONS = Resource.AZURE_RESERVATIONS


@pytest.fixture(autouse=True)
def _switches(fabrikam: Customer, contoso: Customer, northwind: Customer, ada: Agent) -> None:
    """Fabrikam and Northwind are on, Northwind without an Owner; Contoso is off."""
    for customer in (fabrikam, northwind):
        set_purchase_permission(customer=customer, resource=RESERVATIONS, allowed=True, by=ada)


@pytest.fixture
def many(db: None) -> None:
    """So many more that the list has pages; several share a name and a moment."""
    moment = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    for number in range(30):
        CustomerFactory.create(company_name=f"Fab {number // 4}", created_at=moment)


def since(customer: Customer) -> str:
    moment = PurchasePermission.objects.get(customer=customer).changed_at
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def last_record() -> ActivityRecord:
    return ActivityRecord.objects.newest_first()[0]


# What is in it


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("filters", ["", "?q=fab", "?purchase=off", "?purchase=on&sort=newest"])
def test_the_file_holds_the_customers_of_the_list_in_its_order(
    many: None, ada: Agent, filters: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "BATCH", size)
    client = signed_in(ada)
    file = columns(press(client, LIST + filters, "csv"))

    listed = rows(client.get(f"{LIST}{filters or '?'}&size=100"))
    assert file["Microsoft ID"] == [row[3] for row in listed] != []


def test_partner_center_s_columns_come_first_and_in_its_order(ada: Agent) -> None:
    headings = list(columns(press(signed_in(ada), LIST, "csv")))

    assert headings[:4] == ["Microsoft ID", "Company name", "Primary domain name", "Relationship"]


def test_a_row_tells_what_the_page_shows(fabrikam: Customer, ada: Agent) -> None:
    file = columns(press(signed_in(ada), f"{LIST}?q=fabrikam", "csv"))

    assert {heading: cells for heading, (cells,) in file.items()} == {
        "Microsoft ID": str(fabrikam.pk),
        "Company name": "Fabrikam",
        "Primary domain name": "fabrikam.example",
        "Relationship": "Cloud Reseller",
        "Account status": "Approved",
        "Active subscriptions": "1",
        "Azure reservations": "On",
        "Azure reservations: on since (UTC)": since(fabrikam),
        "Azure savings plan": "Off",
        "Azure savings plan: on since (UTC)": "",
        "Obstacle to purchases": "",
    }


def test_a_customer_whose_purchases_would_be_refused_says_why(ada: Agent) -> None:
    file = columns(press(signed_in(ada), LIST, "csv"))

    assert dict(zip(file["Company name"], file["Obstacle to purchases"], strict=True)) == {
        "Contoso": "",
        "Fabrikam": "",
        "Northwind Traders": "On, purchases refused: no Owner",
    }


def test_json_lines_have_codes_and_facts_instead_of_words(northwind: Customer, ada: Agent) -> None:
    (line,) = objects(press(signed_in(ada), f"{LIST}?q=northwind", "jsonl"))

    assert line == {
        "microsoft_id": str(northwind.pk),
        "company_name": "Northwind Traders",
        "primary_domain_name": "northwind.example",
        "relationship": "reseller",
        "account_status": "approved",
        "active_subscriptions": 1,
        "purchase_permissions": {
            "AzureReservedInstances": {"allowed": True, "since": since(northwind)},
            "AzureSavingsPlan": {"allowed": False, "since": None},
        },
        "has_azure_subscription": True,
        "has_owner": False,
    }


def test_a_name_that_is_a_formula_is_text_in_the_file(ada: Agent) -> None:
    CustomerFactory.create(company_name='=HYPERLINK("https://evil.example")')
    file = columns(press(signed_in(ada), f"{LIST}?q=hyperlink", "csv"))
    assert file["Company name"] == ['\'=HYPERLINK("https://evil.example")']


def test_json_lines_are_the_same_in_every_language(ada: Agent) -> None:
    in_english = contents(press(signed_in(ada), LIST, "jsonl"))
    with override("ja"):
        answer = press(signed_in(ada, headers={"Accept-Language": "ja"}), LIST, "jsonl")
        assert contents(answer) == in_english


# It is an act


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_an_export_is_recorded_with_its_filters(sam: Agent, format_: str) -> None:
    press(signed_in(sam), f"{LIST}?q=fab&purchase=on&sort=name&size=50", format_)
    record = last_record()

    assert (record.action, record.action_label) == ("export_customers", "Export Customers")
    assert (record.resource_type, record.customer_id) == ("customer", "")
    assert record.new == {"format": format_, "q": "fab", "purchase": "on"}
    assert record.actor_name == "sam@partner.example"


@pytest.mark.parametrize(
    ("address", "fields", "sentence"),
    [
        ("", {}, "Choose CSV or JSON Lines."),
        ("", {"format": "CSV"}, "Choose CSV or JSON Lines."),
        ("?query=x", CSV, "This list has no filter named “query”."),
        ("?purchase=maybe", CSV, "maybe is not one of the available choices."),
        ("?sort=size", CSV, "size is not one of the available choices."),
    ],
)
def test_what_is_not_understood_is_refused_and_not_recorded(
    ada: Agent, address: str, fields: dict[str, Any], sentence: str
) -> None:
    before = last_record().number
    answer = signed_in(ada).post(EXPORT + address, fields)

    assert answer.status_code == 400
    assert error(answer).startswith("Nothing was exported")
    assert sentence in error(answer)
    assert last_record().number == before


def test_following_a_link_exports_nothing(ada: Agent) -> None:
    before = last_record().number

    assert signed_in(ada).get(EXPORT, CSV).status_code == 405
    assert last_record().number == before


# The answer


def test_the_file_is_kept_and_not_shown_or_cached(ada: Agent) -> None:
    answer = press(signed_in(ada), LIST, "csv")

    assert answer.streaming
    assert answer["Content-Disposition"].startswith('attachment; filename="customers-2')
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_each_batch_costs_the_same_three_queries_and_opens_no_transaction(
    many: None, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "BATCH", 10)
    answer = press(signed_in(ada), LIST, "jsonl")  # 33 customers
    assert queries_while_sent(answer) == [3, 6, 9, 12]


# The buttons


def test_the_buttons_lead_to_the_filters_of_the_list_without_page_and_size(
    many: None, ada: Agent
) -> None:
    client = signed_in(ada)

    CustomerFactory.create(company_name="F&B")
    found = buttons(client, f"{LIST}?q=f%26b&purchase=&sort=newest&size=50")

    assert found["action"] == f"{EXPORT}?q=f%26b&sort=newest"
    assert buttons(client, LIST)["action"] == EXPORT


def test_only_a_list_that_is_seen_whole_says_how_many_rows_it_has(many: None, ada: Agent) -> None:
    client = signed_in(ada)

    assert "This list has 1 row." in buttons(client, f"{LIST}?q=contoso").words
    assert "This list has 33 rows." in buttons(client, f"{LIST}?size=50").words
    assert "This list has" not in buttons(client, LIST).words


def test_a_list_without_rows_offers_no_file(ada: Agent) -> None:
    assert not read(signed_in(ada).get(f"{LIST}?q=nobody")).has("form", class_="export")
