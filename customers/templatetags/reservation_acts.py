"""What can be done with a reservation now, for the part of its page that offers it."""

from dataclasses import dataclass
from itertools import groupby

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Reservation
from customers.operations.cancellations import why_no_cancellation
from customers.operations.renewals import why_no_renewal
from customers.operations.reservations import why_unchangeable
from customers.refunds import terms_in_force
from partnercenter.agents.roles import roles_granting
from partnercenter.operations import Refused

CHANGING = "customers.change_reservation"
register = template.Library()


@dataclass(frozen=True, slots=True)
class Act:
    """A link to the page of an act, or the sentence that says why there is none now."""

    label: str
    address: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Acts:
    possible: list[Act]
    impossible: list[tuple[str, str]]  # the labels of those with the same reason, and the reason


@register.simple_tag
def acts_on(reservation: Reservation) -> Acts:
    """Every act on the reservation, by whether the rules allow it now."""
    acts = _acts(reservation)
    reasons = groupby((act for act in acts if act.reason), lambda act: act.reason)
    return Acts(
        possible=[act for act in acts if not act.reason],
        impossible=[
            (" · ".join(act.label for act in refused), reason) for reason, refused in reasons
        ],
    )


@register.simple_tag
def roles_that_change_reservations() -> list[str]:
    return [str(role.label) for role in roles_granting(CHANGING)]


def _acts(reservation: Reservation) -> list[Act]:
    terms = terms_in_force(reservation.currency)
    unchangeable = why_unchangeable(reservation)
    return [
        _act(reservation, "rename_reservation", _("Rename"), unchangeable),
        _act(reservation, "change_scope", _("Change scope"), unchangeable),
        _act(reservation, "exchange_reservation", _("Exchange"), unchangeable),
        _act(
            reservation,
            "cancel_reservation",
            _("Cancel with refund"),
            why_no_cancellation(reservation, terms),
        ),
        _act(reservation, "renew_reservation", _("Renew"), why_no_renewal(reservation, terms)),
    ]


def _act(reservation: Reservation, name: str, label: str, refusal: Refused | None) -> Act:
    address = reverse(f"customers:{name}", args=[reservation.customer_id, reservation.pk])
    return Act(label, address, str(refusal) if refusal else "")
