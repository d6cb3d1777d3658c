"""Who signs in to an installation of a test, and how their browsers do it."""

from typing import Any

import requests

from tests.partnercenter.installation import TOKEN
from tests.production.installation import Production
from tests.production.world import NAME, PASSWORD

SECONDS = 60
MAKE_ADMIN = "from tests.production.world import make_agent; make_agent()"


class Browser:
    """Keeps cookies, trusts the installation's certificate, and remembers each Set-Cookie."""

    def __init__(self, production: Production) -> None:
        self.site = production.site
        self.set_cookies: list[str] = []
        self._session = requests.Session()
        self._session.trust_env = False  # certificates and proxies of this machine
        self._session.verify = str(production.certificate)

    def get(self, address: str) -> requests.Response:
        """A page of the site by its path, or any address, whatever the redirects."""
        return self._seen(self._session.get(self._full(address), timeout=SECONDS))

    def send(self, page: requests.Response, address: str, **fields: Any) -> requests.Response:
        """Sends a form of the page, with its token; the answer is not followed."""
        token = TOKEN.search(page.text)
        assert token, page.text
        return self._seen(
            self._session.post(
                self._full(address),
                {"csrfmiddlewaretoken": token[1], **fields},
                headers={"Referer": page.url},
                timeout=SECONDS,
                allow_redirects=False,
            )
        )

    def sign_in(self) -> None:
        answer = self.send(self.get("/sign-in/"), "/sign-in/", login=NAME, password=PASSWORD)
        assert answer.status_code == 302, answer.text

    def _full(self, address: str) -> str:
        return f"{self.site}{address}" if address.startswith("/") else address

    def _seen(self, answer: requests.Response) -> requests.Response:
        for each in (*answer.history, answer):
            self.set_cookies += each.raw.headers.getlist("Set-Cookie")
        return answer
