"""The buttons above a list follow its filters, and the file has exactly its rows."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from activitylog.models import ActivityRecord
from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open
from tests.downloads import cells


def downloaded(page: Page, button: str) -> tuple[str, bytes]:
    """Presses the button; the file's name and content."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_log_is_filtered_and_its_file_has_those_records(
    open_browser: Open, ada: Agent, fabrikam: Customer, northwind: Customer
) -> None:
    for customer in (fabrikam, northwind):
        for allowed in (True, False):
            set_purchase_permission(
                customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=allowed, by=ada
            )
    page = open_browser(ada)
    page.goto("/activity-log/")
    page.get_by_label("Affected customer").press_sequentially("north")
    expect(page.get_by_text("This list has 2 rows.")).to_be_visible()
    name, file = downloaded(page, "CSV")

    assert re.fullmatch(r"activity-log-\d{4}-\d\d-\d\d\.csv", name)
    assert [row[:1] + row[2:3] for row in cells(file)[1:]] == [
        ["3", "Northwind Traders"],
        ["4", "Northwind Traders"],
    ]
    expect(page).to_have_url(re.compile(r"/activity-log/\?customer=north$"))
    assert ActivityRecord.objects.get(number=5).new == {"format": "csv", "customer": "north"}


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_customers_are_filtered_and_their_file_has_those_customers(
    open_browser: Open,
    ada: Agent,
    fabrikam: Customer,
    contoso: Customer,
    java_script_enabled: bool,
) -> None:
    page = open_browser(ada, java_script_enabled=java_script_enabled)
    page.goto("/customers/")
    page.get_by_label("Search", exact=True).fill("conto")
    if not java_script_enabled:
        page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("This list has 1 row.")).to_be_visible()
    name, file = downloaded(page, "JSON Lines")

    assert re.fullmatch(r"customers-\d{4}-\d\d-\d\d\.jsonl", name)
    assert file.count(b"\n") == file.count(b'"company_name":"Contoso"') == 1
