"""An agent's browser at the page that asks whether an application may act for them."""

import re
import threading
import webbrowser
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import requests

from tests.production.installation import Production
from tests.production.people import SECONDS, Browser

FORM = re.compile(r'<form[^>]* action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')


def allow(production: Production, address: str) -> requests.Response:
    """Signs in, opens the address of the application's question, and presses Allow. Returns the
    answer, which leads back to the application.
    """
    browser = Browser(production)
    browser.sign_in()
    page = browser.get(address)
    assert page.status_code == 200, page.text
    action, fields = form_of(page.text)
    scopes = [value for name, value in fields if name == "scopes"]
    given = {name: value for name, value in fields if name in ("request", "csrfmiddlewaretoken")}
    return browser.send(page, action, **given, scopes=scopes, action="grant")


def form_of(html: str) -> tuple[str, list[tuple[str, str]]]:
    """The last form of a page: where it leads, and what it sends along unseen."""
    action, inside = FORM.findall(html)[-1]
    return unescape(action), [(name, unescape(value)) for name, value in HIDDEN.findall(inside)]


def brought_by(answer: requests.Response) -> dict[str, str]:
    """What a redirect takes back to the application."""
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


class AgentsBrowser(webbrowser.BaseBrowser):
    """What a desktop program opens: allows the application, and posts the answer to it."""

    def __init__(self, production: Production) -> None:
        super().__init__("agents-browser")
        self._production = production
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:  # noqa: FBT002
        """At once; the work is done beside the program, which begins to listen now."""
        self.opened.append(url)
        threading.Thread(target=self._answer, args=(url,), daemon=True).start()
        return True

    def _answer(self, url: str) -> None:
        address, facts = form_of(allow(self._production, url).text)
        requests.post(address, dict(facts), timeout=SECONDS)
