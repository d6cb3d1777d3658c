"""Which reservations a customer has, as programs see them, and what has become of them.

Source: https://learn.microsoft.com/partner-center/developer/get-a-collection-of-entitlements.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Reservation, ReservationProduct
from partnercenter.agents.models import Agent
from tests.customers.api.conftest import AZURE, FABRIKAM
from tests.customers.buying import bought, purchase_of
from tests.customers.reserving import (
    DAY,
    at,
    cancel,
    exchange,
    refund_terms,
    renew,
)
from tests.factories import CustomerFactory, ReservationProductFactory
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

PATH = f"/v1/customers/{FABRIKAM}/entitlements"
NONE = "99999999-2222-3333-4444-555555555555"


def link(uri: str) -> dict[str, Any]:
    return {"uri": uri, "method": "GET", "headers": []}


@pytest.fixture
def reservation(product: ReservationProduct, fabrikam: Customer, ada: Agent) -> Reservation:
    """Two for a year, from now on."""
    refund_terms()
    return bought(product, fabrikam, ada)


def written(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def facts(reservation: Reservation, **changed: Any) -> dict[str, Any]:
    return {
        "reservationId": str(reservation.pk),
        "displayName": reservation.name,
        "scopeType": "Shared",
        "appliedScopes": [],
        "quantity": 2,
        "term": "P1Y",
        "effectiveDateTime": written(reservation.starts_at),
        "expiryDateTime": written(reservation.ends_at),
        "provisioningState": "Succeeded",
        **changed,
    }


def entitlement(reservation: Reservation) -> dict[str, Any]:
    order = reservation.item.order
    return {
        "includedEntitlements": [],
        "referenceOrder": {
            "id": str(order.pk),
            "lineItemId": "0",
            "alternateId": str(order.number),
        },
        "productId": "VirtualMachines",
        "skuId": "Standard_D2s_v5",
        "quantity": 2,
        "quantityDetails": [{"quantity": 2, "status": "fulfilled"}],
        "entitledArtifacts": [
            {
                "link": link(artifact_of(reservation)),
                "resourceId": str(reservation.pk),
                "artifactType": "reservedinstance",
                "dynamicAttributes": {"reservationType": "virtualmachines", **facts(reservation)},
            }
        ],
        "entitlementType": "reservedinstance",
        "expiryDate": written(reservation.ends_at),
        "attributes": {"objectType": "Entitlement"},
    }


def artifact_of(reservation: Reservation) -> str:
    return (
        f"/customers/{FABRIKAM}/artifacts/reservedinstance/groups/{reservation.item.order_id}"
        f"/lineitems/0/resource/{reservation.pk}"
    )


def told(caller: Caller, reservation: Reservation, days: float) -> tuple[int, str, str]:
    """How many serve, what became of all, and the state, so many days from now."""
    with at(timezone.now() + days * DAY):
        items = caller.get(f"{PATH}?showExpiry=true").json["items"]
    (found,) = [
        each for each in items if each["entitledArtifacts"][0]["resourceId"] == str(reservation.pk)
    ]
    details = found["entitledArtifacts"][0]["dynamicAttributes"]
    return found["quantity"], found["quantityDetails"][0]["status"], details["provisioningState"]


# What there is


@pytest.mark.parametrize("kind", ["reservedInstance", "reservedinstance", "ReservedInstance"])
@pytest.mark.parametrize("flag", ["true", "True"])
def test_a_reservation_is_an_entitlement(
    for_ada: Caller, reservation: Reservation, kind: str, flag: str
) -> None:
    with at(reservation.starts_at + 1 * DAY):
        answer = for_ada.get(f"{PATH}?entitlementType={kind}&showExpiry={flag}")

    assert answer.json == {
        "totalCount": 1,
        "items": [entitlement(reservation)],
        "links": {
            "self": link(
                f"/customers/{FABRIKAM}/entitlements?entitlementType=reservedinstance"
                "&showExpiry=true"
            )
        },
        "attributes": {"objectType": "Collection"},
    }


def test_the_expiry_is_told_when_it_is_asked_for(for_ada: Caller, reservation: Reservation) -> None:
    (found,) = for_ada.get(PATH).json["items"]
    assert "expiryDate" not in found
    assert "expiryDateTime" not in found["entitledArtifacts"][0]["dynamicAttributes"]


def test_its_artifact_leads_to_the_details(for_ada: Caller, reservation: Reservation) -> None:
    with at(reservation.starts_at + 1 * DAY):
        answer = for_ada.get(f"/v1{artifact_of(reservation)}")
    assert answer.json == {"type": "reservedinstance", "reservations": [facts(reservation)]}


def test_one_for_a_single_subscription_names_it(
    for_ada: Caller, product: ReservationProduct, fabrikam: Customer, ada: Agent
) -> None:
    single = bought(product, fabrikam, ada, scope="single")
    found = for_ada.get(f"/v1{artifact_of(single)}").json["reservations"][0]
    assert (found["scopeType"], found["appliedScopes"]) == ("Single", [AZURE])


def test_the_newest_is_first_page_by_page(
    for_ada: Caller, product: ReservationProduct, fabrikam: Customer, ada: Agent
) -> None:
    every = [str(bought(product, fabrikam, ada).pk) for _each in range(3)]

    page = for_ada.get(f"{PATH}?size=2").json
    rest = for_ada.get(f"{PATH}?size=2", MS_ContinuationToken=page["continuationToken"]).json
    found = [*page["items"], *rest["items"]]
    assert [each["entitledArtifacts"][0]["resourceId"] for each in found] == every[::-1]


# What has become of it


def test_one_whose_term_is_over_has_expired(for_ada: Caller, reservation: Reservation) -> None:
    assert told(for_ada, reservation, 360) == (2, "fulfilled", "Succeeded")
    assert told(for_ada, reservation, 367) == (0, "expired", "Expired")


def test_one_that_was_cancelled_says_so(
    for_ada: Caller, reservation: Reservation, ada: Agent
) -> None:
    with at(reservation.starts_at + 3 * DAY):
        cancel(reservation, ada)
    assert told(for_ada, reservation, 4) == (0, "cancelled", "Cancelled")


def test_one_that_was_exchanged_says_so_beside_the_new_one(
    for_ada: Caller, reservation: Reservation, fabrikam: Customer, ada: Agent
) -> None:
    other = ReservationProductFactory.create(sku="Standard_E8s_v5", price="1500.00")
    with at(reservation.starts_at + 3 * DAY):
        new = exchange(reservation, purchase_of(other, fabrikam), ada)

    assert told(for_ada, reservation, 4) == (0, "exchanged", "Cancelled")
    assert told(for_ada, new, 4) == (2, "fulfilled", "Succeeded")


def test_one_whose_term_has_not_begun_is_being_created(
    for_ada: Caller, reservation: Reservation, ada: Agent
) -> None:
    with at(reservation.starts_at + 350 * DAY):
        new = renew(reservation, ada)
    assert told(for_ada, new, 351) == (2, "fulfilled", "Creating")


# What there is not


def test_software_is_not_sold_here(for_ada: Caller, reservation: Reservation) -> None:
    assert for_ada.get(f"{PATH}?entitlementType=software").json["items"] == []


@pytest.mark.parametrize("query", ["entitlementType=virtual", "entitlementType=", "showExpiry=no!"])
def test_a_question_that_is_none(for_ada: Caller, reservation: Reservation, query: str) -> None:
    assert for_ada.get(f"{PATH}?{query}").fault == (400, "800002")


def test_another_customers_are_not_told(for_ada: Caller, reservation: Reservation) -> None:
    other = CustomerFactory.create()
    assert for_ada.get(f"/v1/customers/{other.pk}/entitlements").json["items"] == []
    address = artifact_of(reservation).replace(FABRIKAM, str(other.pk))
    assert for_ada.get(f"/v1{address}").fault == (404, "1000")


WRONG: dict[str, Callable[[str], str]] = {
    "order": lambda address: address.replace("/groups/", "/groups/0"),
    "line": lambda address: address.replace("/lineitems/0", "/lineitems/1"),
    "no line": lambda address: address.replace("/lineitems/0", "/lineitems/first"),
    "reservation": lambda address: address[:-36] + NONE,
    "no reservation": lambda address: address[:-36] + "first",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_nothing_is_at_another_artifact(
    for_ada: Caller, reservation: Reservation, wrong: Callable[[str], str]
) -> None:
    assert for_ada.get(f"/v1{wrong(artifact_of(reservation))}").fault == (404, "1000")


def test_an_application_by_itself_is_not_told(alone: Caller, reservation: Reservation) -> None:
    assert alone.get(PATH).fault == (403, "900329")
