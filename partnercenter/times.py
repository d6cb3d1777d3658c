"""How moments are written: how long ago, as the reader writes them, and for programs."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _


def ago(moment: dt.datetime) -> str:
    """The time since `moment` (aware) in its largest unit, such as “3 weeks ago”."""
    if timezone.now() - moment < dt.timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


def ahead(moment: dt.datetime) -> str:
    """The time until `moment` (aware) in its largest unit, such as “in 3 weeks”."""
    return _("in %(time)s") % {"time": timeuntil(moment, depth=1)}


def shown(moment: dt.datetime) -> str:
    """The moment (aware) to the second in UTC, in the form of the reader's language."""
    return date_format(moment.astimezone(dt.UTC), "DATETIME_FORMAT")


def exact(moment: dt.datetime) -> str:
    """The same, saying that it is UTC."""
    return _("%(moment)s UTC") % {"moment": shown(moment)}


def iso(moment: dt.datetime) -> str:
    """The moment to the microsecond, in UTC, as programs and spreadsheets exchange it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
