"""What machines that watch the server are told."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from activitylog.models import ActivityHead
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.partnercenter.site import Answer, text_of

pytestmark = pytest.mark.django_db
HEALTH = ["/livez", "/readyz"]


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def is_text(response: Answer) -> bool:
    return response["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("address", HEALTH)
def test_a_healthy_server_says_so_in_plain_text(address: str) -> None:
    response = Client().get(address)

    assert response.status_code == 200
    assert is_text(response)
    assert "no-store" in response["Cache-Control"]
    assert Client().head(address).status_code == 200


@pytest.mark.parametrize(("address", "number"), [("/livez", 0), ("/readyz", 1)])
def test_being_alive_asks_the_database_nothing_and_being_ready_asks_once(
    ada: Agent, address: str, number: int
) -> None:
    assert queries_of(Client(), address) == number
    assert queries_of(signed_in(ada), address) == number


def test_a_database_without_the_heads_row_is_not_ready() -> None:
    ActivityHead.objects.all().delete()
    response = Client().get("/readyz")

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert is_text(response)
    assert "not migrated" in text_of(response)


def test_a_database_without_tables_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ActivityHead._meta, "db_table", "a_table_that_is_not_there")
    assert Client().get("/readyz").status_code == 503


@pytest.mark.parametrize("address", HEALTH)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_health_can_only_be_read(address: str, method: str) -> None:
    assert Client().generic(method, address).status_code == 405


@pytest.mark.parametrize("address", HEALTH)
def test_health_is_told_without_https_while_pages_are_not(settings: Settings, address: str) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert Client().get(address).status_code == 200
    assert Client().get("/sign-in/")["Location"] == "https://testserver/sign-in/"
