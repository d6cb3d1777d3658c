"""A body that is cut off, too long or of no known length changes nothing, and says so."""

import json
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings

from activitylog.models import ActivityRecord
from customers.models import Customer, PurchasePermission
from partnercenter.agents.models import Agent
from partnercenter.bodies import bodiless_heads
from tests.conftest import signed_in
from tests.partnercenter.site import FORM
from tests.partnercenter.wsgi_calls import BrokenOff, Counting, Reply, call

pytestmark = pytest.mark.django_db

LARGEST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
TOKEN = "t" * 32
MULTIPART = "multipart/form-data; boundary=xyz"
PART = '--xyz\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
PARTS = PART.format("csrfmiddlewaretoken", TOKEN) + PART.format("allowed", "true")
BODY = urlencode({"csrfmiddlewaretoken": TOKEN, "allowed": "true"}).encode()
# Every kind of address that takes a body, whatever it is about
PLACES = {
    "/sign-in/": FORM,
    "/portal/sign-in/": FORM,
    "/admin/agents/agent/add/": FORM,
    "/usage/import/": MULTIPART,
    "/prices/import/": MULTIPART,
    "/v1/SelfServePolicy": "application/json",
    "/tenant/oauth2/v2.0/token": FORM,
    "/generatetoken": FORM,
    "/nothing-here/": FORM,
    "/livez": FORM,
}


@pytest.fixture
def switch(fabrikam: Customer) -> str:
    return f"/customers/{fabrikam.pk}/purchase-permissions/AzureReservedInstances/"


@pytest.fixture
def adas_cookies(ada: Agent) -> dict[str, str]:
    cookies = signed_in(ada).cookies
    return {
        **{name: morsel.value for name, morsel in cookies.items()},
        settings.CSRF_COOKIE_NAME: TOKEN,
    }


def is_on() -> bool:
    return PurchasePermission.objects.exists() or ActivityRecord.objects.exists()


def press(
    switch: str, cookies: dict[str, str], stream: Any, *, kind: str = FORM, **told: Any
) -> Reply:
    return call("POST", switch, stream, cookies=cookies, CONTENT_TYPE=kind, **told)


def test_a_whole_body_moves_the_switch(switch: str, adas_cookies: dict[str, str]) -> None:
    length = str(len(BODY))
    assert press(switch, adas_cookies, BytesIO(BODY), CONTENT_LENGTH=length).status == 302
    assert is_on()


def test_a_whole_body_in_chunks_moves_the_switch(switch: str, adas_cookies: dict[str, str]) -> None:
    chunked: Any = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    assert press(switch, adas_cookies, BytesIO(BODY), **chunked).status == 302
    assert is_on()


def test_a_body_that_is_shorter_than_announced_moves_nothing(
    switch: str, adas_cookies: dict[str, str]
) -> None:
    announced = str(len(BODY) + len("&undoes=17"))
    reply = press(switch, adas_cookies, BytesIO(BODY), CONTENT_LENGTH=announced)

    assert reply.status == 400
    assert "cut off before all of it arrived. Send it again. Nothing was changed." in reply.text
    assert not is_on()


@pytest.mark.parametrize(
    "told", [{"wsgi.input_terminated": True}, {"CONTENT_LENGTH": str(len(BODY) + 1)}]
)
def test_a_connection_that_ends_within_the_body_moves_nothing(
    switch: str, adas_cookies: dict[str, str], told: dict[str, Any]
) -> None:
    assert press(switch, adas_cookies, BrokenOff(BODY), **told).status == 400
    assert not is_on()


@pytest.mark.parametrize("length", ["x", "-1", "1_0", "１０", "+5", "1.0", " 5", "0x10", "5, 5"])
def test_a_length_that_is_not_a_number_moves_nothing(
    switch: str, adas_cookies: dict[str, str], length: str
) -> None:
    assert press(switch, adas_cookies, BytesIO(BODY), CONTENT_LENGTH=length).status == 400
    assert not is_on()


def test_a_body_in_chunks_whose_end_the_server_cannot_tell_moves_nothing(
    switch: str, adas_cookies: dict[str, str]
) -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked"}
    assert press(switch, adas_cookies, BytesIO(BODY), **chunked).status == 400
    assert not is_on()


