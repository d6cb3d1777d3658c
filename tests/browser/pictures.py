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
        browser.close()


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
