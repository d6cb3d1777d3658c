"""The rate of calls. Source: partner-center facts, section 6.5."""

from types import SimpleNamespace

import pytest
from django.conf import settings as ours
from pytest_django import Settings

from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.api import throttling
from partnercenter.api.models import CallCount
from tests.partnercenter.api.calling import Caller, a_token, an_application, calling_for

pytestmark = pytest.mark.django_db

AT = 1_800_000_000 + 3.5  # the fourth second of a minute


class Clock(SimpleNamespace):
    seconds: float = AT

    def time(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stands still unless a test moves it."""
    clock = Clock()
    monkeypatch.setattr(throttling, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def three_a_minute(settings: Settings) -> None:
    settings.API_CALLS_A_MINUTE = 3


def statuses(caller: Caller, path: str = "/v1/customers", number: int = 5) -> list[int]:
    return [caller.get(path).status for _ in range(number)]


def test_calls_past_the_rate_are_told_when_to_come_back(alone: Caller) -> None:
    assert statuses(alone) == [200, 200, 200, 429, 429]
    answer = alone.get("/v1/customers")

    assert answer.headers["Retry-After"] == "57"
    assert answer.json == {
        "statusCode": 429,
        "message": "Rate limit is exceeded. Try again in 57 seconds.",
    }


def test_the_next_minute_begins_anew(alone: Caller, clock: Clock) -> None:
    assert statuses(alone) == [200, 200, 200, 429, 429]
    clock.seconds += 57
    assert statuses(alone) == [200, 200, 200, 429, 429]


def test_all_tokens_of_an_application_count_together(ada: Agent) -> None:
    application = an_application(Role.ADMIN)
    callers = [Caller(a_token(application, agent)) for agent in (ada, None, ada)]
    assert [caller.get("/v1/customers").status for caller in callers * 2] == [200] * 3 + [429] * 3
    assert calling_for(ada).get("/v1/customers").status == 200


def test_customers_subscriptions_orders_and_users_count(ada: Agent, fabrikam: Customer) -> None:
    here = f"/v1/customers/{fabrikam.pk}"
    for noun in ("", "/subscriptions", "/orders", "/users", "/entitlements"):
        path = here + noun
        assert statuses(calling_for(ada), path, 4) == [200, 200, 200, 429], path


def test_what_is_refused_counts_too(alone: Caller, fabrikam: Customer) -> None:
    orders = f"/v1/customers/{fabrikam.pk}/orders"
    answers = [alone.post(orders, {}, MS_RequestId=str(number)).status for number in range(5)]
    assert answers == [400, 400, 400, 429, 429]


@pytest.mark.parametrize(
    "path", ["/v1/SelfServePolicy", "/v1/auditrecords", "/v1/profiles/organization"]
)
def test_policies_and_audit_records_are_not_counted(for_ada: Caller, path: str) -> None:
    assert statuses(for_ada) == [200, 200, 200, 429, 429]
    assert statuses(for_ada, path) == [200] * 5


def test_strangers_are_not_counted(alone: Caller) -> None:
    assert statuses(Caller("nonsense")) == [401] * 5
    assert CallCount.objects.count() == 0


def test_a_rate_of_0_is_none(alone: Caller, settings: Settings) -> None:
    settings.API_CALLS_A_MINUTE = 0
    assert statuses(alone, number=10) == [200] * 10


def test_without_a_word_500_calls_a_minute_are_allowed(settings: Settings) -> None:
    from partnercenter import settings as written

    assert written.API_CALLS_A_MINUTE == 500
    assert ours.API_CALLS_A_MINUTE == 3  # in these tests
