"""What the tests of webhooks stand on: a receiver, and a webhook that leads to it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from activitylog.events import webhook_events
from partnercenter.agents.models import Agent
from partnercenter.webhooks import courier
from partnercenter.webhooks.models import Webhook
from partnercenter.webhooks.operations import create_webhook
from tests.partnercenter.webhooks.receiving import Receiver, receiver


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Nobody waits long for what is on its way, and receivers on this machine need no https."""
    monkeypatch.setattr(courier, "INTERVAL", 0.02)
    settings.HTTPS = False


@pytest.fixture(name="receiver")
def _receiver() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


@pytest.fixture
def made(ada: Agent, receiver: Receiver) -> tuple[Webhook, str]:
    """The webhook, which listens to everything, and its secret."""
    return create_webhook(name="Billing", url=receiver.url, events=webhook_events(), by=ada)


@pytest.fixture
def webhook(made: tuple[Webhook, str]) -> Webhook:
    return made[0]


@pytest.fixture
def secret(made: tuple[Webhook, str]) -> str:
    return made[1]
