"""How long to wait is what the counters say, limit by limit."""

import time

import pytest
from allauth.core.internal.ratelimit import get_cache_key, parse_rate
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from partnercenter.agents.rate_limits import APP, longest_wait, seconds_to_wait

pytestmark = pytest.mark.django_db

KEY = "192.0.2.7:nora@partner.example"
NAME, ADDRESS = "5/5m/key", "10/m/ip"


@pytest.fixture
def request_(settings: Settings) -> HttpRequest:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": f"{ADDRESS},{NAME}", "login": "300/m/ip"}
    request = RequestFactory().post("/sign-in/", REMOTE_ADDR="192.0.2.7")
    request.user = AnonymousUser()
    return request


def hit(request: HttpRequest, limit: str, *, times: int, seconds_ago: float) -> None:
    rate = parse_rate(limit)
    kept_at = get_cache_key(request, app=APP, action="login_failed", rate=rate, key=KEY)
    cache.set(kept_at, [time.time() - seconds_ago] * times, rate.duration)


@pytest.mark.parametrize(
    ("limit", "times", "seconds_ago", "least", "most"),
    [
        (NAME, 4, 0, 0, 0),
        (NAME, 5, 0, 290, 300),
        (NAME, 5, 200, 90, 100),
        (NAME, 5, 301, 0, 0),
        (ADDRESS, 10, 0, 50, 60),
        (ADDRESS, 10, 40, 10, 20),
    ],
)
def test_it_is_the_rest_of_the_limit_that_was_met(
    request_: HttpRequest, limit: str, times: int, seconds_ago: float, least: int, most: int
) -> None:
    hit(request_, limit, times=times, seconds_ago=seconds_ago)
    assert least <= seconds_to_wait(request_, "login_failed", KEY) <= most


def test_where_two_were_met_it_is_the_longer_one(request_: HttpRequest) -> None:
    hit(request_, ADDRESS, times=10, seconds_ago=0)
    hit(request_, NAME, times=5, seconds_ago=0)

    assert seconds_to_wait(request_, "login_failed", KEY) > 60
    assert longest_wait(request_, [("login", None), ("login_failed", KEY)]) > 60


def test_without_the_key_only_the_address_counts(request_: HttpRequest) -> None:
    hit(request_, NAME, times=5, seconds_ago=0)
    assert seconds_to_wait(request_, "login_failed") == 0
