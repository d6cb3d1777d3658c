"""What stands in addresses and bodies, as rows; and what the rules refuse, as faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import Customer
from partnercenter.api.faults import (
    BAD_CUSTOMER_ID,
    BAD_INPUT,
    NO_AZURE_PLAN,
    NO_RELATIONSHIP,
    NOT_FOUND,
    POLICY_EXISTS,
    POLICY_NOT_FOUND,
    STALE_ETAG,
    TENANT_NOT_FOUND,
    Fault,
)
from partnercenter.operations import Refused

# By the code of a refusal: the status and the code of the API. Any other rule's no is a 400: what
# is neither 400, 403, 404 nor 409 would be sent again by Microsoft's SDKs.
REFUSALS: dict[str, tuple[int, str]] = {
    "no_relationship": (403, NO_RELATIONSHIP),
    "no_azure_subscription": (400, NO_AZURE_PLAN),
    "policy_exists": (409, POLICY_EXISTS),
    "no_policy": (404, POLICY_NOT_FOUND),
    "stale_etag": (400, STALE_ETAG),
    "not_azure": (400, "800011"),
    "not_active": (400, "800012"),
    "other_subscription": (400, "900313"),
}


def fault_of(refusal: Refused) -> Fault:
    """What a rule refused, as the API says it."""
    status, code = REFUSALS.get(refusal.code, (400, BAD_INPUT))
    return Fault(status, code, refusal)


@contextmanager
def refusals_as_faults() -> Iterator[None]:
    """Around an operation: its refusals, and fields that are not valid, are faults."""
    try:
        yield
    except Refused as refusal:
        raise fault_of(refusal) from refusal
    except ValidationError as error:
        raise Fault(400, BAD_INPUT, " ".join(error.messages)) from error


def guid(text: str) -> UUID | None:
    """The GUID that the text is, written with hyphens; None for any other text."""
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text.lower() else None


# Resources of the original that stand where an id could. Source: Microsoft's REST reference,
# https://learn.microsoft.com/partner-center/developer/scenarios
NOT_HERE = ("relationshiprequests", "usagerecords", "overage", "analytics")


def refuse_other_resources(segment: str) -> None:
    """Raises Fault (404) where the segment of the address names a resource that isn't here."""
    if segment in NOT_HERE:
        raise Fault(404, NOT_FOUND, _("There is nothing at this address."))


def customer_of(customer_id: str) -> Customer:
    """The customer with this Microsoft ID. Raises Fault: 400 for no GUID, 404 for nobody's."""
    refuse_other_resources(customer_id)
    key = guid(customer_id)
    if key is None:
        raise Fault(400, BAD_CUSTOMER_ID, _("The customer id has to be a GUID."))
    found = Customer.objects.select_related("billing_profile").filter(pk=key).first()
    if found is None:
        raise Fault(404, TENANT_NOT_FOUND, _("There is no customer with this id."))
    return found
