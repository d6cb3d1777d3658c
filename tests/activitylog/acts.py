"""Acts for the log's own tests: they change nothing but the log."""

import datetime as dt
from typing import Any

from django.db import transaction

from activitylog import clock
from activitylog.models import ActivityRecord
from activitylog.recording import System, record

THING: dict[str, Any] = {
    "action": "test",
    "resource_type": "thing",
    "resource_id": "1",
    "by": System(),
}


def act(**facts: Any) -> ActivityRecord:
    """One act in a transaction of its own, as it was recorded."""
    with transaction.atomic():
        return record(**{**THING, **facts})


def act_at(moment: dt.datetime, **facts: Any) -> ActivityRecord:
    """An act of the demonstration data, which plays at `moment`."""
    with clock.pretending(moment):
        return act(**facts)
