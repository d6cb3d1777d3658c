"""One attempt over HTTP."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from django.utils import timezone
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError

from partnercenter.webhooks.messages import Message
from partnercenter.webhooks.models import Failure
from partnercenter.webhooks.networks import ForbiddenAddress, permitted_addresses

# Seconds. Standard Webhooks advises 15 to 30 in all; `courier.LONGEST` ends what lasts longer.
CONNECTING, READING = 5, 20
PORTS = {"http": 80, "https": 443}
GONE = 410


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
        return _sent(message)
    except ForbiddenAddress:
        return Outcome(failure=Failure.FORBIDDEN)
    except requests.exceptions.SSLError:
        return Outcome(failure=Failure.CERTIFICATE)
    except requests.Timeout:
        return Outcome(failure=Failure.TIMEOUT)
    except Exception:  # its sentence holds the address, and with it what may be a key
        return Outcome(failure=Failure.CONNECTION)


def _sent(message: Message) -> Outcome:
    """Tries the addresses of the host one after the other until one of them can be connected to."""
    url = urlsplit(str(requests.Request("POST", message.url).prepare().url))
    *others, last = permitted_addresses(str(url.hostname), url.port or PORTS[url.scheme])
    headers = {**message.headers, "Host": url.netloc}
    for address in others:
        try:
            return _posted(message, headers, address)
        except requests.ConnectionError as error:
            if not _never_connected(error):
                raise
    return _posted(message, headers, last)


def _never_connected(error: requests.ConnectionError) -> bool:
    """Whether nothing can have arrived, so that another address may be tried."""
    reason = getattr(next(iter(error.args), None), "reason", None)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


class PinnedAdapter(HTTPAdapter):
    """Connects to one address, whatever the host's name leads to by then.

    The certificate has to be the name's all the same.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] == "https":
            tls["server_hostname"] = tls["assert_hostname"] = host["host"].strip("[]")
        return {**host, "host": self._address}, dict(tls)


def _posted(message: Message, headers: Mapping[str, str], address: str) -> Outcome:
    with requests.Session() as session:
        session.trust_env = False
        for scheme in PORTS:
            session.mount(f"{scheme}://", PinnedAdapter(address))
        with session.post(
            message.url,
            data=message.body,
            headers=headers,
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
    failure = Failure.REDIRECT if 300 <= status < 400 else Failure.STATUS
    return Outcome(status, failure, _wait(retry_after))


def _wait(retry_after: str) -> dt.timedelta:
    """Seconds or a moment; nothing for anything else."""
    try:
        if retry_after.isascii() and retry_after.strip().isdecimal():
            return dt.timedelta(seconds=int(retry_after))
        return max(parsedate_to_datetime(retry_after) - timezone.now(), dt.timedelta())
    except (ValueError, TypeError, OverflowError):
        return dt.timedelta()
