"""The registry of activities: which there are, and how their labels read.

A record keeps the code of its activity. Each app lists its activities as TextChoices in its own
`events.py` and registers them in `AppConfig.ready()`.
"""

from django.db import models

_activities: dict[str, models.TextChoices] = {}


def register(activities: type[models.TextChoices]) -> None:
    """Makes an app's activities known. Raises ValueError if a code is taken by another app."""
    for activity in activities:
        if _activities.setdefault(activity.value, activity) is not activity:
            raise ValueError(f"The activity {activity.value} is registered twice.")


def label(code: str) -> str:
    """The activity's label in the reader's language; the code itself if no app knows it."""
    activity = _activities.get(code)
    return str(activity.label) if activity else code


def choices() -> list[tuple[str, str]]:
    """Every activity as (code, label), in the order of the labels."""
    return sorted(((code, label(code)) for code in _activities), key=lambda choice: choice[1])
