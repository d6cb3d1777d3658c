"""What the server writes down on standard error, and what it never does."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter import logs
from partnercenter.access import open_to_everyone
from partnercenter.agents.models import Agent
from partnercenter.forms import attempt, status_of
from partnercenter.operations import Refused
from tests.conftest import signed_in
from tests.factories import PASSWORD, AgentFactory
from tests.partnercenter.site import SOMEBODY, browser, fill_in_sign_in

pytestmark = pytest.mark.django_db
ACCOUNT = f"/customers/{SOMEBODY}/account/"

Line = dict[str, Any]


class Written:
    """What the program's own handler has written since the test began."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[Line]:
        return [json.loads(line) for line in self.text.splitlines()]

    def about(self, status: int) -> Line:
        (line,) = [line for line in self.lines if line.get("status") == status]
        return line


@pytest.fixture
def written() -> Iterator[Written]:
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler, logging.StreamHandler)
        and isinstance(handler.formatter, logs.JsonLines)
    ]
    stream = io.StringIO()
    before = handler.setStream(stream)
    yield Written(stream)
    handler.setStream(before)


@pytest.fixture
def _every_request(caplog: pytest.LogCaptureFixture) -> None:
    """As with LOG_LEVEL=INFO."""
    caplog.set_level("INFO", "partnercenter.requests")


# Requests


@pytest.mark.usefixtures("_every_request")
def test_an_answer_is_one_line_that_says_who_asked_for_what(written: Written, ada: Agent) -> None:
    response = signed_in(ada).get("/customers/")

    (line,) = written.lines
    assert line.pop("time").endswith("+00:00")
    assert line.pop("milliseconds") >= 0
    assert line == {
        "level": "INFO",
        "logger": "partnercenter.requests",
        "message": "Request answered.",
        "request_id": response["X-Request-ID"],
        "method": "GET",
        "path": "/customers/",
        "status": 200,
        "address": "127.0.0.1",
        "agent": str(ada.pk),
    }


@pytest.mark.usefixtures("_every_request")
def test_a_stranger_has_no_id(written: Written) -> None:
    Client().get("/sign-in/")
    assert "agent" not in written.about(200)


def test_what_went_well_is_not_written_unless_asked_for(written: Written, ada: Agent) -> None:
    signed_in(ada).get("/customers/")
    assert written.text == ""


@pytest.mark.usefixtures("_every_request")
def test_nothing_secret_is_written(written: Written, ada: Agent) -> None:
    client = signed_in(ada, headers={"Authorization": "Bearer a-token"})
    client.get("/customers/?q=a-search")
    client.get("/nowhere/?code=a-code")
    client.post(ACCOUNT, {"password": "a-password"})

    assert len(written.lines) == 3
    secrets = ["a-search", "a-token", "a-code", "a-password", client.cookies["sessionid"].value]
    assert [secret for secret in secrets if secret in written.text] == []


# Refusals


def test_a_refused_request_names_the_permission_that_was_lacking(
    written: Written, sam: Agent
) -> None:
    signed_in(sam).get("/activity-log/")

    line = written.about(403)
    assert (line["level"], line["refused"]) == ("WARNING", "activitylog.view_activityrecord")
    assert line["agent"] == str(sam.pk)


@pytest.mark.parametrize(
    ("method", "address", "status", "reason"),
    [
        ("GET", "/customers/?cursor=x", 400, "BadInput"),
        ("GET", "/customers/none/", 404, None),
        ("POST", "/customers/", 405, None),
    ],
)
def test_whatever_is_refused_is_one_warning(
    written: Written, ada: Agent, method: str, address: str, status: int, reason: str | None
) -> None:
    signed_in(ada).generic(method, address)

    (line,) = written.lines
    assert (line["level"], line["status"], line.get("refused")) == ("WARNING", status, reason)


def test_a_host_that_is_not_ours_is_one_warning(written: Written) -> None:
    Client().get("/sign-in/", headers={"Host": "evil.example"})

    (line,) = written.lines
    assert (line["status"], line["refused"]) == (400, "DisallowedHost")


def test_a_form_without_its_token_is_one_warning(written: Written) -> None:
    browser().post("/sign-in/")

    (line,) = written.lines
    assert (line["status"], line["refused"]) == (403, "CSRF cookie not set.")


