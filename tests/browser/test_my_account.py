"""My account under real fingers: what is chosen stays, and second factors let in."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Page, expect

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_active, set_password
from partnercenter.agents.roles import Role
from tests.browser.conftest import Open
from tests.factories import PASSWORD, AgentFactory


@pytest.fixture
def nora(ada: Agent) -> Agent:
    """Ada, who signs in with her password here."""
    return set_password(agent=ada, password=PASSWORD, by=System())


def code_of(secret: str, *, periods_ahead: int = 0) -> str:
    """What an authenticator app shows for the secret now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30 + periods_ahead)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def sign_in(page: Page, *, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User principal name").fill("ada@partner.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm_password(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def give_a_device(page: Page) -> None:
    """A device that keeps passkeys and recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def add_passkey(page: Page) -> None:
    page.goto("/my-account/second-factor/")
    page.get_by_role("link", name="Add a passkey").click()
    confirm_password(page)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def test_the_dark_appearance_is_there_after_a_reload(open_browser: Open, ada: Agent) -> None:
    page = open_browser(ada, color_scheme="light")
    page.goto("/my-account/")
    page.get_by_label("Appearance").select_option("Dark")
    page.get_by_role("button", name="Save preferences").click()
    expect(page.get_by_role("status")).to_contain_text("Your preferences were saved.")
    page.reload()

    expect(page.locator("body")).to_have_css("background-color", "rgb(31, 31, 31)")
    expect(page.get_by_label("Appearance")).to_have_value("dark")


def test_the_light_appearance_counts_on_a_dark_system(open_browser: Open, ada: Agent) -> None:
    Agent.objects.update(appearance="light")
    page = open_browser(ada, color_scheme="dark")
    page.goto("/")
    expect(page.locator("body")).to_have_css("background-color", "rgb(250, 250, 250)")


def test_the_language_is_changed_in_the_gear_menu_of_any_page(
    open_browser: Open, ada: Agent
) -> None:
    page = open_browser(ada, java_script_enabled=False)
    page.goto("/activity-log/?agent=ada")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="日本語").click()

    expect(page).to_have_url(re.compile(r"/activity-log/\?agent=ada$"))
    expect(page.locator("html")).to_have_attribute("lang", "ja")


def test_an_authenticator_app_is_set_up_and_asked_for(open_browser: Open, nora: Agent) -> None:
    page = open_browser()
    sign_in(page)
    page.goto("/my-account/second-factor/")
    page.get_by_role("link", name="Set up an authenticator app").click()
    confirm_password(page)
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".codes li")).to_have_count(10)
    sign_out(page)

    sign_in(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This was not accepted.")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret, periods_ahead=1))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()


@pytest.fixture
def passkey_page(open_browser: Open, nora: Agent) -> Page:
    """Nora's browser after she added a passkey and signed out."""
    page = open_browser()
    give_a_device(page)
    sign_in(page)
    add_passkey(page)
    sign_out(page)
    return page


def test_a_passkey_is_added_and_signs_in_without_a_password(passkey_page: Page) -> None:
    passkey_page.goto("/sign-in/?next=/my-account/")
    passkey_page.get_by_role("button", name="Sign in with a passkey").click()
    expect(passkey_page.get_by_role("heading", name="My account")).to_be_visible()
    expect(passkey_page.locator("#second-factor ~ p").first).to_contain_text("Passkey")
    expect(passkey_page.get_by_text("This browser", exact=True)).to_be_visible()

    passkey_page.goto("/agents/")
    assert "add_second_factor" in ActivityRecord.objects.values_list("action", flat=True)


def test_a_passkey_is_asked_for_after_the_password(passkey_page: Page) -> None:
    sign_in(passkey_page)
    expect(passkey_page.get_by_role("heading", name="Second step")).to_be_visible()
    passkey_page.get_by_role("button", name="Use a passkey instead").click()
    expect(passkey_page.get_by_role("heading", name="Home")).to_be_visible()


def test_a_passkey_confirms_what_changes_the_way_in(passkey_page: Page) -> None:
    passkey_page.get_by_role("button", name="Sign in with a passkey").click()
    expect(passkey_page.get_by_role("heading", name="Home")).to_be_visible()

    passkey_page.goto("/my-account/second-factor/")
    passkey_page.get_by_role("link", name="Remove Passkey").click()
    passkey_page.get_by_role("link", name="Confirm with a passkey").click()
    passkey_page.get_by_role("button", name="Use a passkey").click()
    passkey_page.get_by_role("button", name="Remove").click()
    expect(passkey_page.get_by_role("status")).to_contain_text("The passkey was removed.")


def test_a_deactivated_agent_s_passkey_does_not_let_in(passkey_page: Page, nora: Agent) -> None:
    AgentFactory.create(role=Role.ADMIN)  # the last one couldn't be deactivated
    set_active(agent=nora, active=False, by=System())

    passkey_page.get_by_role("button", name="Sign in with a passkey").click()
    expect(passkey_page.get_by_role("heading", name="Account deactivated")).to_be_visible()
    passkey_page.goto("/")
    expect(passkey_page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_demonstration_agent_s_passkey_does_not_let_in_outside_that_mode(
    passkey_page: Page, nora: Agent
) -> None:
    Agent.objects.filter(pk=nora.pk).update(is_demonstration=True)

    passkey_page.get_by_role("button", name="Sign in with a passkey").click()
    expect(passkey_page.get_by_role("status")).to_contain_text("This passkey was not accepted.")


def test_no_passkey_on_the_device_is_said(open_browser: Open, nora: Agent) -> None:
    page = open_browser()
    give_a_device(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("No passkey was used.")


def test_without_javascript_no_passkey_is_offered(open_browser: Open) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto("/sign-in/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


def test_signing_out_everywhere_ends_the_other_window_too(open_browser: Open, nora: Agent) -> None:
    here, elsewhere = open_browser(), open_browser()
    sign_in(elsewhere)
    sign_in(here)
    here.goto("/my-account/")
    expect(here.get_by_role("table").get_by_role("row")).to_have_count(3)
    here.get_by_role("button", name="Sign out everywhere").click()
    expect(here.get_by_role("heading", name="Sign in")).to_be_visible()

    elsewhere.goto("/my-account/")
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_one_time_password_is_handed_over_and_changed(open_browser: Open, ada: Agent) -> None:
    page = open_browser(ada)
    page.goto("/agents/invite/")
    page.get_by_label("Display name").fill("Nora")
    page.get_by_label("User principal name").fill("Nora@partner.example")
    page.get_by_label("Sales agent").check()
    page.get_by_role("button", name="Invite").click()
    password = page.locator("#one-time-password").inner_text()

    hers = open_browser()
    hers.goto("/customers/")
    hers.get_by_label("User principal name").fill("nora@partner.example")
    hers.get_by_label("Password").fill(password)
    hers.get_by_role("button", name="Sign in", exact=True).click()
    expect(hers.get_by_text("You signed in with a one-time password.")).to_be_visible()
    hers.get_by_label("Current Password").fill(password)
    hers.get_by_label("New Password", exact=True).fill(PASSWORD)
    hers.get_by_label("New Password (again)").fill(PASSWORD)
    hers.get_by_role("button", name="Change password").click()
    expect(hers.get_by_role("status")).to_contain_text("Your password was changed.")
