"""Carrying lists out of the house."""

from collections.abc import Mapping

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from partnercenter.authority import act


@act("customers.view_customer")
def export_customers(*, filters: Mapping[str, str], format: str, by: Actor) -> None:  # noqa: A002
    """Records that customers are exported; no single one is affected, so none is locked.

    `filters` are those that were set, under their names in the address.
    """
    record(
        CustomerActivity.EXPORT_CUSTOMERS,
        resource_type="customer",
        resource_id="",
        new={**filters, "format": format},
        by=by,
    )


@act("customers.view_reservationproduct")
def export_price_list(*, filters: Mapping[str, str], format: str, by: Actor) -> None:  # noqa: A002
    """Records that the catalogue is exported, with the filters as above."""
    record(
        CustomerActivity.EXPORT_PRICE_LIST,
        resource_type="price_list",
        resource_id="",
        new={**filters, "format": format},
        by=by,
    )
