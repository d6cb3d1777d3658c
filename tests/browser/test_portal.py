"""The customer's door as people see it: an agent tries it in the browser in which he works."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from customers.models import Customer, SignInLink
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings) -> None:
    """Links are shown instead of mailed."""
    settings.DEMONSTRATION = True


def open_users(page: Page, customer: Customer) -> None:
    page.goto(f"/customers/{customer.pk}/users/")


def send_link(page: Page, customer: Customer) -> str:
    open_users(page, customer)
    page.get_by_role("button", name="Send sign-in link").first.click()
    return page.locator("#sign-in-link").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_one_browser_holds_an_agent_and_a_customer_s_user(
    open_browser: Open, ada: Agent, fabrikam: Customer, *, scripts: bool
) -> None:
    user = fabrikam.users.get()
    page = open_browser(ada, java_script_enabled=scripts)
    link = send_link(page, fabrikam)
    page.get_by_role("link", name="Open the link").click()
    expect(page.get_by_text("Fabrikam")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="My reservations")).to_be_visible()
    expect(page.get_by_role("banner")).to_contain_text(user.display_name)
    expect(page.get_by_role("banner")).not_to_contain_text("Ada")
    expect(page.get_by_role("search")).to_have_count(0)

    open_users(page, fabrikam)
    expect(page.get_by_role("banner")).to_contain_text("Ada")
    expect(page.get_by_role("cell", name="None open")).to_be_visible()

    page.goto(link)
    expect(page.get_by_role("heading", name="The link does not work")).to_be_visible()
    page.get_by_role("link", name="My reservations").last.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_text("Ask your partner for a sign-in link")).to_be_visible()

    open_users(page, fabrikam)
    expect(page.get_by_role("banner")).to_contain_text("Ada")


def test_a_withdrawn_link_lets_nobody_in(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    page, other = open_browser(ada), open_browser()
    link = send_link(page, fabrikam)
    other.goto(link)
    open_users(page, fabrikam)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_role("status")).to_contain_text("does not work any more")

    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="The link does not work")).to_be_visible()
    assert SignInLink.objects.get().used_at is None


def test_the_portal_is_gone_through_by_keyboard(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    link = send_link(open_browser(ada), fabrikam)
    page = open_browser()
    page.goto(link)
    page.get_by_role("button", name="Sign in").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.get_by_role("link", name="About reservations").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="What a shared scope does")).to_be_visible()