# Pages that are not ours


def refuse() -> None:
    raise Refused("Not now.", code="not_now")


def refusing(request: HttpRequest) -> HttpResponse:
    form = forms.Form({})
    attempt(form, refuse)
    return HttpResponse(status=status_of(form))


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("a fault of ours")


def forgetful(request: HttpRequest) -> HttpResponse:
    Agent.objects.update(display_name=None)
    return HttpResponse()


@pytest.fixture
def _other_pages(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("site_of_one_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    everybody = open_to_everyone(reason="for a test")
    module.urlpatterns = [  # type: ignore[attr-defined]
        path(f"{view.__name__}/", everybody(view)) for view in (refusing, broken, forgetful)
    ]
    module.handler500 = "partnercenter.errors.server_error"  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = module.__name__


@pytest.mark.usefixtures("_other_pages")
def test_what_the_rules_refuse_bears_the_code_of_the_rule(written: Written) -> None:
    Client().get("/refusing/")
    assert written.about(422)["refused"] == "not_now"


@pytest.mark.usefixtures("_other_pages")
def test_an_error_of_ours_bears_its_traceback_and_the_id_of_its_request(written: Written) -> None:
    response = Client(raise_request_exception=False).get("/broken/")

    traceback, request = written.lines
    assert {traceback["level"], request["level"]} == {"ERROR"}
    assert {traceback["request_id"], request["request_id"]} == {response["X-Request-ID"]}
    assert "ZeroDivisionError: a fault of ours" in traceback["exception"]
    assert request["status"] == 500


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite quotes no rows in errors.")
@pytest.mark.usefixtures("_other_pages")
def test_a_row_that_the_database_quotes_in_an_error_is_left_out(written: Written) -> None:
    agent = AgentFactory.create(password=PASSWORD)
    with pytest.raises(IntegrityError, match="DETAIL"):
        Client().get("/forgetful/")

    assert "IntegrityError" in written.text
    assert agent.username not in written.text
    assert agent.password not in written.text


# Failed sign-ins


def test_a_wrong_password_is_written_with_the_agents_id_and_the_address(written: Written) -> None:
    agent = AgentFactory.create(username="ada@partner.example", password=PASSWORD)
    fill_in_sign_in(browser(), "Ada@Partner.Example", "a-wrong-password")

    (line,) = [line for line in written.lines if line["logger"] == "partnercenter.sign_in"]
    assert (line["level"], line["message"]) == ("WARNING", "A sign-in failed.")
    assert (line["agent"], line["address"]) == (str(agent.pk), "127.0.0.1")
    assert "a-wrong-password" not in written.text


def test_a_password_typed_as_the_name_is_not_written(written: Written) -> None:
    fill_in_sign_in(browser(), PASSWORD, "ada@partner.example")

    (line,) = [line for line in written.lines if line["logger"] == "partnercenter.sign_in"]
    assert "agent" not in line
    assert PASSWORD not in written.text
    assert "ada@partner.example" not in written.text


# Forged lines


@pytest.mark.parametrize("evil", ["%0a", "%0d%0a", "%1b[31m", "%e2%80%a8", "%c2%85", "%e2%80%ae"])
def test_a_path_cannot_forge_a_line_or_move_the_terminals_cursor(
    written: Written, ada: Agent, evil: str
) -> None:
    signed_in(ada).get(f'/nowhere/{evil}{{"level":"INFO"}}')

    assert written.text.count("\n") == 1
    assert written.text.removesuffix("\n").isprintable()
    assert written.text.isascii()
    assert written.lines[0]["level"] == "WARNING"


def test_a_record_bears_the_id_that_stands_in_the_log(
    written: Written, caplog: pytest.LogCaptureFixture, ada: Agent, fabrikam: Customer
) -> None:
    caplog.set_level("INFO", "partnercenter.requests")
    address = f"/customers/{fabrikam.pk}/purchase-permissions/AzureReservedInstances/"
    signed_in(ada).post(address, {"allowed": "true"})

    ids = {line["request_id"] for line in written.lines}
    assert ids == {ActivityRecord.objects.get().request_id}
