"""Orders on the wire: reading them, buying, and what is refused.

Source: partner-center facts, section 5.4.
"""

import datetime as dt
from typing import Any

import pytest

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    Order,
    Relationship,
    Reservation,
    ReservationProduct,
    Subscription,
    SubscriptionStatus,
)
from customers.models.subscription import end_of_commitment
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.customers.api.conftest import AZURE, FABRIKAM
from tests.customers.pricing import set_own_price
from tests.factories import ReservationProductFactory, SubscriptionFactory
from tests.partnercenter.api.calling import Answer, Caller, calling_for, pascal
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

PATH = f"/v1/customers/{FABRIKAM}/orders"
NONE = "99999999-2222-3333-4444-555555555555"
D2S = "VirtualMachines:Standard_D2s_v5:westeurope"
WRITTEN = [pytest.param(dict, id="camelCase"), pytest.param(pascal, id="PascalCase")]


def link(uri: str) -> dict[str, Any]:
    return {"uri": uri, "method": "GET", "headers": []}


def order_json(answer: Any, *lines: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """As it has to be, but for what only the answer knows."""
    dt.datetime.strptime(answer["creationDate"], "%Y-%m-%dT%H:%M:%S%z")  # whole seconds
    number = ActivityRecord.objects.filter(action__contains="create").latest("number").number
    here = f"/customers/{FABRIKAM}/orders/{answer['id']}"
    return {
        "id": answer["id"],
        "alternateId": str(number),
        "referenceCustomerId": FABRIKAM,
        "billingCycle": "monthly",
        "lineItems": list(lines),
        "creationDate": answer["creationDate"],
        "status": "completed",
        "transactionType": "UserPurchase",
        "links": {"self": link(here), "provisioningStatus": link(f"{here}/provisioningstatus")},
        "attributes": {"objectType": "Order"},
        **facts,
    }


def line_json(subscription: Subscription, offer_id: str, **facts: Any) -> dict[str, Any]:
    return {
        "lineItemNumber": 0,
        "offerId": offer_id,
        "subscriptionId": str(subscription.pk),
        "transactionType": "new",
        "friendlyName": offer_id,
        "quantity": 1,
        "links": {"subscription": link(f"/customers/{FABRIKAM}/subscriptions/{subscription.pk}")},
        **facts,
    }


def lines(*offers: str, **facts: Any) -> list[dict[str, Any]]:
    return [
        {"lineItemNumber": number, "offerId": offer, "quantity": 1, **facts}
        for number, offer in enumerate(offers)
    ]


def reservation(**facts: Any) -> dict[str, Any]:
    context = {"subscriptionId": AZURE, "scope": "shared", "duration": "1Year"}
    line = {"offerId": D2S, "quantity": 2, "termDuration": "P1Y", "provisioningContext": context}
    return {"billingCycle": "one_time", "lineItems": [{**line, **facts}]}


def created(answer: Answer) -> Any:
    assert answer.status == 201, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json


def bought(offer_id: str) -> Subscription:
    return Subscription.objects.get(offer_id=offer_id)


# Licenses


@pytest.mark.parametrize("written", WRITTEN)
def test_an_order_of_a_license(alone: Caller, fabrikam: Customer, written: Any) -> None:
    body = {
        "id": None,
        "referenceCustomerId": FABRIKAM,
        "billingCycle": "annual",
        "currencyCode": None,
        "lineItems": [
            {
                "lineItemNumber": 0,
                "offerId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
                "termDuration": "P1Y",
                "friendlyName": "Office for the lab",
                "quantity": 5,
                "provisioningContext": None,
                "attributes": {"objectType": "OrderLineItem"},
            }
        ],
        "links": None,
        "attributes": {"objectType": "Order"},
    }
    answer = created(alone.post(PATH, written(body)))
    subscription = bought("CFQ7TTC0LH18:0001:CFQ7TTC0K971")

    line = line_json(
        subscription,
        "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
        termDuration="P1Y",
        quantity=5,
    )
    assert answer == order_json(answer, line, billingCycle="annual")
    assert (subscription.friendly_name, subscription.term) == ("Office for the lab", "P1Y")
    assert alone.get(f"{PATH}/{answer['id']}").json == answer
    assert alone.get(PATH).json == {
        "totalCount": 1,
        "items": [answer],
        "links": {"self": link(f"/customers/{FABRIKAM}/orders")},
        "attributes": {"objectType": "Collection"},
    }


@pytest.mark.parametrize("quantity", ["1_0", "１", "٣", " 1", "+1", "1.0", "1e1", True])
def test_a_quantity_in_other_digits_than_0_to_9_buys_nothing(
    alone: Caller, fabrikam: Customer, quantity: Any
) -> None:
    with nothing_changes():
        answer = alone.post(PATH, {"lineItems": lines("DZH318Z0BPS6:0001", quantity=quantity)})
    assert answer.fault == (400, "800002")


@pytest.mark.parametrize("query", ["size=1_0", "size=%EF%BC%91", "size=+1", "startDate=٢٠٢٦-٠١-٣١"])
def test_an_address_in_other_digits_than_0_to_9_is_refused(for_ada: Caller, query: str) -> None:
    assert for_ada.get(f"/v1/auditrecords?{query}").fault == (400, "800002")


def test_a_license_of_a_year_ends_a_year_later(alone: Caller, fabrikam: Customer) -> None:
    created(alone.post(PATH, {"lineItems": lines("a:b:c", termDuration="P1Y")}))
    subscription = bought("a:b:c")

    answer = alone.get(f"/v1/customers/{FABRIKAM}/subscriptions/{subscription.pk}").json
    start = dt.datetime.fromisoformat(answer["effectiveStartDate"]).date()
    end = dt.datetime.fromisoformat(answer["commitmentEndDate"]).date()
    assert end == end_of_commitment(start, "P1Y", not_before=start)
    assert end.year == start.year + 1
    assert answer["autoRenewEnabled"] is True


def test_an_order_without_billing_and_without_a_customer(alone: Caller, fabrikam: Customer) -> None:
    answer = created(alone.post(PATH, {"lineItems": lines("a:b:c")}))
    assert answer == order_json(answer, line_json(bought("a:b:c"), "a:b:c"))


def test_several_licenses_in_one_order(alone: Caller, fabrikam: Customer) -> None:
    answer = created(alone.post(PATH, {"lineItems": lines("a", "b", "c", termDuration="p1m")}))

    assert [line["lineItemNumber"] for line in answer["lineItems"]] == [0, 1, 2]
    assert [line["offerId"] for line in answer["lineItems"]] == ["a", "b", "c"]
    assert {line["termDuration"] for line in answer["lineItems"]} == {"P1M"}
    assert Order.objects.count() == 1
    assert ActivityRecord.objects.filter(action="create_subscription").count() == 3


@pytest.mark.parametrize("cycle", ["OneTime", "one_time", "ONE_TIME", "oneTime"])
def test_a_billing_cycle_in_any_spelling(alone: Caller, fabrikam: Customer, cycle: str) -> None:
    answer = created(alone.post(PATH, {"billingCycle": cycle, "lineItems": lines("a")}))
    assert answer["billingCycle"] == "one_time"


# Azure


def test_an_azure_plan(alone: Caller, fabrikam: Customer) -> None:
    fabrikam.subscriptions.update(status=SubscriptionStatus.DELETED)
    answer = created(alone.post(PATH, {"lineItems": lines("DZH318Z0BPS6:0001:DZH318Z0BP8B")}))
    plan = fabrikam.subscriptions.active().get()

    line = line_json(plan, "DZH318Z0BPS6:0001", friendlyName="Azure plan")
    assert answer == order_json(answer, line)


def test_a_second_azure_plan_is_refused(alone: Caller, fabrikam: Customer) -> None:
    with nothing_changes():
        answer = alone.post(PATH, {"lineItems": lines("DZH318Z0BPS6:0001")})
    assert answer.fault == (400, "800002")


def test_azure_global(alone: Caller, fabrikam: Customer) -> None:
    answer = created(alone.post(PATH, {"lineItems": lines("ms-azr-0145p", friendlyName="Lab")}))
    subscription = fabrikam.subscriptions.get(product="azure_global")

    line = line_json(subscription, "ms-azr-0145p", friendlyName="Azure Global")
    assert answer == order_json(answer, line)
    assert subscription.friendly_name == "Lab"


# Reservations


@pytest.mark.parametrize("written", WRITTEN)
def test_a_reservation(
    alone: Caller, fabrikam: Customer, product: ReservationProduct, written: Any
) -> None:
    answer = created(alone.post(PATH, written(reservation())))

    reserved = Reservation.objects.get()
    line = {
        "lineItemNumber": 0,
        "offerId": D2S,
        "termDuration": "P1Y",
        "transactionType": "new",
        "friendlyName": product.friendly_name,
        "quantity": 2,
        "pricing": {"listPrice": 500.0, "price": 500.0, "extendedPrice": 1000.0},
        "provisioningContext": {
            "subscriptionId": AZURE,
            "scope": "shared",
            "duration": "1Year",
            "reservationId": str(reserved.pk),
            "provisioningState": "Succeeded",
            "expiryDateTime": f"{reserved.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        },
    }
    facts = {"billingCycle": "one_time", "currencyCode": "USD", "totalPrice": 1000.0}
    assert answer == order_json(answer, line, **facts)


def test_a_reservation_costs_what_the_customer_pays(
    alone: Caller, fabrikam: Customer, product: ReservationProduct, ada: Agent
) -> None:
    set_own_price(product, fabrikam, ada, "450.50")
    answer = created(alone.post(PATH, reservation()))

    assert answer["totalPrice"] == 901.0
    assert answer["lineItems"][0]["pricing"]["price"] == 450.5


@pytest.mark.parametrize(
    "facts",
    [
        {"offerId": D2S.upper()},
        {"termDuration": None},
        {"termDuration": "p1y"},
        {"provisioningContext": {"subscriptionId": AZURE}},
        {"provisioningContext": {"subscriptionId": AZURE.upper(), "scope": "Single"}},
        {"provisioningContext": {"SubscriptionId": AZURE, "Scope": "SHARED", "Duration": "1YEAR"}},
    ],
)
def test_a_reservation_in_other_words(
    alone: Caller, fabrikam: Customer, product: ReservationProduct, facts: dict[str, Any]
) -> None:
    answer = created(alone.post(PATH, reservation(**facts)))
    assert answer["lineItems"][0]["offerId"] == D2S


@pytest.mark.parametrize("region", ["West Europe", "WestEurope"])
def test_the_region_of_a_reservation_in_any_spelling(
    alone: Caller, fabrikam: Customer, product: ReservationProduct, region: str
) -> None:
    offer = f"VirtualMachines:Standard_D2s_v5:{region}"
    answer = created(alone.post(PATH, reservation(offerId=offer)))
    assert answer["lineItems"][0]["offerId"] == D2S


def test_a_reservation_of_a_product_that_is_no_longer_sold(
    alone: Caller, fabrikam: Customer, product: ReservationProduct
) -> None:
    product.end_of_sale = today()
    product.save()
    answer = alone.post(PATH, reservation())
    assert answer.status == 400
    assert answer.json["description"].startswith("This product is no longer sold")


def test_a_term_of_three_years_by_its_context(alone: Caller, fabrikam: Customer) -> None:
    ReservationProductFactory.create(sku="Standard_D2s_v5", term="P3Y", price="1200")
    context = {"subscriptionId": AZURE, "duration": "3Years"}
    answer = created(alone.post(PATH, reservation(termDuration=None, provisioningContext=context)))
    assert answer["lineItems"][0]["termDuration"] == "P3Y"
    assert answer["lineItems"][0]["provisioningContext"]["duration"] == "3Years"


# Refused purchases: one record that somebody tried, and the same answer again


def failures() -> list[ActivityRecord]:
    return list(ActivityRecord.objects.filter(action="create_order", status="failed"))


def suspend(fabrikam: Customer) -> str:
    fabrikam.subscriptions.update(status=SubscriptionStatus.SUSPENDED)
    return AZURE


def license_of(fabrikam: Customer) -> str:
    return str(SubscriptionFactory.create(customer=fabrikam, product="license").pk)


def of_somebody_else(fabrikam: Customer) -> str:
    return str(SubscriptionFactory.create().pk)


@pytest.mark.parametrize(
    ("prepare", "code"),
    [(suspend, "800012"), (license_of, "800011"), (of_somebody_else, "900313")],
)
def test_a_refused_purchase_leaves_one_failed_record(
    alone: Caller, fabrikam: Customer, product: ReservationProduct, prepare: Any, code: str
) -> None:
    body = reservation(provisioningContext={"subscriptionId": prepare(fabrikam)})
    first = alone.post(PATH, body, MS_RequestId="one")
    with nothing_changes():
        again = alone.post(PATH, body, MS_RequestId="one")

    assert first.fault == (400, code)
    assert (again.status, again.text) == (first.status, first.text)
    (failure,) = failures()
    assert (failure.request_id, failure.customer_id) == ("one", FABRIKAM)
    assert Order.objects.count() == 0


def test_a_reservation_without_a_relationship_is_a_failed_record(
    alone: Caller, fabrikam: Customer, product: ReservationProduct
) -> None:
    end_relationship(fabrikam)
    assert alone.post(PATH, reservation()).fault == (403, "20002")
    assert len(failures()) == 1


def end_relationship(customer: Customer) -> None:
    customer.relationship = Relationship.NONE
    customer.save()


def test_subscriptions_without_a_relationship(alone: Caller, fabrikam: Customer) -> None:
    end_relationship(fabrikam)
    fabrikam.subscriptions.update(status=SubscriptionStatus.DELETED)
    with nothing_changes():
        for offer in ("a:b:c", "MS-AZR-0145P", "DZH318Z0BPS6:0001"):
            assert alone.post(PATH, {"lineItems": lines(offer)}).fault == (403, "20002"), offer


# Orders that are none


BAD: dict[str, Any] = {
    "nothing": {},
    "a list": [],
    "no lines": {"lineItems": []},
    "lines that are null": {"lineItems": None},
    "a line that is null": {"lineItems": [None]},
    "a line without an offer": {"lineItems": [{"quantity": 1}]},
    "an empty offer": {"lineItems": lines("")},
    "an offer of many letters": {"lineItems": lines("a" * 129)},
    "no quantity": {"lineItems": [{"offerId": "a"}]},
    "quantity 0": {"lineItems": lines("a", quantity=0)},
    "a negative quantity": {"lineItems": lines("a", quantity=-1)},
    "half a license": {"lineItems": lines("a", quantity=0.5)},
    "a quantity beyond all": {"lineItems": lines("a", quantity=10**30)},
    "a quantity in words": {"lineItems": lines("a", quantity="many")},
    "an unknown term": {"lineItems": lines("a", termDuration="P7D")},
    "an unknown cycle": {"billingCycle": "daily", "lineItems": lines("a")},
    "a cycle that is a number": {"billingCycle": 1, "lineItems": lines("a")},
    "too many lines": {"lineItems": lines(*"a" * 51)},
    "a name too long": {"lineItems": lines("a", friendlyName="a" * 256)},
    "another customer": {"referenceCustomerId": NONE, "lineItems": lines("a")},
    "two reservations": {"lineItems": lines(D2S, D2S)},
    "a reservation beside a license": {"lineItems": lines("a", D2S)},
    "an Azure plan beside a license": {"lineItems": lines("DZH318Z0BPS6:0001", "a")},
    "an unknown reservation": reservation(offerId="VirtualMachines:Standard_X:westeurope"),
    "a reservation of another type": reservation(offerId="SqlDatabases:Standard_D2s_v5:westeurope"),
    "a reservation without a region": reservation(offerId="VirtualMachines:Standard_D2s_v5"),
    "a reservation with one part more": reservation(offerId=f"{D2S}:x"),
    "another term": reservation(termDuration="P3Y"),
    "no term": reservation(termDuration=None, provisioningContext={"subscriptionId": AZURE}),
    "another scope": reservation(
        provisioningContext={"subscriptionId": AZURE, "scope": "management group"}
    ),
    "more than can be bought at once": reservation(quantity=1001),
    "another billing": {**reservation(), "billingCycle": "annual"},
}


@pytest.mark.parametrize("name", BAD)
def test_an_order_that_is_none(
    alone: Caller, fabrikam: Customer, product: ReservationProduct, name: str
) -> None:
    with nothing_changes():
        assert alone.post(PATH, BAD[name]).fault == (400, "800002")


@pytest.mark.parametrize("context", [None, {}, {"subscriptionId": "azure"}])
def test_a_reservation_for_no_subscription(
    alone: Caller, fabrikam: Customer, product: ReservationProduct, context: Any
) -> None:
    with nothing_changes():
        answer = alone.post(PATH, reservation(provisioningContext=context))
    assert answer.fault == (400, "900313")


def test_an_unknown_customer(alone: Caller, fabrikam: Customer) -> None:
    unknown = f"/v1/customers/{NONE}/orders"
    with nothing_changes():
        assert alone.post(unknown, {"lineItems": lines("a")}).fault == (404, "60003")


@pytest.mark.parametrize("order", [NONE, "1"])
def test_an_order_that_is_not_there(alone: Caller, fabrikam: Customer, order: str) -> None:
    assert alone.get(f"{PATH}/{order}").fault == (404, "20000")


def test_an_order_of_somebody_else(alone: Caller, fabrikam: Customer) -> None:
    other = SubscriptionFactory.create().customer
    order = created(alone.post(f"/v1/customers/{other.pk}/orders", {"lineItems": lines("a")}))
    assert alone.get(f"{PATH}/{order['id']}").fault == (404, "20000")


# Who may buy


def test_sales_agents_buy_and_helpdesk_agents_read(
    fabrikam: Customer, sam: Agent, hana: Agent
) -> None:
    order = created(calling_for(sam).post(PATH, {"lineItems": lines("a")}))
    created(calling_for(None, Role.SALES).post(PATH, {"lineItems": lines("b")}))
    for helpdesk in (calling_for(hana), calling_for(None, Role.HELPDESK)):
        assert helpdesk.get(f"{PATH}/{order['id']}").json == order
        with nothing_changes():
            assert helpdesk.post(PATH, {"lineItems": lines("c")}).fault == (403, "900308")


def test_an_application_that_buys_by_itself_is_the_buyer(alone: Caller, fabrikam: Customer) -> None:
    created(alone.post(PATH, {"lineItems": lines("a")}))
    assert Order.objects.get().buyer_name == "Contoso Tools"
