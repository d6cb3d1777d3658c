"""One attempt over HTTP."""

import datetime as dt
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import requests
from django.utils import timezone

from partnercenter.webhooks.messages import Message
from partnercenter.webhooks.models import Failure

CONNECTING, READING = 5, 10  # seconds
GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt; `wait` is how long the receiver asks to be left alone."""

    status: int | None = None
    failure: Failure | None = None
    wait: dt.timedelta = dt.timedelta()


def send(message: Message) -> Outcome:
    """Posts the message. Whatever goes wrong is an outcome too.

    Neither proxies nor passwords are taken from the environment, redirects are not followed, and
    the body of the answer is not read.
    """
    try:
        with requests.Session() as session:
            session.trust_env = False
            return _posted(session, message)
    except requests.exceptions.SSLError:
        return Outcome(failure=Failure.CERTIFICATE)
    except requests.Timeout:
        return Outcome(failure=Failure.TIMEOUT)
    except Exception:  # its sentence holds the address, and with it what may be a key
        return Outcome(failure=Failure.CONNECTION)


def _posted(session: requests.Session, message: Message) -> Outcome:
    with session.post(
        message.url,
        data=message.body,
        headers=message.headers,
        timeout=(CONNECTING, READING),
        allow_redirects=False,
        stream=True,
    ) as answer:
        return _outcome(answer.status_code, answer.headers.get("Retry-After", ""))


def _outcome(status: int, retry_after: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status)
    if status == GONE:
        return Outcome(status, Failure.GONE)
    if 300 <= status < 400:
        return Outcome(status, Failure.REDIRECT)
    wait = _wait(retry_after) if status in (TOO_MANY, UNAVAILABLE) else dt.timedelta()
    return Outcome(status, Failure.STATUS, wait)


def _wait(retry_after: str) -> dt.timedelta:
    """Seconds or a moment; nothing for anything else."""
    try:
        if retry_after.strip().isdecimal():
            return dt.timedelta(seconds=int(retry_after))
        return max(parsedate_to_datetime(retry_after) - timezone.now(), dt.timedelta())
    except (ValueError, TypeError, OverflowError):
        return dt.timedelta()
