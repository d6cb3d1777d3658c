"""Connections: what arrives on them, and what is answered before and after Django.

One thread waits for all connections at once. Only a request that is whole is given to one of the
threads that work on requests, and its answer is taken from there at once, so that none of these
threads ever waits for a client. What isn't documented of waitress is used here and in worker.py
only; tests/partnercenter/server/test_internals.py names it.
"""

import re
import socket
import time
from contextlib import suppress
from io import BytesIO
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, RequestEntityTooLarge

from partnercenter import bodies

LIVEZ = "/livez"
HEADER_SECONDS = 20  # for the first request of a connection, and for the header of each
REQUEST_SECONDS = 120  # for a whole request: 4 MB at 300 kbit/s
LINGER_SECONDS = 2  # for what a refused client is still sending
OPENING = re.compile(rb"\s*([A-Z]{1,20}) (/[^\s?]*)")


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request of which something is known even where it can't be read."""

    path, query, command, request_uri, url_scheme = "/", "", "GET", "/", "http"

    def received(self, data: bytes) -> int:
        opening = self.header_plus or data
        consumed: int = super().received(data)
        if self.error and self.body_rcv is None and (match := OPENING.match(opening)):
            self.command, self.path = match[1].decode(), match[2].decode("latin-1")
        return consumed

    def end_early(self) -> None:
        """The connection has ended, and the request has not."""
        self.error, self.completed = BadRequest(bodies.CUT_OFF), True


class Answer(WSGITask):  # type: ignore[misc]
    """The answer to a whole request."""

    def start(self) -> None:
        super().start()
        if self.channel.is_last:
            self.set_close_on_finish()


class Refusal(Answer):
    """The answer to what isn't a request. Django gives it too, so that programs are answered in
    their own form; all it learns is where the request was going, and why it can't be read.
    """

    def start(self) -> None:
        super().start()
        self.channel.is_refused = True
        self.set_close_on_finish()

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ.pop("CONTENT_LENGTH", None)
        environ["wsgi.input"] = BytesIO()  # half of it is no use to anybody
        environ[bodies.UNREADABLE] = _reason(self.request.error)
        return environ


def _reason(error: Any) -> str:
    if isinstance(error, RequestEntityTooLarge):
        return bodies.TOO_LARGE
    return bodies.CUT_OFF if error.body == bodies.CUT_OFF else bodies.MALFORMED


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, and since when it owes us the rest of a request."""

    parser_class, task_class, error_task_class = Parser, Answer, Refusal
    request: Parser | None  # of which not everything has come
    is_last = False  # whether the connection ends with its next answer
    is_refused = False  # whether it ends though the client may be sending still
    is_lingering = False  # whether everything is said, and what still comes is thrown away

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._begun = time.monotonic()
        self._has_asked = False
        super().__init__(*args, **kwargs)

    @property
    def is_idle(self) -> bool:
        """Whether it is between two requests, and everything is answered."""
        is_between = self._has_asked and self.request is None and not self.is_lingering
        return is_between and self.is_awaited

    @property
    def is_awaited(self) -> bool:
        """Whether it is the client who has to go on."""
        return not (self.requests or self.total_outbufs_len)

    @property
    def is_overdue(self) -> bool:
        """Whether the client took too long. One between two requests may wait longer: see
        `IDLE_SECONDS` in worker.py.
        """
        if not self.is_awaited or self.is_idle:
            return False
        return time.monotonic() - self._begun > self._seconds_allowed

    @property
    def _seconds_allowed(self) -> float:
        if self.is_lingering:
            return LINGER_SECONDS
        has_header = self.request is not None and self.request.headers_finished
        return REQUEST_SECONDS if has_header else HEADER_SECONDS

    def received(self, data: bytes) -> bool:
        before = self.request
        has_more: bool = super().received(data)
        if self.request is not before:
            self._begun = time.monotonic()
        self._has_asked = self._has_asked or bool(self.requests)
        return has_more

    def handle_read(self) -> None:
        """Takes what came. A client that ends in the middle of a request may still hear why that
        is none.
        """
        if self.request is None and not self.is_lingering:
            super().handle_read()
            return
        try:
            data = self.socket.recv(self.adj.recv_bytes)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if self.is_lingering:
            self.will_close = not data
        elif data:
            self.last_activity = time.time()
            self.received(data)
        else:
            self._refuse_half()

    def handle_close(self) -> None:
        """Ends the connection; after a refusal only our half of it at first, and for a moment
        takes what the client is still sending. With the whole of it ended at once the system would
        reset it, and the client would never see the answer (RFC 9112, section 9.6).
        """
        if self.socket is None:  # closed already: waitress says so again after an error
            return
        if self.is_refused and not self.is_lingering:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
                self.is_lingering, self.will_close, self._begun = True, False, time.monotonic()
                return
        super().handle_close()

    def _refuse_half(self) -> None:
        with self.requests_lock:
            half, self.request = self.request, None
            if half is not None:
                half.end_early()
                self.requests.append(half)
                self.server.add_task(self)


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Gives requests to threads. Whoever asks whether the server lives is answered by a thread
    that does nothing else, so that the answer doesn't depend on what the others wait for.
    """

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.set_thread_count(threads)
        self._for_probes = ThreadedTaskDispatcher()
        self._for_probes.set_thread_count(1)

    def add_task(self, task: Channel) -> None:
        if task.requests[0].path == LIVEZ:
            self._for_probes.add_task(task)
        else:
            super().add_task(task)
