"""How moments are written: how long ago, to the second, and for programs."""

import datetime as dt

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _


def ago(moment: dt.datetime) -> str:
    """The time since `moment` (aware) in its largest unit, such as “3 weeks ago”."""
    if timezone.now() - moment < dt.timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


def exact(moment: dt.datetime) -> str:
    """The moment to the second, in UTC and saying so."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(moment: dt.datetime) -> str:
    """The moment to the microsecond, in UTC, as programs and spreadsheets exchange it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
