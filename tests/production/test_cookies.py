"""Cookies as browsers get them over https: of this host alone, whatever else the domain serves."""

from http.cookies import Morsel, SimpleCookie

import pytest

from tests.production.installation import Production
from tests.production.people import MAKE_ADMIN, Browser

PUBLIC = {"type": "public", "name": "Desktop", "redirect_uris": "http://localhost"}


@pytest.fixture(scope="module")
def cookies(production: Production) -> list["Morsel[str]"]:
    """Each that the browser of an agent is sent who signs in, saves something and signs out."""
    production.manage("shell", "--command", MAKE_ADMIN)
    browser = Browser(production)
    browser.sign_in()
    browser.send(browser.get("/api-access/new/"), "/api-access/new/", **PUBLIC)
    browser.send(browser.get("/"), "/sign-out/")
    return [cookie for text in browser.set_cookies for cookie in SimpleCookie(text).values()]


def test_every_cookie_has_the_prefix_of_this_host(cookies: list["Morsel[str]"]) -> None:
    names = {cookie.key for cookie in cookies}
    assert {"__Host-sessionid", "__Host-csrftoken", "__Host-messages"} <= names
    assert [name for name in names if not name.startswith("__Host-")] == []


def test_every_cookie_is_as_browsers_demand_of_the_prefix(cookies: list["Morsel[str]"]) -> None:
    """Else they drop it (RFC 6265bis, section 4.1.3.2)."""
    kept = [cookie for cookie in cookies if cookie.value]
    assert {(cookie["secure"], cookie["path"], cookie["domain"]) for cookie in kept} == {
        (True, "/", "")
    }
