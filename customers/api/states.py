"""The state of a reservation, in the words of the original.

Source: partner-center facts, section 7; the API of Azure reservations calls it provisioningState:
https://learn.microsoft.com/rest/api/reserved-vm-instances/reservation/get
"""

from activitylog import clock
from customers.models import Reservation, ReservationStatus

# An exchange cancels the old one, there as here.
STATES = {
    ReservationStatus.ACTIVE: "Succeeded",
    ReservationStatus.EXPIRED: "Expired",
    ReservationStatus.CANCELLED: "Cancelled",
    ReservationStatus.EXCHANGED: "Cancelled",
}


def provisioning_state(reservation: Reservation) -> str:
    """Its state now: “Creating” before its term begins, “Succeeded” until it has ended."""
    now = clock.now()
    status = reservation.status_at(now)
    begun = reservation.starts_at <= now
    return STATES[status] if begun or status != ReservationStatus.ACTIVE else "Creating"
