"""Whether whoever acts may still act: asked again inside the transaction of the act.

A door (`@requires`, `requires_token`, the site administration, the portal's session) judges what
was true when the request came in. An operation asks again once the answer is locked and can't
change before its record is written, so that nothing is recorded after the removal of the right to
do it. The order of locks is: a call's kept answer, agents, the application, its token, the
customer, the log's head.
"""

from collections.abc import Callable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import connections, models, transaction

from activitylog.recording import Actor

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Row = TypeVar("Row", bound=models.Model)
Permission = str | None
Needed = Permission | Callable[..., Permission]

_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


class RoleNeeded(PermissionDenied):
    """403: whoever acts is known and lacks `permission`, written `app.codename`."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class SignedOut(PermissionDenied):
    """Whoever acts isn't there any longer: signed out everywhere, deactivated, or removed, or the
    application's token was revoked.
    """

    def __init__(self) -> None:
        super().__init__("signed out")


def act(
    permission: Needed, *, first: Callable[..., object] | None = None
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Makes a function with the keyword `by` an operation: one transaction, which `by` may start.

    `permission` is `app.codename`, None for what is one's own, or a function of the operation's
    arguments that says which. `first` locks, with the same arguments, what has to be locked before
    whoever acts. Inside an act of the same actor nothing is asked again: the wider act counts.
    """

    def mark(operation: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @wraps(operation)
        def acted(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            by: Actor = kwargs["by"]  # type: ignore[assignment]
            if _acting.get() is by:
                with transaction.atomic():
                    return operation(*args, **kwargs)
            with transaction.atomic(), _acting_as(by):
                if first:
                    first(**kwargs)
                by.confirm(permission(**kwargs) if callable(permission) else permission)
                return operation(*args, **kwargs)

        acted.permission = permission  # type: ignore[attr-defined] # for whoever lists them
        return acted

    return mark


def unless_own(permission: str) -> Needed:
    """The permission to do to other agents what every agent may do for themselves (`agent`)."""

    def needed(*, agent: Actor, by: Actor, **_arguments: Any) -> Permission:
        return None if agent.actor_id == by.actor_id else permission

    return needed


@contextmanager
def _acting_as(by: Actor) -> Any:
    token = _acting.set(by)
    try:
        yield
    finally:
        _acting.reset(token)


def share_locked(rows: "models.QuerySet[Row]") -> Iterable[Row]:
    """The rows as they are now; none can be changed until the transaction ends, all can be read.

    Django has no name for PostgreSQL's FOR SHARE. On SQLite a transaction is alone anyway.
    """
    sql, parameters = rows.query.sql_with_params()
    if connections[rows.db].features.has_select_for_update:
        sql += " FOR SHARE"
    return rows.model._base_manager.raw(sql, parameters)
