"""A code of an authenticator app counts once, for as long as it would be accepted."""

import datetime as dt
import time

import pytest
from django.core.cache.backends import db
from django.test import Client

from tests.partnercenter.test_multi_factor import (
    MINE,
    SECOND_STEP,
    after_the_password,
    client,
    code_of,
    nora,
    set_up_app,
)

__all__ = ["client", "nora"]
pytestmark = pytest.mark.django_db

PERIOD = 30


class Clock:
    """The time as codes and the counters of used ones see it; it stands still between moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.time() // PERIOD * PERIOD
        monkeypatch.setattr(time, "time", lambda: self.now)
        monkeypatch.setattr(db, "tz_now", self._moment)

    def _moment(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.now, tz=dt.UTC)

    def move(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def secret(clock: Clock, client: Client) -> str:
    """Of an app that was set up so long ago that nothing of it is remembered."""
    secret = set_up_app(client)
    clock.move(600)
    return secret


def lets_in(code: str) -> bool:
    return bool(after_the_password().post(SECOND_STEP, {"code": code}).status_code == 302)


@pytest.mark.parametrize("seconds", [0, 33, 59])
def test_a_code_lets_in_once(secret: str, clock: Clock, seconds: int) -> None:
    code = code_of(secret)
    assert lets_in(code)
    clock.move(seconds)
    assert not lets_in(code)


@pytest.mark.parametrize("seconds", [0, 33, 80, 89])
def test_a_code_of_a_clock_that_is_ahead_lets_in_once(
    secret: str, clock: Clock, seconds: int
) -> None:
    """It is accepted for a minute and a half, from half a minute before its time."""
    code = code_of(secret, periods_ahead=1)
    assert lets_in(code)
    clock.move(seconds)
    assert not lets_in(code)


@pytest.mark.parametrize("written", ["{} {}", "{}-{}"])
def test_a_used_code_that_is_written_otherwise_does_not_let_in(secret: str, written: str) -> None:
    code = code_of(secret)
    assert lets_in(code)
    assert not lets_in(written.format(code[:3], code[3:]))


def test_the_next_code_lets_in(secret: str, clock: Clock) -> None:
    assert lets_in(code_of(secret))
    clock.move(PERIOD)
    assert lets_in(code_of(secret))


def test_a_code_that_confirmed_who_acts_does_not_let_in(
    secret: str, clock: Clock, client: Client
) -> None:
    code = code_of(secret)
    answer = client.post(f"{MINE}confirm/", {"code": code})
    assert answer.status_code == 302

    clock.move(33)

    assert not lets_in(code)


def test_a_code_that_let_in_does_not_confirm_who_acts(
    secret: str, clock: Clock, client: Client
) -> None:
    code = code_of(secret)
    assert lets_in(code)
    clock.move(33)
    assert client.post(f"{MINE}confirm/", {"code": code}).status_code == 422


def test_the_code_that_set_the_app_up_does_not_let_in(clock: Clock, client: Client) -> None:
    secret = set_up_app(client)
    code = code_of(secret)
    clock.move(33)
    assert not lets_in(code)
