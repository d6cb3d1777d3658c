"""A newcomer's first customer, from nothing to the log's file, with the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext as _
from playwright.sync_api import expect

from activitylog import verification
from activitylog.events import label
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open
from tests.browser.keyboard import Keyboard
from tests.downloads import cells
from tests.factories import PASSWORD

ACTS = (
    "add_customer",
    "create_subscription",
    "create_customer_user",
    "create_role_assignment",
    "create_customer_purchase_permissions",
    "export_activity_log",
)


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """The browser's; the test looks for the words of the same language."""
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def keyboard(open_browser: Open, ada: Agent, language: str) -> Keyboard:
    ada.set_password(PASSWORD)
    ada.save()
    page = open_browser(locale=language)
    page.goto("/")
    return Keyboard(page)


def test_a_customer_is_added_prepared_and_permitted_and_the_log_has_all_six_acts(
    keyboard: Keyboard,
) -> None:
    sign_in(keyboard)
    add_customer(keyboard)
    buy_azure_plan(keyboard)
    add_user(keyboard)
    make_owner(keyboard)
    turn_on(keyboard)

    assert exported_actions(keyboard) == [label(act) for act in ACTS]
    assert list(verification.findings()) == []


def sign_in(keyboard: Keyboard) -> None:
    keyboard.page.keyboard.type("ada@partner.example")
    keyboard.fill(_("Password"), PASSWORD)
    keyboard.page.keyboard.press("Enter")
    keyboard.page.locator("h1", has_text=_("Home")).wait_for()


def add_customer(keyboard: Keyboard) -> None:
    keyboard.follow("link", _("Add customer"), _("Add customer"))
    for name, text in [
        (_("company name"), "Tailspin Toys"),
        (_("primary domain name"), "tailspin.example"),
        (_("address line 1"), "Storgatan 1"),
        (_("city"), "Lund"),
        (_("country or region"), "se"),
        (_("Contact: first name"), "Kim"),
        (_("Contact: last name"), "Berg"),
        (_("Contact: email"), "kim@tailspin.example"),
    ]:
        keyboard.fill(name[0].upper() + name[1:], text)
    keyboard.press("button", _("Add customer"))
    expect(keyboard.page.get_by_role("status")).to_contain_text("Tailspin Toys")


def buy_azure_plan(keyboard: Keyboard) -> None:
    keyboard.follow("link", _("Buy an Azure plan"), _("Buy an Azure plan"))
    keyboard.press("button", _("Buy"))
    expect(keyboard.page.get_by_role("status")).to_contain_text("Tailspin Toys")


def add_user(keyboard: Keyboard) -> None:
    keyboard.follow("link", _("Users and roles"), _("Users and roles"))
    keyboard.fill(_("first name").capitalize(), "Olga")
    keyboard.fill(_("last name").capitalize(), "Ohm")
    keyboard.fill(_("user principal name").capitalize(), "olga@tailspin.example")
    keyboard.press("button", _("Add user"))
    expect(keyboard.page.get_by_role("status")).to_contain_text("olga@tailspin.example")


def make_owner(keyboard: Keyboard) -> None:
    keyboard.follow("link", _("Assign the Owner role"), _("Access control (IAM)"))
    keyboard.reach(keyboard.page.get_by_label(_("User"), exact=True))
    keyboard.page.keyboard.type("Olga")
    keyboard.press("button", _("Assign"))
    expect(keyboard.page.get_by_role("status")).to_contain_text(_("Owner"))


def turn_on(keyboard: Keyboard) -> None:
    keyboard.follow("link", _("Back to Customer permissions"), _("Account"))
    switch = keyboard.page.get_by_role("switch").first
    keyboard.reach(switch)
    keyboard.page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")


def exported_actions(keyboard: Keyboard) -> list[str]:
    """The actions in the file of the whole log, as the gear leads to it."""
    keyboard.press("button", _("Settings"))
    keyboard.follow("link", _("Activity log"), _("Activity log"))
    with keyboard.page.expect_download() as download:
        keyboard.press("button", _("CSV"))
    heading, *rows = cells(Path(download.value.path()).read_bytes())
    return [row[heading.index(_("Action"))] for row in rows]
