"""The catalogue and prices in the site administration: seeded through the operations."""

from typing import Any

import pytest
from django.db.models import Model
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    CustomerPrice,
    PriceAdjustment,
    RefundTerms,
    ReservationProduct,
    WebDirectPrice,
)
from customers.pricing import today
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import Answer, read
from tests.customers.pricing import DAY

pytestmark = pytest.mark.usefixtures("sound_log")

D4S = {
    "product_type": "VirtualMachines",
    "sku": "Standard_D4s_v5",
    "region": "westeurope",
    "term": "P1Y",
    "billing_frequency": "either",
    "currency": "USD",
    "amount": "800.00",
    "valid_from": str(today()),
}
TERMS = {
    "currency": "USD",
    "valid_from": str(today()),
    "free_days": "5",
    "fee_percent": "12",
    "yearly_cap": "50000",
    "renewal_days": "30",
}


def add(agent: Agent, model: type[Model], fields: dict[str, Any]) -> Answer:
    where = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_add")
    return signed_in(agent).post(where, fields)


def recorded() -> list[tuple[str, str]]:
    return list(ActivityRecord.objects.values_list("action", "channel"))


def test_a_product_is_seeded_with_its_price(ada: Agent) -> None:
    assert add(ada, ReservationProduct, D4S).status_code == 302

    assert str(WebDirectPrice.objects.select_related("product").get()) == "800.00 USD"
    assert recorded() == [("add_reserved_instance", "admin")]


@pytest.mark.parametrize(
    ("model", "fields", "action"),
    [
        (PriceAdjustment, {"percent": "5"}, "set_price_adjustment"),
        (RefundTerms, TERMS, "set_refund_terms"),
    ],
)
def test_margins_and_refund_terms_are_seeded(
    ada: Agent, model: type[Model], fields: dict[str, str], action: str
) -> None:
    assert add(ada, model, {"valid_from": str(today()), **fields}).status_code == 302

    assert model._default_manager.count() == 1
    assert recorded() == [(action, "admin")]


def test_a_customers_price_is_seeded(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    fields = {"customer": fabrikam.pk, "product": product.pk, "amount": "480.00"}
    answer = add(ada, CustomerPrice, {**fields, "valid_from": str(today())})

    assert answer.status_code == 302
    assert CustomerPrice.objects.get().amount == 480
    assert recorded() == [("set_customer_price", "admin")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sku": "Standard_D2s_v5"},
        {"amount": "-1"},
        {"amount": "1.5", "currency": "JPY"},
        {"amount": ""},
        {"valid_from": str(today() - DAY)},
        {"valid_from": ""},
    ],
    ids=str,
)
def test_what_is_refused_is_an_error_of_the_form(
    ada: Agent, product: ReservationProduct, wrong: dict[str, str]
) -> None:
    answer = add(ada, ReservationProduct, {**D4S, **wrong})

    assert answer.status_code == 200
    assert [part for part in read(answer).all("ul") if "errorlist" in part["class"].split()]
    assert ReservationProduct.objects.get() == product
    assert recorded() == []


def test_a_price_of_a_customer_who_cannot_have_one_is_an_error_of_the_form(
    ada: Agent, fabrikam: Customer
) -> None:
    fields = {"customer": fabrikam.pk, "product": "999", "amount": "1", "valid_from": ""}

    assert add(ada, CustomerPrice, fields).status_code == 200
    assert recorded() == []


def test_prices_are_looked_at_and_never_changed(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    add(ada, PriceAdjustment, {"percent": "5", "valid_from": str(today())})
    row = PriceAdjustment.objects.get()
    client = signed_in(ada)

    for act, status in (("change", 200), ("delete", 403)):
        where = reverse(f"admin:customers_priceadjustment_{act}", args=[row.pk])
        assert client.get(where).status_code == status
    shown = reverse("admin:customers_reservationproduct_change", args=[product.pk])
    assert "Standard_D2s_v5" in read(client.get(shown)).words
