"""Connections that end while a body is on its way to the server as it is installed."""

import json
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from tests.factories import PASSWORD
from tests.partnercenter.installation import SECONDS, Browser, Installation
from tests.partnercenter.site import FORM, SOMEBODY

SWITCH = f"/customers/{SOMEBODY}/purchase-permissions/AzureReservedInstances/"
STORY = f"""
from partnercenter.agents.roles import Role
from tests.factories import AgentFactory, RoleAssignmentFactory
AgentFactory.create(username="ada@partner.example", role=Role.ADMIN, password="{PASSWORD}")
RoleAssignmentFactory.create(subscription__customer__pk="{SOMEBODY}")
"""
COUNT = "from activitylog.models import ActivityRecord; print(ActivityRecord.objects.count())"
MULTIPART = "multipart/form-data; boundary=xyz"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Somebody is ready to purchase, and Ada may allow it."""
    folder = tmp_path_factory.mktemp("installation")
    installation = Installation(f"sqlite:///{folder / 'database'}", folder)
    installation.install()
    installation.manage("shell", "--verbosity", "0", "--command", STORY)
    with installation.serving():
        yield installation


@pytest.fixture(scope="module")
def ada(installation: Installation) -> Browser:
    browser = Browser(installation.site)
    assert browser.sign_in("ada@partner.example", PASSWORD).status == 200
    return browser


def records(installation: Installation) -> int:
    return int(installation.manage("shell", "--verbosity", "0", "--command", COUNT))


def raw(installation: Installation, head: str, body: bytes) -> bytes:
    """What comes back for these bytes, after which the client has no more to say."""
    at = urlsplit(installation.site)
    with socket.create_connection((at.hostname or "", at.port or 0), SECONDS) as connection:
        connection.sendall(f"{head}\r\nHost: 127.0.0.1\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def press(installation: Installation, ada: Browser, body: bytes, *headers: str) -> int:
    """The status of a post to the switch with Ada's cookies; `headers` tell of the body."""
    lines = [f"POST {SWITCH} HTTP/1.1", f"Cookie: {ada.cookies}", "Connection: close", *headers]
    head, content = "\r\n".join(lines), b"\r\n" + body
    answer = raw(installation, head, content)
    return int(answer.split(b" ", 2)[1])


def form(ada: Browser, **fields: str) -> bytes:
    return urlencode({"csrfmiddlewaretoken": ada.token, **fields}).encode()


def test_what_is_cut_off_moves_nothing(installation: Installation, ada: Browser) -> None:
    body, before = form(ada, allowed="true"), records(installation)
    chunk = b"%x\r\n%s\r\n" % (len(body), body)
    part = b'--xyz\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    parts = part % (b"csrfmiddlewaretoken", ada.token.encode()) + part % (b"allowed", b"true")
    length, chunked = "Content-Length: {}", "Transfer-Encoding: chunked"
    cut_off = {
        "shorter than announced": (body, FORM, length.format(len(body) + 9)),
        "chunks without their end": (chunk, FORM, chunked),
        "half a chunk": (chunk[:-5], FORM, chunked),
        "a chunk whose length is none": (chunk + b"x\r\n", FORM, chunked),
        "multipart without its last boundary": (parts, MULTIPART, length.format(len(parts))),
        "multipart cut short": (parts, MULTIPART, length.format(len(parts) + 9)),
        "a length that is none": (body, FORM, "Content-Length: x"),
        "two lengths": (body, FORM, "Content-Length: 9\r\nContent-Length: 99"),
    }
    for name, (sent, kind, header) in cut_off.items():
        assert press(installation, ada, sent, f"Content-Type: {kind}", header) == 400, name
    assert records(installation) == before

    assert press(installation, ada, chunk + b"0\r\n\r\n", f"Content-Type: {FORM}", chunked) == 302
    assert records(installation) == before + 1


def test_what_is_too_large_is_refused_before_it_has_arrived(
    installation: Installation, ada: Browser
) -> None:
    announced = "Content-Length: 200000000"
    assert press(installation, ada, b"", f"Content-Type: {FORM}", announced) == 413


@pytest.mark.parametrize("address", ["/sign-in/", "/livez", "/static/nothing.css", "/%00", "/v1/x"])
def test_head_leaves_a_connection_on_which_the_next_answer_is_found(
    installation: Installation, address: str
) -> None:
    ask = f"HEAD {address} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /livez HTTP/1.1"
    received = raw(installation, ask, b"Connection: close\r\n\r\n")

    assert len(re.findall(rb"HTTP/1\.1 \d{3} ", received)) == 2
    first, second = re.split(rb"(?<=\r\n\r\n)HTTP/1\.1 ", received, maxsplit=1)
    assert first.endswith(b"\r\n\r\n")
    assert second.startswith(b"200 ")


# Longer than any server reads, and so long that others refuse it before an application is asked
BEYOND, LONG = 300_000, 20_000


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (f"GET /v1/customers?filter={'a' * BEYOND} HTTP/1.1", 400),
        (f"GET /v1/customers HTTP/1.1\r\nX-Long: {'a' * BEYOND}", 400),
        ("GET /v1/customers HTTP/1.1\r\nno header", 400),
        (f"GET /v1/customers?filter={'a' * LONG} HTTP/1.1", 401),
        (f"GET /v1/customers HTTP/1.1\r\nX-Long: {'a' * LONG}", 401),
    ],
)
def test_programs_are_answered_in_their_form_however_long_the_address_and_headers(
    installation: Installation, line: str, status: int
) -> None:
    head, _, body = raw(installation, line, b"Connection: close\r\n\r\n").partition(b"\r\n\r\n")

    assert head.split(b" ")[1] == b"%d" % status
    assert json.loads(body)["attributes"] == {"objectType": "ApiFault"}


def test_an_address_that_is_too_long_is_answered_by_a_page(installation: Installation) -> None:
    answer = raw(installation, f"GET /customers/?q={'a' * BEYOND} HTTP/1.1", b"\r\n")

    assert answer.split(b" ")[1] == b"400"
    assert b"The request was malformed and could not be read." in answer


def test_headers_do_not_say_where_the_application_begins(
    installation: Installation, ada: Browser
) -> None:
    forged = f"GET /livez HTTP/1.1\r\nCookie: {ada.cookies}\r\nPATH_INFO: /customers/"
    answer = raw(installation, f"{forged}\r\nSCRIPT_NAME: /x", b"Connection: close\r\n\r\n")

    assert answer.endswith(b"The server is alive.\n")