@pytest.mark.parametrize(
    ("end", "status"),
    [("--xyz--\r\n", 302), ("--xyz--", 302), ("--xyz", 400), ("--xy", 400), ("", 400)],
)
def test_a_multipart_form_counts_only_with_its_last_boundary(
    switch: str, adas_cookies: dict[str, str], end: str, status: int
) -> None:
    body = f"{PARTS}{end}".encode()
    length = str(len(body))
    reply = press(switch, adas_cookies, BytesIO(body), kind=MULTIPART, CONTENT_LENGTH=length)

    assert reply.status == status
    assert is_on() == (status == 302)


def assert_speaks_to_its_readers(place: str, reply: Reply) -> None:
    """Programs get the error in the form they know, people a page."""
    if place.startswith("/v1"):
        assert json.loads(reply.body)["attributes"] == {"objectType": "ApiFault"}
    elif "token" in place:
        assert json.loads(reply.body)["error"] == "invalid_request"
    else:
        assert "<h1>" in reply.text


@pytest.mark.parametrize("place", PLACES)
def test_a_body_that_is_cut_off_is_400_everywhere(place: str) -> None:
    body = BytesIO(b'{"a": 1}')
    reply = call("POST", place, body, CONTENT_TYPE=PLACES[place], CONTENT_LENGTH="9")

    assert reply.status == 400
    assert "cut off" in reply.text
    assert_speaks_to_its_readers(place, reply)


@pytest.mark.parametrize("place", PLACES)
def test_what_announces_too_much_is_413_everywhere_and_is_not_read(place: str) -> None:
    stream = Counting(b"a" * 100)
    length = str(LARGEST + 1)
    reply = call("POST", place, stream, CONTENT_TYPE=PLACES[place], CONTENT_LENGTH=length)

    assert reply.status == 413
    assert "Send less at once." in reply.text
    assert stream.taken == 0
    assert_speaks_to_its_readers(place, reply)


@pytest.mark.parametrize("length", ["9" * 20, "9" * 5_000, "0" * 5_000 + "9" * 9])
def test_a_length_that_no_program_reads_is_too_much(length: str) -> None:
    assert call("POST", "/sign-in/", CONTENT_TYPE=FORM, CONTENT_LENGTH=length).status == 413


def test_chunks_are_read_no_further_than_the_limit() -> None:
    stream = Counting(b"a" * (LARGEST + 100_000))
    ends: Any = {"wsgi.input_terminated": True}
    reply = call("POST", "/sign-in/", stream, CONTENT_TYPE=FORM, **ends)

    assert reply.status == 413
    assert stream.taken == LARGEST + 1


def test_a_body_as_long_as_the_limit_is_read() -> None:
    stream = BytesIO(b"a" * LARGEST)
    reply = call("POST", "/sign-in/", stream, CONTENT_TYPE=FORM, CONTENT_LENGTH=str(LARGEST))
    assert reply.status == 403  # the form's token is missing


def test_a_form_that_django_itself_finds_too_large_is_413(ada: Agent, switch: str) -> None:
    body = b"allowed=" + b"t" * LARGEST
    assert signed_in(ada).post(switch, body, content_type=FORM).status_code == 413


# HEAD

ASKED_FOR_HEADERS = [
    "/sign-in/",
    "/livez",
    "/readyz",
    "/static/css/base.css",
    "/static/nothing.css",
    "/nothing-here/",
    "/customers/?q=%00",
    "/my-account/language/",
    "/portal/sign-in/",
    "/portal/",
    "/admin/",
    "/v1/customers",
    "/v1/nothing",
    "/tenant/oauth2/v2.0/token",
    "/tenant/v2.0/.well-known/openid-configuration",
    "/tenant/discovery/v2.0/keys",
]


@pytest.mark.parametrize("address", ASKED_FOR_HEADERS)
def test_head_is_answered_as_get_without_the_body(address: str) -> None:
    head, get = call("HEAD", address), call("GET", address)

    assert head.body == b""
    assert head.status == get.status
    assert set(head.headers) == set(get.headers)
    assert head.headers.get("Content-Type") == get.headers.get("Content-Type")


def test_head_ends_what_would_have_been_sent() -> None:
    class Download(list[bytes]):
        closed = False

        def close(self) -> None:
            self.closed = True

    download = Download([b"row"])
    answer = bodiless_heads(lambda environ, start_response: download)
    assert list(answer({"REQUEST_METHOD": "HEAD"}, None)) == []
    assert download.closed
