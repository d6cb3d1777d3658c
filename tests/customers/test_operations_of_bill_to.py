"""Changing whom the bills name: with its record, and nothing else."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict

from customers.models import BillingProfile, Customer
from customers.operations.customers import BILL_TO, change_bill_to
from partnercenter.agents.models import Agent
from tests.customers.acts import actions, the_record

pytestmark = pytest.mark.usefixtures("sound_log")


def stored(customer: Customer) -> BillingProfile:
    return BillingProfile.objects.get(customer=customer)


def wanted(customer: Customer, **details: Any) -> BillingProfile:
    """The customer's bill-to with other values, not stored yet."""
    bill_to = stored(customer)
    for name, value in details.items():
        setattr(bill_to, name, value)
    return bill_to


def test_a_bill_to_is_stored_and_recorded_with_old_and_new(ada: Agent, contoso: Customer) -> None:
    old = model_to_dict(stored(contoso), BILL_TO)
    change = {"company_name": "Contoso Holding", "country": "DE", "email": "bills@contoso.example"}
    change_bill_to(bill_to=wanted(contoso, **change), by=ada)

    record = the_record()
    assert model_to_dict(stored(contoso), BILL_TO) == {**old, **change}
    assert (record.action, record.resource_type) == ("update_customer_billing_profile", "customer")
    assert (record.resource_id, record.customer_name) == (str(contoso.pk), "Contoso")
    assert (record.old, record.new) == (old, {**old, **change})


def test_a_country_is_stored_in_capitals(ada: Agent, contoso: Customer) -> None:
    change_bill_to(bill_to=wanted(contoso, country="dk"), by=ada)
    assert stored(contoso).country == "DK"


def test_the_same_values_are_not_recorded(ada: Agent, contoso: Customer) -> None:
    change_bill_to(bill_to=wanted(contoso), by=ada)
    assert actions() == []


def test_the_same_change_twice_is_recorded_once(ada: Agent, contoso: Customer) -> None:
    for _ in range(2):
        change_bill_to(bill_to=wanted(contoso, city="Malmö"), by=ada)

    assert actions() == ["update_customer_billing_profile"]


def test_a_change_is_recorded_against_what_is_stored_now(ada: Agent, contoso: Customer) -> None:
    read_before = wanted(contoso, city="Lund again")
    BillingProfile.objects.update(city="Malmö")
    change_bill_to(bill_to=read_before, by=ada)

    assert (the_record().old or {})["city"] == "Malmö"


def test_the_customers_own_details_and_the_list_stay_as_they_are(
    ada: Agent, contoso: Customer
) -> None:
    def of_the_customer() -> dict[str, Any]:
        return dict(Customer.objects.values().get(pk=contoso.pk))

    before = of_the_customer()
    changes = {"company_name": "Contoso Holding", "city": "Kiel", "first_name": "Mia"}
    change_bill_to(bill_to=wanted(contoso, **changes), by=ada)

    assert of_the_customer() == before
    assert list(Customer.objects.matching("holding")) == []


@pytest.mark.parametrize(
    "details",
    [
        {"company_name": ""},
        {"country": ""},
        {"country": "SWE"},
        {"email": "nobody"},
        {"city": "x" * 129},
        {"last_name": ""},
    ],
    ids=str,
)
def test_a_bill_to_with_missing_or_wrong_details_is_not_stored(
    ada: Agent, contoso: Customer, details: dict[str, str]
) -> None:
    before = model_to_dict(stored(contoso))
    with pytest.raises(ValidationError) as error:
        change_bill_to(bill_to=wanted(contoso, **details), by=ada)

    assert set(error.value.message_dict) == set(details)
    assert model_to_dict(stored(contoso)) == before
    assert actions() == []
