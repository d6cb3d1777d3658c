"""How long somebody has to wait whom a limit of settings.ACCOUNT_RATE_LIMITS has met.

The counters are django-allauth's, in the cache that all workers share: for each limit the moments
of the last hits, in seconds since 1970, the newest first.
"""

import math
import time
from collections.abc import Iterable

from allauth.account import app_settings
from allauth.core.internal.ratelimit import Rate, apply_rate, get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest

APP = "allauth.account"
# Limits by address or agent alone, which allauth counts before a view is called.
OF_VIEWS = ("login", "reauthenticate", "change_password")


def seconds_to_wait(request: HttpRequest, action: str, key: str | None = None) -> int:
    """Seconds until no limit of the action refuses this request any longer; 0 if none does.

    Without `key`, limits by key are left out, and so are those by agent for strangers. Reads all
    counters at once, without the lock that counting takes.
    """
    rates = {
        get_cache_key(request, app=APP, action=action, rate=rate, key=key): rate
        for rate in get_rates(app=APP, action=action, config=app_settings.RATE_LIMITS)
        if _applies(rate, request, key)
    }
    counted, now = cache.get_many(rates), time.time()
    waits = (_wait(list(hits), now, rates[kept_at]) for kept_at, hits in counted.items())
    return max(waits, default=0)


def longest_wait(request: HttpRequest, limits: Iterable[tuple[str, str | None]]) -> int:
    """Seconds until none of the limits, each an action and a key or None, refuses any longer."""
    return max((seconds_to_wait(request, action, key) for action, key in limits), default=0)


def _applies(rate: Rate, request: HttpRequest, key: str | None) -> bool:
    if rate.per == "user":
        return request.user.is_authenticated
    return rate.per == "ip" or key is not None


def _wait(hits: list[float], now: float, rate: Rate) -> int:
    allowed, standing = apply_rate(hits, now, rate, dry_run=True)
    if allowed:
        return 0
    return max(1, math.ceil(standing[rate.amount - 1] + rate.duration - now))
