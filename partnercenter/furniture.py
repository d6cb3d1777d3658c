"""What a database needs beside its tables. Put back after every migrate and every flush."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.db import DEFAULT_DB_ALIAS, connection

from activitylog import triggers
from activitylog.models import ActivityHead
from partnercenter.agents.roles import synchronise_roles


def put_back(sender: AppConfig, using: str, **_kwargs: Any) -> None:
    """Permissions of every app, then the roles, the log's head and its triggers, in this order.

    Django announces each app by itself; only the last announcement finds every table, so the
    others are passed over.
    """
    configs = [config for config in apps.get_app_configs() if config.models_module]
    if sender is not configs[-1] or using != DEFAULT_DB_ALIAS or not _is_migrated():
        return
    for config in configs:
        create_permissions(config, verbosity=0)
    synchronise_roles()
    ActivityHead.objects.get_or_create(pk=1)
    triggers.put_back(connection)


def _is_migrated() -> bool:
    """False while somebody migrates backwards past the log's beginning."""
    return triggers.TABLE in connection.introspection.table_names()
