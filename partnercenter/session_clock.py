"""How long a session lasts: counted in the session itself, whatever its cookie says.

The clocks of agents' sessions and of those of the portal run alike.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from activitylog.clock import AHEAD

NOTED_EVERY = timedelta(minutes=5).total_seconds()


def start(session: SessionBase) -> None:
    """At sign-in: from here the session's age and idle time are counted, in seconds."""
    now = int(time.time())
    session["signed_in_at"] = session["seen_at"] = now


def is_over(session: SessionBase) -> bool:
    """Whether it was idle too long, is too old, has no clock, or began in the future.

    A session that began while the host's clock was ahead would last until long after that moment.
    """
    now = int(time.time())
    age, idle = now - session.get("signed_in_at", 0), now - session.get("seen_at", 0)
    return bool(
        age > settings.SESSION_ABSOLUTE_SECONDS
        or idle > settings.SESSION_IDLE_SECONDS
        or min(age, idle) < -AHEAD.total_seconds()
    )


def note_seen(session: SessionBase) -> bool:
    """Notes that somebody is there, every few minutes. True if it did, and there is to store."""
    now = int(time.time())
    if now - session["seen_at"] <= NOTED_EVERY:
        return False
    session["seen_at"] = now
    return True
