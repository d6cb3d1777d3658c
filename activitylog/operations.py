"""Acts on the log itself: nothing changes it, but that somebody carried it away is an act."""

from collections.abc import Mapping

from activitylog.activities import LogActivity
from activitylog.recording import Actor, record
from partnercenter.authority import act


@act("activitylog.view_activityrecord")
def export_activity_log(*, filters: Mapping[str, str], format: str, by: Actor) -> int:  # noqa: A002
    """Records that the log is exported. Returns the number of this record, where the export ends.

    `filters` are those that were set, under their names in the address.
    """
    written = record(
        LogActivity.EXPORT,
        resource_type="activity_log",
        resource_id="",
        new={**filters, "format": format},
        by=by,
    )
    return written.number
