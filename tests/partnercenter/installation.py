"""A whole installation, as the README sets one up: a database, and gunicorn before it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.postgresql import free_port

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]*)"')
SECONDS = 60  # after which an answer that does not come is a failure


class Answer(NamedTuple):
    status: int
    headers: HTTPMessage
    text: str


class Browser:
    """Keeps cookies, fills in forms, and takes an error page for an answer like any other."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar))
        self.token = ""

    @property
    def cookies(self) -> str:
        """As the header that is sent holds them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(path, headers=headers)

    def post(self, path: str, **fields: str) -> Answer:
        """With the token of the form that was seen last."""
        data = urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        return self._ask(path, data)

    def sign_in(self, name: str, password: str) -> Answer:
        self.get("/sign-in/")
        return self.post("/sign-in/", login=name, password=password)

    def _ask(
        self, path: str, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        request = Request(self._site + path, data, headers or {})  # noqa: S310 (our own server)
        try:
            response = self._opener.open(request, timeout=SECONDS)
        except HTTPError as error:
            response = error
        with response:
            answer = Answer(response.status, response.headers, response.read().decode())
        if token := TOKEN.search(answer.text):
            self.token = unescape(token[1])
        return answer


class Installation:
    """Two workers on a database of their own; what they write on standard error goes to `log`.

    `environment` goes before what is set here, so that an installation can be like production.
    """

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.log = folder / "log"
        self.port = free_port()
        self.site = self.behind = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "0",
            "PORT": str(self.port),
            "WORKERS": "2",
            "LOG_LEVEL": "INFO",
            "DJANGO_SETTINGS_MODULE": "tests.partnercenter.installed_settings",
            "STATIC_ROOT": str(folder / "static"),
            **environment,
        }

    def install(self) -> None:
        """What the README's section on installing has before the first agent."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("createcachetable", "--verbosity", "0")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")

    def manage(self, *arguments: str, **environment: str) -> str:
        """What the command printed; it must succeed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment | environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    @contextmanager
    def serving(self) -> Iterator[None]:
        """While gunicorn runs; begins when it says where the dashboard is."""
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "partnercenter.wsgi"]
        with self.log.open("w") as log:
            server = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            assert server.stdout
            assert server.stdout.readline().strip() == f"{self.behind}/", self.log.read_text()
            yield
        finally:
            server.terminate()
            server.communicate(timeout=SECONDS)
