"""The server's own log: one JSON object a line on standard error, for people and programs.

It says what the activity log does not: what was asked and refused, and what broke. Requests stand
in it without their query, body, cookies or headers, so that no secret ever does.
"""

import datetime as dt
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from activitylog.origin import current_origin

LEVELS = ("INFO", "WARNING", "ERROR")
# What a line may say beside its message. Anything else that hangs on a record stays unwritten:
# Django hangs the whole request on some.
FACTS = ("method", "path", "status", "milliseconds", "address", "agent", "refused")

QUOTED_ROW = re.compile(r"^DETAIL: .*", re.MULTILINE)

sign_ins = logging.getLogger("partnercenter.sign_in")
_noted: ContextVar[dict[str, str] | None] = ContextVar("noted", default=None)


def configuration(level: str) -> dict[str, Any]:
    """For logging.config, from one of LEVELS up; Django and gunicorn write by the same one."""
    through_root = {"handlers": [], "level": "NOTSET", "propagate": True}
    # Lines of servers about requests, which hold the query; ours stand in their place.
    unwanted = {"handlers": [], "level": "ERROR", "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"once": {"()": "partnercenter.logs.Once"}},
        "formatters": {"json": {"()": "partnercenter.logs.JsonLines"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["once"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": through_root,
            "gunicorn.error": through_root,
            "django.server": unwanted,
            "gunicorn.access": unwanted,
            "waitress.queue": unwanted,  # how many wait for a thread, said for each of them
        },
    }


class JsonLines(JsonFormatter):
    """JSON keeps a line a line: control characters in a path or a name come out as escapes."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        facts = {
            "time": dt.datetime.fromtimestamp(record.created, tz=dt.UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.message,
            "request_id": current_origin().request_id,
            **{name: getattr(record, name, None) for name in FACTS},
            "exception": message_dict.get("exc_info"),
        }
        log_data.update({name: fact for name, fact in facts.items() if fact not in (None, "")})

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own name)
        """The traceback, without what PostgreSQL quotes of a row: an agent's holds his password."""
        return QUOTED_ROW.sub("DETAIL: left out", str(super().formatException(ei)))


class Once(logging.Filter):
    """Leaves out what Django says of an answer, but for the traceback of a fault.

    The line for the request says the rest, and more.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        is_djangos = record.name.startswith(("django.request", "django.security"))
        is_fault = record.exc_info and getattr(record, "status_code", 500) >= 500
        return bool(is_fault or not is_djangos)


@contextmanager
def noting() -> Iterator[dict[str, str]]:
    """Around one request: what was noted inside, for the line that ends it."""
    noted: dict[str, str] = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def note_refusal(reason: str) -> None:
    """The line of this request will say why it was refused: a code or permission, no free text."""
    noted = _noted.get()
    if noted is not None:
        noted["refused"] = reason


def sign_in_failed(agent_id: object | None) -> None:
    """Writes down a password that was not the agent's; None where there is no such agent.

    What was typed is never written: people type passwords into the field for the name.
    """
    facts = {"address": current_origin().address, "agent": str(agent_id or "")}
    sign_ins.warning("A sign-in failed.", extra=facts)
