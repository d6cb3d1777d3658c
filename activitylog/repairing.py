"""Records of what migrations mend. They stand in the one chain, like everything that happened."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.apps.registry import Apps

from activitylog import clock, digest
from activitylog.models import ActivityRecord
from activitylog.origin import Channel
from activitylog.recording import ONE_TICK, Affected, System
from activitylog.search import search_text


def record_repair(
    apps: Apps,
    action: str,
    *,
    resource_type: str,
    resource_id: str,
    customer: Affected,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
) -> dt.datetime:
    """Appends what a migration changes, by the system, and returns the record's time (UTC).

    `apps` is the migration's: it depends on one of this app, whose columns are written, so that
    the record can be made however the table looks today. `old` and `new` hold JSON without floats.
    Call it in the migration's transaction, with the change.
    """
    head = apps.get_model("activitylog", "ActivityHead").objects.select_for_update().get()
    written = apps.get_model("activitylog", "ActivityRecord")(
        number=head.number + 1,
        at=max(clock.now(), head.at + ONE_TICK),
        action=action,
        resource_type=resource_type,
        resource_id=resource_id,
        customer_id=customer.customer_id,
        customer_name=customer.customer_name,
        actor_name=System().user_principal_name,
        channel=Channel.SYSTEM.value,
        status="succeeded",
        old=old,
        new=new,
        customer_search=search_text(customer.customer_name),
        actor_search=search_text(System().user_principal_name),
    )
    written.digest = digest.chained(head.digest, ActivityRecord.facts(written))
    written.save(force_insert=True)
    head.number, head.at, head.digest = written.number, written.at, written.digest
    head.save(update_fields=["number", "at", "digest"])
    return written.at
