"""The courier beside a worker's requests: it goes on whatever happens, and stops when told."""

import logging
import os
import runpy
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from activitylog.events import webhook_events
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.webhooks import courier
from partnercenter.webhooks.courier import Courier, carry_out
from partnercenter.webhooks.models import Webhook
from partnercenter.webhooks.operations import create_webhook
from tests.partnercenter.webhooks.receiving import Receiver
from tests.partnercenter.webhooks.telling import CREATED, the_delivery, turn

PATIENCE = 30  # seconds, for what is there in a moment


@contextmanager
def running() -> Iterator[Courier]:
    one = Courier()
    one.start()
    yield one
    one.stop()


def failing_at_first(error: Exception, failed: Event) -> Callable[..., object]:
    """Carries out as ever, but for the first time."""

    def carry_out_or_fail(stop: Event) -> object:
        if not failed.is_set():
            failed.set()
            raise error
        return carry_out(stop)

    return carry_out_or_fail


@pytest.mark.django_db(transaction=True)
def test_what_happens_is_told_by_itself(
    fabrikam: Customer, webhook: Webhook, receiver: Receiver, ada: Agent
) -> None:
    with running():
        turn(fabrikam, ada, on=True)
        assert receiver.arrived.wait(PATIENCE)
    assert receiver.names == [CREATED]
    assert the_delivery().state == "delivered"  # it waited for the end


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RuntimeError("whatever"), "Delivering webhooks met a fault; it is tried again."),
        (OperationalError("gone"), "The database does not answer; webhooks wait."),
    ],
)
def test_an_error_does_not_end_it(
    fabrikam: Customer,
    webhook: Webhook,
    receiver: Receiver,
    ada: Agent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    sentence: str,
) -> None:
    failed = Event()
    monkeypatch.setattr(courier, "carry_out", failing_at_first(error, failed))
    turn(fabrikam, ada, on=True)
    with caplog.at_level(logging.WARNING, "partnercenter"), running():
        assert failed.wait(PATIENCE)
        assert receiver.arrived.wait(PATIENCE)
    assert sentence in caplog.text


@pytest.mark.django_db
def test_once_it_is_to_stop_it_begins_nothing(
    fabrikam: Customer, webhook: Webhook, receiver: Receiver, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    stop = Event()
    stop.set()
    carry_out(stop)
    assert receiver.received == []


@pytest.mark.django_db
def test_while_nothing_happens_it_asks_the_database_twice(webhook: Webhook) -> None:
    carry_out()
    with CaptureQueriesContext(connection) as captured:
        carry_out()
    assert len(captured) == 2


@pytest.mark.django_db
def test_the_command_delivers_once_and_says_what_came_of_it(
    fabrikam: Customer, webhook: Webhook, receiver: Receiver, ada: Agent
) -> None:
    create_webhook(name="Nowhere", url="https://127.0.0.1:1/", events=webhook_events(), by=ada)
    turn(fabrikam, ada, on=True)
    told = StringIO()
    call_command("deliver_webhooks", stdout=told)
    assert told.getvalue() == "Planned: 2, delivered: 1, to be tried again: 1, failed: 0\n"
    assert receiver.names == [CREATED]


@pytest.fixture
def _signals() -> Iterator[None]:
    """What these signals do is the same after the test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
@pytest.mark.django_db(transaction=True)
def test_the_command_goes_on_until_it_is_terminated(
    fabrikam: Customer, webhook: Webhook, receiver: Receiver, ada: Agent
) -> None:
    def terminate_once_it_arrived() -> None:
        receiver.arrived.wait(PATIENCE)
        os.kill(os.getpid(), signal.SIGTERM)

    turn(fabrikam, ada, on=True)
    Thread(target=terminate_once_it_arrived, daemon=True).start()
    call_command("deliver_webhooks", "--forever")
    assert the_delivery().state == "delivered"


@pytest.mark.django_db(transaction=True)
def test_a_worker_of_the_server_delivers_until_it_ends(
    fabrikam: Customer, webhook: Webhook, receiver: Receiver, ada: Agent
) -> None:
    server = runpy.run_path(str(Path(settings.BASE_DIR, "gunicorn.conf.py")))
    worker = SimpleNamespace()
    server["post_worker_init"](worker)
    turn(fabrikam, ada, on=True)
    assert receiver.arrived.wait(PATIENCE)
    server["worker_exit"](None, worker)
    assert the_delivery().state == "delivered"


def test_a_worker_that_never_began_ends_without_a_courier() -> None:
    server = runpy.run_path(str(Path(settings.BASE_DIR, "gunicorn.conf.py")))
    server["worker_exit"](None, SimpleNamespace())
