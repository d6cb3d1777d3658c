"""The switch under real fingers: mouse, keyboard, no JavaScript, and bad days."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from activitylog.models import ActivityRecord
from customers.models import Customer, Resource, Subscription
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_active
from partnercenter.agents.roles import Role
from tests.browser.conftest import Open
from tests.factories import AgentFactory

SWITCH = "Azure reservations"


def account(page: Page, customer: Customer) -> Locator:
    page.goto(f"/customers/{customer.pk}/account/")
    return page.get_by_role("switch", name=SWITCH)


def records() -> int:
    return ActivityRecord.objects.filter(resource_type="purchase_permission").count()


def is_on(switch: Locator, *, on: bool) -> None:
    expect(switch).to_have_attribute("aria-checked", "true" if on else "false")


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_the_keyboard_moves_it_again_and_again_and_keeps_the_focus(
    open_browser: Open, ada: Agent, fabrikam: Customer, key: str
) -> None:
    switch = account(open_browser(ada), fabrikam)
    switch.focus()
    for press in range(1, 7):
        switch.page.keyboard.press(key)
        is_on(switch, on=press % 2 == 1)
        expect(switch).to_be_focused()

    assert records() == 6


def test_the_keyboard_alone_reaches_it(open_browser: Open, ada: Agent, fabrikam: Customer) -> None:
    switch = account(open_browser(ada), fabrikam)
    for _ in range(40):
        switch.page.keyboard.press("Tab")
        if switch.evaluate("element => element === document.activeElement"):
            break
    expect(switch).to_be_focused()


def test_pressing_its_label_moves_it(open_browser: Open, ada: Agent, fabrikam: Customer) -> None:
    switch = account(open_browser(ada), fabrikam)
    switch.page.get_by_text("Allow customer to purchase").first.click()
    is_on(switch, on=True)


def test_a_double_click_is_one_move(open_browser: Open, ada: Agent, fabrikam: Customer) -> None:
    switch = account(open_browser(ada), fabrikam)
    held: list[Route] = []
    switch.page.route("**/purchase-permissions/**", lambda route: held.append(route))
    with switch.page.expect_request("**/purchase-permissions/**"):
        switch.dblclick()
    for route in held:
        route.continue_()
    is_on(switch, on=True)

    assert len(held) == 1
    assert records() == 1


def test_undo_takes_it_back_and_leaves_the_page_where_it_was(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    switch = account(open_browser(ada), fabrikam)
    switch.click()
    is_on(switch, on=True)
    switch.page.get_by_role("button", name="Undo").press("Enter")
    is_on(switch, on=False)
    expect(switch.page.get_by_role("status")).to_contain_text("can no longer purchase")
    expect(switch.page.get_by_role("button", name="Undo")).to_be_focused()

    assert records() == 2


def test_without_javascript_it_moves_and_undoes(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    switch = account(open_browser(ada, java_script_enabled=False), fabrikam)
    switch.click()
    is_on(switch, on=True)
    expect(switch.page.get_by_role("status")).to_contain_text("Fabrikam can now purchase")
    switch.page.get_by_role("button", name="Undo").click()
    is_on(switch, on=False)

    switch.page.goto(f"/customers/{fabrikam.pk}/account/")
    expect(switch.page.get_by_role("button", name="Undo")).to_have_count(0)
    assert records() == 2


def test_a_stale_page_shows_what_is_stored_and_who_stored_it(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    switch = account(open_browser(ada), fabrikam)
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    switch.click()

    is_on(switch, on=True)
    expect(switch.page.get_by_role("status")).to_contain_text(
        "Nothing was changed. The switch is on, turned on by ada@partner.example"
    )
    assert records() == 1


def test_a_refusal_shows_the_reason_and_the_stored_switch(
    open_browser: Open, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    switch = account(open_browser(ada), fabrikam)
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    switch.click()

    expect(switch.page.get_by_role("status")).to_contain_text("no active Azure plan")
    is_on(switch, on=False)
    expect(switch).to_be_disabled()
    assert records() == 0


def test_a_server_that_does_not_answer_is_said_and_the_switch_stays(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    switch = account(open_browser(ada), fabrikam)
    switch.page.route("**/purchase-permissions/**", lambda route: route.abort())
    switch.click()

    expect(switch.page.get_by_role("status")).to_contain_text("The server did not answer.")
    is_on(switch, on=False)


def test_a_role_lost_meanwhile_is_said_in_words(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    switch = account(open_browser(ada), fabrikam)
    ada.groups.clear()
    switch.click()

    expect(switch.page.get_by_role("status")).to_contain_text("needs the role Admin agent")
    is_on(switch, on=False)


def test_an_ended_session_leads_to_sign_in_and_back_to_the_page(
    open_browser: Open, ada: Agent, fabrikam: Customer
) -> None:
    switch = account(open_browser(ada), fabrikam)
    set_active(agent=ada, active=False, by=AgentFactory.create(role=Role.ADMIN))
    switch.click()

    switch.page.wait_for_url(f"**/sign-in/?next=/customers/{fabrikam.pk}/account/")
    assert records() == 0
