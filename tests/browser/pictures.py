"""Takes the README's pictures of a demonstration: python -m tests.browser.pictures ADDRESS"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, CHROMIUM

FOLDER = Path(__file__).parents[2] / "docs"


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        admin = signed_in(browser, address, "Admin agent")
        admin.goto(f"{address}customers/")
        save(admin, "customers")
        admin.goto(f"{address}customers/?q=northwind")
        admin.get_by_role("link", name="Northwind Traders").click()
        admin.get_by_role("link", name="Account", exact=True).click()
        admin.get_by_role("switch", name="Azure reservations").click()
        admin.get_by_text("can now purchase").wait_for()
        save(admin, "account-admin-agent")
        admin.goto(f"{address}activity-log/")
        admin.locator("a.expander").first.click()
        admin.get_by_text("Digest").wait_for()
        save(admin, "activity-log")
        sales = signed_in(browser, address, "Sales agent")
        sales.goto(admin.url.replace("activity-log/", "customers/?q=northwind"))
        sales.get_by_role("link", name="Northwind Traders").click()
        sales.get_by_role("link", name="Account", exact=True).click()
        save(sales, "account-sales-agent")
        purchase(admin, browser.new_page(viewport={"width": 1280, "height": 720}), address)
        browser.close()


def purchase(admin: Page, customer: Page, address: str) -> None:
    """A customer's user buys; the agent finds it, and looks at what cancelling gives back."""
    admin.goto(f"{address}customers/?q=fabrikam")
    admin.get_by_role("link", name="Fabrikam", exact=True).click()
    admin.get_by_role("link", name="Users and roles", exact=True).click()
    owner = admin.get_by_role("row", name="Marguerite Ellsbury")
    owner.get_by_role("button", name="Send sign-in link").click()
    customer.goto(admin.locator("#sign-in-link").inner_text())
    customer.get_by_role("button", name="Sign in").click()
    customer.get_by_role("link", name="Buy a reservation").first.click()
    customer.get_by_role("searchbox", name="Search").fill("D4s")
    customer.get_by_role("button", name="Search").click()
    customer.get_by_role("link", name="Standard_D4s_v5").first.click()
    customer.get_by_label("Quantity").fill("2")
    customer.get_by_role("button", name="Review").click()
    save(customer, "portal")
    customer.get_by_role("button", name="Buy for").click()
    admin.get_by_role("link", name="Order history", exact=True).click()
    save(admin, "order-history")
    admin.get_by_role("link", name="Azure reservations", exact=True).click()
    admin.get_by_role("link", name="Standard_D2s_v5").last.click()
    admin.get_by_role("link", name="Cancel with refund").click()
    save(admin, "cancel")


def signed_in(browser: Browser, address: str, role: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 960})
    page.goto(address)
    page.get_by_role("button", name=f"Sign in as {role}").click()
    page.get_by_role("heading", name="Home").wait_for()
    return page


def save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1])
