"""Requests as a WSGI server hands them on, with whatever it may get wrong about their bodies."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes
from wsgiref.util import setup_testing_defaults

from django.core.signals import request_finished, request_started
from django.db import close_old_connections


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return " ".join(self.body.decode().split())


class BrokenOff:
    """An input whose connection ends within a chunk, as servers tell it: by an error."""

    def __init__(self, arrived: bytes) -> None:
        self._arrived = BytesIO(arrived)

    def read(self, size: int = -1) -> bytes:
        piece = self._arrived.read(size)
        if not piece:
            raise OSError("The connection ended within a chunk.")
        return piece


class Counting(BytesIO):
    """An input that knows how much of it was read, in bytes."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


def call(
    method: str, path: str, stream: Any = None, *, cookies: Mapping[str, str] = {}, **environ: Any
) -> Reply:
    """The answer to one request. `stream` is the input as the server has it; `environ` what else
    it says, such as CONTENT_LENGTH.
    """
    # Not above: it reads the settings, which tests set up first.
    from partnercenter.wsgi import application

    path, _mark, query = path.partition("?")
    told: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": "testserver",
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "wsgi.input": BytesIO() if stream is None else stream,
        **environ,
    }
    setup_testing_defaults(told)
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    with _the_tests_own_connection():
        answer = application(told, lambda status, headers: begun.append((status, headers)))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
    status, headers = begun[0]
    return Reply(int(status[:3]), dict(headers), body)


@contextmanager
def _the_tests_own_connection() -> Iterator[None]:
    """Requests leave the test's connection open, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
