"""The example for nginx in front of the server, as an administrator copies it."""

import json
import socket

import pytest
import requests

from tests.production.installation import Production

SECONDS = 60
TOO_LARGE = 5_000_000  # bytes; more than partnercenter takes, and less than nginx passes on


@pytest.fixture
def session(production: Production) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # certificates and proxies of this machine are for elsewhere
    session.verify = str(production.certificate)
    return session


def test_pages_are_answered_over_https_and_believe_that_it_is(
    production: Production, session: requests.Session
) -> None:
    answer = session.get(f"{production.site}/sign-in/", timeout=SECONDS)

    assert answer.status_code == 200
    assert "Strict-Transport-Security" in answer.headers
    assert all(cookie.secure for cookie in session.cookies)


def test_pages_asked_for_in_clear_are_sent_to_https(
    production: Production, session: requests.Session
) -> None:
    answer = session.get(
        f"{production.plain_site}/sign-in/", allow_redirects=False, timeout=SECONDS
    )

    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("https://")


def test_the_address_in_the_log_is_the_clients_whatever_the_client_says(
    production: Production, session: requests.Session
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.7"}
    answer = session.get(f"{production.site}/sign-in/", headers=forged, timeout=SECONDS)

    request_id = answer.headers["X-Request-ID"]
    lines = map(json.loads, production.log.read_text().splitlines())
    (line,) = (line for line in lines if line.get("request_id") == request_id)
    assert line["address"] == "127.0.0.1"


def test_a_form_that_is_too_large_is_answered_by_partnercenter(
    production: Production, session: requests.Session
) -> None:
    form = {"login": "x" * TOO_LARGE}
    answer = session.post(f"{production.site}/sign-in/", data=form, timeout=SECONDS)

    assert answer.status_code == 413
    assert "X-Request-ID" in answer.headers


def test_headers_that_never_end_reach_no_worker(
    production: Production, session: requests.Session
) -> None:
    """As many as the workers have threads; a request beside them is answered at once."""
    half = b"GET /sign-in/ HTTP/1.1\r\nHost: localhost\r\nX-"
    port = int(production.plain_site.rpartition(":")[2])
    slow = [socket.create_connection(("127.0.0.1", port), SECONDS) for _ in range(16)]
    try:
        for connection in slow:
            connection.sendall(half)
        assert session.get(f"{production.plain_site}/livez", timeout=5).status_code == 200
    finally:
        for connection in slow:
            connection.close()
