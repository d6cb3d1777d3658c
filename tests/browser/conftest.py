"""A real Chromium in front of the real server."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from customers.models import CustomerUser
from customers.portal import sessions
from partnercenter.agents.models import Agent
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import signed_in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser; without one it is skipped, and fails on CI."""
    reason = "Chromium was not found: install the package “chromium”."
    for item in items:
        if "/browser/" not in str(item.path):
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.django_db(transaction=True))
        if not CHROMIUM and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium was not found: install the package “chromium”."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def open_browser(chromium: Browser, live_server: LiveServer) -> Iterator[Open]:
    """Opens a window, signed in as the agent, or in the portal as the customer's user, if one is
    given; keywords go to the browser context.

    When the test ends, nothing may have been written to the console as an error.
    """
    contexts: list[tuple[BrowserContext, list[str]]] = []

    def open_(who: Agent | CustomerUser | None = None, **options: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, **options)  # type: ignore[arg-type]
        errors: list[str] = []
        contexts.append((context, errors))
        if isinstance(who, Agent):
            context.add_cookies([_cookie(signed_in(who), live_server)])
        elif who:
            key = str(sessions.start(who).session_key)
            url = f"{live_server.url}{sessions.ROOT}"
            context.add_cookies([{"name": sessions.COOKIE, "value": key, "url": url}])
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if _bad(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_
    for context, errors in contexts:
        context.close()
        assert errors == []


def _bad(message: ConsoleMessage) -> bool:
    """Chromium and htmx note each answer of 400 and above; that says nothing of the page."""
    noted = message.text.startswith("Failed to load") or message.text.endswith("HTMLElement]")
    return message.type == "error" and not noted


def _cookie(client: Client, server: LiveServer) -> SetCookieParam:
    value = client.cookies["sessionid"].value
    return {"name": "sessionid", "value": value, "url": server.url}
