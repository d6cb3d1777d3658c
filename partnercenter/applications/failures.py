"""How many failed sign-ins a program has left, by the limits in settings.ACCOUNT_RATE_LIMITS.

The counters are django-allauth's, in the cache that all workers share.
"""

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest

from partnercenter.addresses import client_address
from partnercenter.agents.rate_limits import APP, seconds_to_wait

ACTION = "token_failed"


def seconds_after_failures(request: HttpRequest, client_id: str) -> int:
    """How long the application at this address, or the address, has to wait; 0 for not at all.

    Read at once and without the lock that counting takes: it stands before every good request.
    """
    return seconds_to_wait(request, ACTION, _key(request, client_id))


def count_failure(request: HttpRequest, client_id: str) -> None:
    """One less is left, for the application at this address and for the address."""
    consume(request, app=APP, action=ACTION, key=_key(request, client_id))


def _key(request: HttpRequest, client_id: str) -> str:
    """A stranger elsewhere cannot lock an application out."""
    return f"{client_address(request)}:{client_id}"
