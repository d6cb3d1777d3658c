"""Lists as one types, pages and opens."""

import re

from playwright.sync_api import expect

from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open
from tests.factories import CustomerFactory


def test_customers_are_found_as_one_types_and_the_address_says_so(
    open_browser: Open, ada: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    page = open_browser(ada)
    page.goto("/customers/")
    page.get_by_label("Search", exact=True).press_sequentially("abri")

    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/customers/\?q=abri$"))
    page.reload()
    expect(page.get_by_role("row")).to_have_count(2)


def test_the_slash_key_focuses_the_search_in_the_top_bar(
    open_browser: Open, ada: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    page = open_browser(ada)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("conto")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/customers/\?q=conto$"))
    expect(page.get_by_role("link", name="Contoso")).to_be_visible()


def test_search_and_filter_work_without_javascript(
    open_browser: Open, ada: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    page = open_browser(ada, java_script_enabled=False)
    page.goto("/customers/")
    page.get_by_label("Search", exact=True).fill("conto")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(2)


def test_next_and_previous_turn_the_pages(open_browser: Open, ada: Agent) -> None:
    CustomerFactory.create_batch(30)
    page = open_browser(ada)
    page.goto("/customers/")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("row")).to_have_count(6)
    expect(page).to_have_url(re.compile(r"cursor="))
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_role("row")).to_have_count(26)


def test_a_record_opens_and_closes_in_place(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    page = open_browser(ada)
    page.goto("/activity-log/")
    link = page.locator("a.expander")
    link.click()
    expect(page.get_by_text("Digest")).to_be_visible()
    expect(link).to_have_attribute("aria-expanded", "true")
    link.click()
    expect(page.get_by_text("Digest")).to_have_count(0)
    expect(link).to_have_attribute("aria-expanded", "false")


def test_on_a_narrow_screen_the_left_column_opens_on_demand(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    page = open_browser(ada, viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page.goto(f"/customers/{fabrikam.pk}/subscriptions/")
    expect(page.get_by_role("link", name="Account")).to_be_hidden()
    page.get_by_role("button", name="Navigation").click()
    page.get_by_role("link", name="Account").click()
    expect(page).to_have_url(re.compile(r"/account/$"))


def test_the_log_is_filtered_as_one_types_in_any_of_its_fields(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    page = open_browser(ada)
    page.goto("/activity-log/")
    page.get_by_label("Partner user").press_sequentially("nobody")
    expect(page.get_by_text("No activity matches.")).to_be_visible()
    page.get_by_label("Partner user").fill("ada")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("Action").select_option("Delete Customer Purchase Permissions")
    expect(page.get_by_text("No activity matches.")).to_be_visible()
