"""A receiver on the loopback address, which keeps what it is sent and answers what a test says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Received:
    path: str
    headers: Message
    body: bytes

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.body)
        return facts

    @property
    def id(self) -> str:
        return str(self.headers["webhook-id"])

    def is_signed_with(self, secret: str) -> bool:
        """As the Standard Webhooks specification tells receivers to verify it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        signatures = str(self.headers["webhook-signature"]).split(" ")
        return any(hmac.compare_digest(f"v1,{digest}", signature) for signature in signatures)


@dataclass
class Receiver:
    """It answers with `status` and `headers`; after `hold()` not before `let_go` is set."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    arrived: Event = field(default_factory=Event)
    let_go: Event = field(default_factory=Event)
    when_two_arrived: Event = field(default_factory=Event)

    def hold(self) -> None:
        self.let_go.clear()

    @property
    def names(self) -> list[str]:
        """The events, in the order in which they came."""
        return [each.facts["EventName"] for each in self.received]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that runs to the end of the block."""
    one = Receiver()
    one.let_go.set()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(one)) as server:
        one.url = f"http://127.0.0.1:{server.server_port}/hook?code=hidden"
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield one
        one.let_go.set()
        server.shutdown()


def _handler(one: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.received.append(Received(self.path, self.headers, body))
            one.arrived.set()
            if len(one.received) == 2:
                one.when_two_arrived.set()
            one.let_go.wait(timeout=60)
            self.send_response(one.status)
            for name, value in one.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"an answer that nobody keeps")

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    return Handler
