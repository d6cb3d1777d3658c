"""The only writer of the log."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection
from django.db.models.functions import Now

from activitylog import clock
from activitylog.models import ActivityHead, ActivityRecord, Status
from activitylog.origin import current_origin

ONE_TICK = dt.timedelta(microseconds=1)


class Actor(Protocol):
    """Who acts, as the log copies them: agents, applications, customers' users, the system."""

    @property
    def actor_id(self) -> str: ...

    @property
    def user_principal_name(self) -> str: ...

    @property
    def role_names(self) -> Sequence[str]: ...

    def confirm(self, permission: str | None) -> None:
        """Reads again what the actor may do, locked until the transaction ends.

        `permission` is `app.codename`; None asks only whether the actor is still there. Raises
        PermissionDenied.
        """


@dataclass(frozen=True, slots=True)
class System:
    """The program itself: acts that no agent is behind, such as making the first agent."""

    actor_id: str = ""
    user_principal_name: str = "system"
    role_names: Sequence[str] = ()

    def confirm(self, permission: str | None) -> None:
        """Nobody takes anything away from the program itself."""


@dataclass(frozen=True, slots=True)
class Affected:
    """The customer an act concerns, copied so that the record stays readable without him."""

    customer_id: str = ""
    customer_name: str = ""


def record(
    action: str,
    *,
    resource_type: str,
    resource_id: str,
    by: Actor,
    customer: Affected = Affected(),
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    status: Status = Status.SUCCEEDED,
) -> ActivityRecord:
    """Appends what the surrounding transaction does, and returns the record with number and time.

    `old` and `new` hold JSON without floats. The log's head is locked until the transaction ends,
    so call this last. Raises RuntimeError outside a transaction: a record and its change are one;
    and ClockAhead where a clock is wrong.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the change it records.")
    head = _locked_head()
    origin = current_origin()
    written = ActivityRecord(
        number=head.number + 1,
        at=max(clock.now(), head.at + ONE_TICK),
        action=str(action),
        resource_type=resource_type,
        resource_id=resource_id,
        customer_id=customer.customer_id,
        customer_name=customer.customer_name,
        actor_id=by.actor_id,
        actor_name=by.user_principal_name,
        actor_roles=list(by.role_names),
        application_id=origin.application_id,
        application_name=origin.application_name,
        channel=origin.channel.value,
        status=status.value,
        old=old,
        new=new,
        request_id=origin.request_id,
        correlation_id=origin.correlation_id,
        address=origin.address,
    )
    _append(written, head)
    return written


def _locked_head() -> ActivityHead:
    """The head, with the database's clock at hardly any cost."""
    heads = ActivityHead.objects.annotate(database_time=Now())
    head = heads.select_for_update(no_key=True).get()
    clock.refuse_the_future(head=head.at, database=head.database_time)
    return head


def _append(written: ActivityRecord, head: ActivityHead) -> None:
    written.digest = written.digest_after(head.digest)
    written.save(force_insert=True)
    head.number, head.at, head.digest = written.number, written.at, written.digest
    head.save(update_fields=["number", "at", "digest"])
