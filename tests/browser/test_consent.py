"""An agent lets a program act for him, in a real browser, and the program goes to work."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page

from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.operations import update_application
from tests.browser.conftest import Open
from tests.browser.keyboard import Keyboard
from tests.factories import PASSWORD
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.applications.signing_in import Program, a_program, question

Brought = dict[str, list[str]]


class Listener(NamedTuple):
    """A program on the agent's own machine, which waits for his answer."""

    address: str
    brought: list[Brought]


@pytest.fixture
def listener() -> Iterator[Listener]:
    brought: list[Brought] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path == "/":
                brought.append(parse_qs(urlsplit(self.path).query))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Done</title><link rel=icon href=data:,>")

        def log_message(self, *_details: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Listener(f"http://127.0.0.1:{server.server_port}/", brought)
        server.shutdown()


@pytest.fixture
def program(transactional_db: None) -> Program:
    call_command("createcachetable", verbosity=0)
    program = a_program(Role.SALES)
    update_application(
        application=program.application,
        name="Contoso Tools",
        roles=[],
        redirect_uris=["http://127.0.0.1/"],
        by=System(),
    )
    return program


def asked(page: Page, agent: Agent, program: Program, listener: Listener) -> Keyboard:
    """The agent was sent here by the program, signs in with the keys and sees the question."""
    agent.set_password(PASSWORD)
    agent.save()
    page.goto(question(program, redirect_uri=listener.address))
    keyboard = Keyboard(page)
    page.get_by_label("User principal name").focus()
    page.keyboard.type(agent.username)
    keyboard.fill("Password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Contoso Tools").wait_for()
    return keyboard


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_allows_a_program_with_the_keyboard_alone_and_it_goes_to_work(
    open_browser: Open, ada: Agent, program: Program, listener: Listener, scripts: bool
) -> None:
    page = open_browser(java_script_enabled=scripts)
    asked(page, ada, program, listener).press("button", "Allow")
    page.wait_for_url(f"{listener.address}*")

    (brought,) = listener.brought
    assert brought["state"] == ["a-state"]
    answer = program.by_code(brought["code"][0], redirect_uri=listener.address)
    assert Caller(answer.json()["access_token"]).get("/v1/customers").status == 200


def test_cancelling_tells_the_program_so(
    open_browser: Open, ada: Agent, program: Program, listener: Listener
) -> None:
    page = open_browser()
    asked(page, ada, program, listener).press("button", "Cancel")
    page.wait_for_url(f"{listener.address}*")

    assert listener.brought == [{"error": ["access_denied"], "state": ["a-state"]}]


@pytest.mark.parametrize("width", [320, 1280])
def test_the_question_is_accessible(
    open_browser: Open, ada: Agent, program: Program, listener: Listener, width: int
) -> None:
    page = open_browser(ada, viewport={"width": width, "height": 800})
    page.goto(question(program, redirect_uri=listener.address))

    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
