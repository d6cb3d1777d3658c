"""The main job from end to end, as the people who do it see it."""

from playwright.sync_api import expect

from activitylog import verification
from customers.models import Customer
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open
from tests.factories import PASSWORD


def test_an_admin_agent_lets_a_customer_purchase_and_finds_it_in_the_log(
    open_browser: Open, ada: Agent, sam: Agent, hana: Agent, fabrikam: Customer
) -> None:
    ada.set_password(PASSWORD)
    ada.save()
    page = open_browser()

    page.goto("/customers/")
    page.get_by_label("User principal name").fill("ada@partner.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.get_by_role("link", name="Fabrikam").click()
    page.get_by_role("link", name="Account", exact=True).click()
    switch = page.get_by_role("switch", name="Azure reservations")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("status")).to_contain_text(
        "Fabrikam can now purchase Azure reservations."
    )
    expect(page.locator("#able-to-purchase")).to_have_text("1")

    page.get_by_role("button", name="Settings").click()
    page.get_by_role("link", name="Activity log").click()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Create Customer Purchase Permissions")
    expect(row).to_contain_text("Fabrikam")
    expect(row).to_contain_text("ada@partner.example")

    for reader in (sam, hana):
        page = open_browser(reader)
        page.goto(f"/customers/{fabrikam.pk}/account/")
        switch = page.get_by_role("switch", name="Azure reservations")
        expect(switch).to_be_disabled()
        expect(switch).to_have_attribute("aria-checked", "true")
        expect(page.locator("#purchase-permission-AzureReservedInstances")).to_contain_text(
            "needs the role Admin agent"
        )

    assert list(verification.findings()) == []
