"""Where an act comes from: the door it came through, and the request that carried it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    DASHBOARD = "dashboard", _("Dashboard")
    PORTAL = "portal", _("Customer portal")
    API = "api", _("API")
    ADMIN = "admin", _("Site administration")
    SYSTEM = "system", _("System")


@dataclass(frozen=True, slots=True)
class Origin:
    """One request, as far as the log keeps it. Outside a request everything is the system's."""

    channel: Channel = Channel.SYSTEM
    address: str = ""
    request_id: str = ""
    correlation_id: str = ""
    application_id: str = ""
    application_name: str = ""


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 (it is frozen)


def current_origin() -> Origin:
    return _current.get()


@contextmanager
def acting_from(origin: Origin) -> Iterator[None]:
    """Every act recorded inside bears this origin. Each request is one."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def acting_through(application_id: str, application_name: str) -> None:
    """From here to the end of the request, what is recorded bears the application too."""
    _current.set(
        replace(_current.get(), application_id=application_id, application_name=application_name)
    )
