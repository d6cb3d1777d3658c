"""What a refused call leaves behind: nothing, not even the answer that would be given again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

APPS = ("activitylog", "agents", "api", "applications", "customers", "webhooks")


def stored() -> dict[str, list[Any]]:
    """Every row of ours but the counters of calls."""
    models = [model for label in APPS for model in apps.get_app_config(label).get_models(True)]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in models
        if model._meta.label != "api.CallCount"
    }


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = stored()
    yield
    assert stored() == before
