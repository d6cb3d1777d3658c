"""The worker of the production server, with clients that are slow, silent or gone."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.partnercenter.server.serving import THREADS, Server, everything, get

SLOW = 200
SILENT = 1_500
HALF_A_HEADER = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-"
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhal"
HALF_A_CHUNK = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhal"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    with server.running():
        yield server


def whole(answer: str) -> bool:
    return answer.startswith("HTTP/1.1 200 ") and "whole" in answer


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n", HALF_A_HEADER, HALF_A_BODY, HALF_A_CHUNK])
def test_requests_that_never_end_hold_up_nobody(server: Server, sent: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(server.connect(sent))
        assert whole(server.ask("/"))


@pytest.mark.parametrize("linger", [b"", struct.pack("ii", 1, 0)], ids=["ended", "reset"])
@pytest.mark.parametrize("sent", [b"", HALF_A_HEADER, HALF_A_BODY, HALF_A_CHUNK])
def test_clients_that_hang_up_in_the_middle_end_no_worker(
    server: Server, sent: bytes, linger: bytes
) -> None:
    workers = server.workers
    for _ in range(SLOW):
        with server.connect(sent) as connection:
            if linger:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    assert whole(server.ask("/"))
    assert server.workers == workers


def test_connections_on_which_nothing_is_sent_hold_up_nobody(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(SILENT):
            stack.enter_context(server.connect())
        assert whole(server.ask("/"))


def test_readers_that_read_nothing_hold_up_nobody(server: Server) -> None:
    """Each answer is larger than what systems keep between two programs."""
    with ExitStack() as stack:
        for _ in range(THREADS + 1):
            stack.enter_context(server.connect(get("/long"), receive_buffer=4096))
        assert whole(server.ask("/"))


def test_a_request_that_is_slow_is_answered_once_it_is_whole(server: Server) -> None:
    slow = server.connect()
    for byte in HALF_A_BODY + b"f done":
        slow.sendall(bytes([byte]))
    slow.shutdown(socket.SHUT_WR)
    assert everything(slow).endswith("whole  / half done")


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (HALF_A_HEADER, "cut_off"),
        (HALF_A_BODY, "cut_off"),
        (HALF_A_CHUNK, "cut_off"),
        (b"nonsense\r\n\r\n", "malformed"),
        (b"GET /v1 HTTP/1.1\r\nno header\r\n\r\n", "malformed"),
        (b"GET /v1?" + b"a" * 300_000, "malformed"),
        (b"GET /v1 HTTP/1.1\r\nX: " + b"a" * 300_000, "malformed"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "too_large"),
    ],
)
def test_the_application_says_why_what_came_is_no_request(
    server: Server, sent: bytes, reason: str
) -> None:
    connection = server.connect(sent)
    connection.shutdown(socket.SHUT_WR)

    path = "/v1" if b"/v1" in sent else "/"
    assert everything(connection).endswith(f"{reason}  {path} ")


def test_headers_do_not_say_where_the_application_begins(server: Server) -> None:
    answer = server.ask("/", "SCRIPT_NAME: /forged", "PATH_INFO: /forged", "Script-Name: /forged")
    assert answer.endswith("whole  / ")


def test_a_server_whose_threads_all_wait_is_alive(server: Server) -> None:
    server.hold()
    assert whole(server.ask("/livez"))


def test_a_server_that_ends_answers_all_whom_it_let_in(server: Server) -> None:
    """Some are worked on, some wait for a thread, and some the worker hasn't heard of yet."""
    held = server.hold()
    waiting = [server.connect(get("/")) for _ in range(50)]
    server.end()
    server.release()

    assert all(whole(everything(connection)) for connection in [*held, *waiting])
    assert server.wait() == 0


def test_a_server_that_ends_says_so_to_connections_that_would_stay(server: Server) -> None:
    (held, *_others) = [server.connect(get("/held")), server.hold()]
    server.end()
    server.release()
    assert whole(everything(held))
    assert server.wait() == 0


def test_a_server_that_ends_waits_for_no_silent_client(server: Server) -> None:
    with server.connect(), server.connect(HALF_A_BODY):
        server.end()
        assert server.wait() == 0
