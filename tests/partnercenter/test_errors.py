"""A database that cannot answer is told apart from a fault of ours."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.outages import is_outage
from tests.conftest import SignIn
from tests.partnercenter.site import sentence_of, text_of


def error_of(statement: str) -> Error:
    with pytest.raises(Error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return caught.value


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["SELECT * FROM nowhere", "SELECT nothing", "SELEKT"])
def test_a_wrong_query_is_a_fault_of_ours(statement: str) -> None:
    assert not is_outage(error_of(statement))


def look_up() -> None:
    try:
        raise InterfaceError("connection already closed")
    finally:
        raise KeyError("what the query would have found")


def test_what_followed_from_an_outage_is_an_outage() -> None:
    with pytest.raises(KeyError) as caught:
        look_up()

    assert is_outage(caught.value)
    assert not is_outage(KeyError("what the query would have found"))
    assert not is_outage(None)


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such limits.")
@pytest.mark.parametrize(
    "statement",
    [
        "SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(10)",
        "SET TRANSACTION READ ONLY; DELETE FROM agents_agent",
        "SELECT pg_terminate_backend(pg_backend_pid())",
    ],
)
@pytest.mark.django_db(transaction=True)
def test_a_statement_that_was_ended_and_a_database_that_only_reads_are_outages(
    statement: str,
) -> None:
    assert is_outage(error_of(statement))


IMPATIENT = {"sqlite": "PRAGMA busy_timeout = 0", "postgresql": "SET lock_timeout = '10ms'"}


@contextmanager
def log_held_by_somebody_else() -> Iterator[None]:
    """Another connection writes on the log's head, and ours hardly waits for it."""
    somebody_else = connection.copy("somebody else")
    with somebody_else.cursor() as cursor, connection.cursor() as ours:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE activitylog_activityhead SET number = number")
        ours.execute(IMPATIENT[connection.vendor])
    yield
    somebody_else.close()
    connection.close()  # the next one is patient again


@pytest.mark.django_db(transaction=True)
def test_a_log_that_somebody_else_holds_is_an_outage_and_nothing_is_changed(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    client = sign_in(ada)
    address = f"/customers/{fabrikam.pk}/purchase-permissions/AzureReservedInstances/"
    with log_held_by_somebody_else():
        response = client.post(address, {"allowed": "true"})

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert sentence_of(response) == (
        "The database does not answer. Wait a moment, reload the page to see what is stored, "
        "then try again."
    )
    assert not ActivityRecord.objects.exists()
    assert not fabrikam.purchase_permissions.exists()


# Pages about errors that need no database


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def unreachable(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused")


@pytest.fixture
def _faulty_site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("site_with_faults")
    module.urlpatterns = [  # type: ignore[attr-defined]
        path(f"{view.__name__}/", login_not_required(view)) for view in (broken, unreachable)
    ]
    module.handler500 = "partnercenter.errors.server_error"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    settings.ROOT_URLCONF = module.__name__


@pytest.mark.usefixtures("_faulty_site")
@pytest.mark.parametrize(("address", "status"), [("/broken/", 500), ("/unreachable/", 503)])
def test_pages_about_faults_do_without_the_database_and_promise_nothing_of_it(
    address: str, status: int
) -> None:
    response = Client(raise_request_exception=False).get(address, headers={"Accept-Language": "ja"})

    assert response.status_code == status
    assert '<html lang="ja" dir="ltr">' in text_of(response)
    assert "css/tokens" in text_of(response)
    assert response["X-Request-ID"] in text_of(response)
    assert "Nothing was changed" not in text_of(response)
