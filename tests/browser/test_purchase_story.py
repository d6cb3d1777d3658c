"""What the permission is for: allowed, bought, found, cancelled, forbidden, refused."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from activitylog import verification
from customers.models import Customer, ReservationProduct
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open
from tests.customers.reserving import refund_terms


@pytest.fixture(autouse=True)
def _mails_lead_here(settings: Settings, live_server: LiveServer) -> None:
    settings.EMAIL_HOST, settings.SITE_URL = "mail.partner.example", live_server.url


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_whole_story_of_a_permission(
    open_browser: Open,
    ada: Agent,
    sam: Agent,
    fabrikam: Customer,
    product: ReservationProduct,
    *,
    scripts: bool,
) -> None:
    refund_terms()
    admin = open_browser(ada, java_script_enabled=scripts)
    sales = open_browser(sam, java_script_enabled=scripts)
    customer = open_browser(java_script_enabled=scripts)

    press_the_switch(admin, fabrikam, "Off", "On")
    sign_in_by_mail(admin, customer, fabrikam)
    buy(customer, product)
    expect(customer.get_by_text("over 1,000.00 USD was placed")).to_be_visible()

    find_the_purchase(admin, fabrikam)
    a_sales_agent_cannot_cancel(sales, fabrikam)
    cancel(admin, fabrikam)

    review(customer, product)
    press_the_switch(admin, fabrikam, "On", "Off")
    customer.get_by_role("button", name="Buy for 1,000.00 USD").click()
    expect(customer.get_by_role("alert")).to_contain_text("Nothing was bought.")
    expect(customer.get_by_role("alert")).to_contain_text("has not allowed your company")
    the_refusal_is_recorded(admin, fabrikam)
    assert list(verification.findings()) == []


def of(customer: Customer, page: str) -> str:
    return f"/customers/{customer.pk}/{page}/"


def press_the_switch(page: Page, customer: Customer, old: str, new: str) -> None:
    page.goto(of(customer, "account"))
    switch = page.get_by_role("switch", name="Azure reservations")
    expect(switch).to_have_text(old)
    switch.click()
    expect(switch).to_have_text(new)


def sign_in_by_mail(admin: Page, customer: Page, fabrikam: Customer) -> None:
    admin.goto(of(fabrikam, "users"))
    admin.get_by_role("button", name="Send sign-in link").click()
    expect(admin.get_by_role("status")).to_contain_text("A sign-in link was sent to")
    [link] = re.findall(r"http\S+", str(mail.outbox[0].body))
    customer.goto(link)
    customer.get_by_role("button", name="Sign in").click()


def review(customer: Page, product: ReservationProduct) -> None:
    customer.get_by_role("link", name="Buy a reservation").first.click()
    customer.get_by_role("link", name=product.sku).click()
    customer.get_by_label("Quantity").fill("2")
    customer.get_by_label("Single subscription", exact=True).check()
    customer.get_by_role("button", name="Review").click()


def buy(customer: Page, product: ReservationProduct) -> None:
    review(customer, product)
    customer.get_by_role("button", name="Buy for 1,000.00 USD").click()


def find_the_purchase(page: Page, customer: Customer) -> None:
    buyer = customer.users.get().user_principal_name
    for address in ("orders", "reservations"):
        page.goto(f"{of(customer, address)}?purchased_by=customer")
        row = page.get_by_role("row", name=re.compile("Standard_D2s_v5"))
        expect(row).to_contain_text("Customer")
        expect(row).to_contain_text(buyer)
    page.goto("/activity-log/?purchased_by=customer")
    expect(page.get_by_role("row", name=re.compile("Create Order"))).to_contain_text(buyer)
    page.goto("/")
    expect(page.get_by_role("table", name="The last ten purchases")).to_contain_text("Fabrikam")
    page.goto(of(customer, "account"))
    expect(page.get_by_text("1 purchase by the customer since then, 1,000.00 USD")).to_be_visible()


def open_the_reservation(page: Page, customer: Customer) -> None:
    page.goto(of(customer, "reservations"))
    page.get_by_role("link", name=re.compile("Standard_D2s_v5")).click()


def a_sales_agent_cannot_cancel(page: Page, customer: Customer) -> None:
    open_the_reservation(page, customer)
    expect(page.get_by_text("needs the role Admin agent")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Cancel"))).to_have_count(0)
    answer = page.goto(f"{page.url}cancel/")
    assert answer
    assert answer.status == 403


def cancel(page: Page, customer: Customer) -> None:
    open_the_reservation(page, customer)
    page.get_by_role("link", name=re.compile("Cancel")).first.click()
    expect(page.get_by_text("1,000.00 USD", exact=True).last).to_be_visible()
    page.get_by_role("button", name="Cancel reservation").click()
    expect(page.get_by_role("status").first).to_contain_text("1,000.00 USD")
    expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible()


def the_refusal_is_recorded(page: Page, customer: Customer) -> None:
    page.goto(of(customer, "activity"))
    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text("Create Order")
    expect(newest).to_contain_text("Failed")
