"""How many failed sign-ins a program has left, by the limits in settings.ACCOUNT_RATE_LIMITS.

The counters are django-allauth's, in the cache that all workers share.
"""

import time

from allauth.account import app_settings
from allauth.core.internal.ratelimit import apply_rate, consume, get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest

from partnercenter.addresses import client_address

APP, ACTION = "allauth.account", "token_failed"


def failures_are_used_up(request: HttpRequest, client_id: str) -> bool:
    """Whether the application at this address, or the address, has to wait.

    Read at once and without the lock that counting takes: it stands before every good request.
    """
    rates = get_rates(app=APP, action=ACTION, config=app_settings.RATE_LIMITS)
    key = _key(request, client_id)
    keys = [get_cache_key(request, app=APP, action=ACTION, rate=rate, key=key) for rate in rates]
    counted, now = cache.get_many(keys), time.time()
    return not all(
        apply_rate(counted.get(kept_at, []), now, rate, dry_run=True)[0]
        for kept_at, rate in zip(keys, rates, strict=True)
    )


def count_failure(request: HttpRequest, client_id: str) -> None:
    """One less is left, for the application at this address and for the address."""
    consume(request, app=APP, action=ACTION, key=_key(request, client_id))


def _key(request: HttpRequest, client_id: str) -> str:
    """A stranger elsewhere cannot lock an application out."""
    return f"{client_address(request)}:{client_id}"
