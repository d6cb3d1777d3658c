"""The rate of calls: so many a minute for each application.

Source: partner-center facts, sections 5.5 and 6.5. Self-serve policies and audit records are not
counted, as in the original.
"""

import time

from django.conf import settings
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from partnercenter.api.faults import Fault
from partnercenter.api.models import CallCount
from partnercenter.applications.models import Application

MINUTE = 60  # seconds
THROTTLED = "429"  # in the server's log; the answer has no code


def count_call(application: Application) -> None:
    """Counts one more call of the minute. Raises Fault (429) past the rate.

    All workers count in one row, in a statement of its own, so that no two calls are one.
    """
    if not settings.API_CALLS_A_MINUTE:
        return
    now = time.time()
    if _counted(application, int(now // MINUTE)) > settings.API_CALLS_A_MINUTE:
        seconds = MINUTE - int(now % MINUTE)
        sentence = _("Rate limit is exceeded. Try again in %(seconds)s seconds.")
        raise Fault(429, THROTTLED, sentence % {"seconds": seconds}, {"Retry-After": str(seconds)})


def _counted(application: Application, minute: int) -> int:
    """How many there are in the minute, with this one."""
    row = CallCount.objects.filter(application=application)
    one_more = Case(When(minute=minute, then=F("calls") + 1), default=Value(1))
    if not row.update(calls=one_more, minute=minute):
        CallCount.objects.get_or_create(
            application=application, defaults={"minute": minute, "calls": 0}
        )
        row.update(calls=F("calls") + 1)
    return row.values_list("calls", flat=True).get()
