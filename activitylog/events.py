"""The registry of activities: which there are, and how their labels read.

A record keeps the code of its activity. Each app lists its activities as TextChoices in its own
`events.py` and registers them in `AppConfig.ready()`, together with what programs call them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Documented:
    """What Partner Center's API calls an activity: of audit records the operation type and the
    resource type, of webhooks the event.

    Source: partner-center facts, section 4.6. What it has no name for is “undefined”, as it says
    itself, and clients know that name too; without an event nobody is told.
    """

    operation: str = "undefined"
    resource: str = "undefined"
    event: str = ""
    # Whether all that one call did of it is one act to programs, whatever it recorded.
    one_a_call: bool = False

    def of(self, old: Facts | None, new: Facts | None) -> "Documented":
        """The same, for a record with these values; where they decide, a subclass looks at them."""
        return self

    def value(self, facts: Facts | None, customer_id: str) -> Facts | None:
        """An old or a new value of such a record as programs read it; None where there is none."""
        return facts

    def of_several(self, facts: Facts | None) -> Facts | None:
        """The new value of the last record of a call as that of all that the call did."""
        return facts

    @property
    def events(self) -> tuple[str, ...]:
        """Every event that may come of it."""
        return (self.event,) if self.event else ()


UNDOCUMENTED = Documented()
_activities: dict[str, models.TextChoices] = {}
_documented: dict[str, Documented] = {}


def register(
    activities: type[models.TextChoices], documented: Mapping[Any, Documented] | None = None
) -> None:
    """Makes an app's activities known. Raises ValueError if a code is taken by another app."""
    for activity in activities:
        if _activities.setdefault(activity.value, activity) is not activity:
            raise ValueError(f"The activity {activity.value} is registered twice.")
    _documented.update({str(code): names for code, names in (documented or {}).items()})


def label(code: str) -> str:
    """The activity's label in the reader's language; the code itself if no app knows it."""
    activity = _activities.get(code)
    return str(activity.label) if activity else code


def choices() -> list[tuple[str, str]]:
    """Every activity as (code, label), in the order of the labels."""
    return sorted(((code, label(code)) for code in _activities), key=lambda choice: choice[1])


def documented(code: str) -> Documented:
    """What programs call the activity."""
    return _documented.get(code, UNDOCUMENTED)


def one_a_call() -> list[str]:
    """The activities of which programs see one act for each call."""
    return sorted(code for code, names in _documented.items() if names.one_a_call)


def webhook_events() -> list[str]:
    """Every webhook event, in the order of their names."""
    return sorted(set(_every_event()))


def _every_event() -> Iterator[str]:
    for names in _documented.values():
        yield from names.events
