"""Who may open a view. Every view bears one of these marks; a system check walks the URLs.

The portal has a mark of its own, made of `marked`: see customers/portal/access.py.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods

from activitylog.origin import Channel, acting_from, current_origin
from partnercenter.authority import RoleNeeded

View = Callable[..., HttpResponseBase]
Mark = Callable[[View], View]
READING = ("GET", "HEAD")
MARK = "access"
METHODS = "methods"


def requires(permission: str, *, methods: tuple[str, ...] = READING) -> Mark:
    """For signed-in agents with this permission (`app.codename`); others get a 403 page.

    Strangers never come so far: the middleware has sent them to sign-in. Any method but the given
    ones is answered with 405.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission):
                raise RoleNeeded(permission)
            return view(request, *args, **kwargs)

        return marked(guarded, permission, methods)

    return mark


def open_to_agents(*, methods: tuple[str, ...] = READING) -> Mark:
    """For everybody who is signed in, whatever the roles."""

    def mark(view: View) -> View:
        return marked(view, "signed in", methods)

    return mark


def open_to_everyone(*, reason: str, methods: tuple[str, ...] = READING) -> Mark:
    """For strangers too; `reason` says why, to whoever reads the code."""

    def mark(view: View) -> View:
        return login_not_required(marked(view, f"open: {reason}", methods))

    return mark


def coming_through(channel: Channel) -> Mark:
    """What the view records came through this door instead of the dashboard."""

    def mark(view: View) -> View:
        @wraps(view)
        def through(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with acting_from(replace(current_origin(), channel=channel)):
                return view(request, *args, **kwargs)

        return through

    return mark


def marked(view: View, access: str, methods: tuple[str, ...]) -> View:
    """The view with its mark: `access` says to whom it is open. Other methods are a 405."""
    answering: View = require_http_methods(methods)(view)
    setattr(answering, MARK, access)
    setattr(answering, METHODS, methods)
    return answering
