"""Our worker under gunicorn with gunicorn.conf.py's way to run it, and clients that speak bytes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.partnercenter.installation import ROOT, SECONDS
from tests.postgresql import free_port

THREADS = 2
CONF = """
bind = "127.0.0.1:{port}"
workers = 1
threads = {threads}
worker_class = "partnercenter.server.worker.BufferingWorker"
control_socket_disable = True
def when_ready(server):
    print("ready", flush=True)
"""


class Server:
    """One worker of two threads on `port`; `folder` is what it shares with its application."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[str]

    @contextmanager
    def running(self) -> Iterator[None]:
        conf = self.folder / "conf.py"
        conf.write_text(CONF.format(port=self.port, threads=THREADS))
        application = "tests.partnercenter.server.small_app:application"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", str(conf), application],
            cwd=ROOT,
            env=os.environ | {"FOLDER": str(self.folder)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"
        try:
            self.ask("/")  # the worker itself is there now
            yield
        finally:
            (self.folder / "release").touch()
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate(timeout=SECONDS)

    def end(self) -> None:
        """Asks it to end, and returns at once."""
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """The exit status, once it has ended."""
        return self._process.wait(SECONDS)

    @property
    def workers(self) -> str:
        """The ids of the worker's processes: another one is there after one has died."""
        pid = self._process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text()

    def connect(self, sent: bytes = b"", *, receive_buffer: int = 0) -> socket.socket:
        """A connection on which these bytes were sent, and nothing was read yet."""
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(SECONDS)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(sent)
        return connection

    def ask(self, path: str, *headers: str) -> str:
        """The whole answer to a GET."""
        return everything(self.connect(get(path, *headers, "Connection: close")))

    def hold(self) -> list[socket.socket]:
        """A request for each thread, all of which wait until `release`."""
        held = [self.connect(get("/held", "Connection: close")) for _ in range(THREADS)]
        await_file(self.folder / "held")
        return held

    def release(self) -> None:
        (self.folder / "release").touch()


def get(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *headers, "", ""]).encode()


def everything(connection: socket.socket) -> str:
    """What comes until the other side ends; the connection is closed then."""
    with connection:
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received.decode()


def await_file(path: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
