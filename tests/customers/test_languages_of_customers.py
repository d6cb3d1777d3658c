"""The language of a customer can be set by every door, and its users' mails are in it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, SignInLink
from customers.sign_in_mail import sign_in_mail
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.acts import actions
from tests.customers.api.conftest import FABRIKAM
from tests.customers.preparing import ADATUM, BILL_TO
from tests.factories import CustomerFactory, CustomerUserFactory
from tests.partnercenter.api.calling import calling_for

pytestmark = pytest.mark.django_db

BODY = {
    "firstName": "Taro",
    "lastName": "Yamada",
    "email": "taro@fabrikam.example",
    "culture": "ja-JP",
    "companyName": "Fabrikam",
    "defaultAddress": {"country": "JP", "city": "Tokyo", "addressLine1": "1-1"},
}


def is_written_to_in_japanese(customer: Customer) -> bool:
    customer.refresh_from_db()
    now = timezone.now()
    link = SignInLink(
        user=CustomerUserFactory.create(customer=customer), created_at=now, expires_at=now
    )
    return "サインイン" in sign_in_mail(link, "token").subject


def test_by_adding_the_customer(sam: Agent) -> None:
    signed_in(sam).post(reverse("customers:new_customer"), {**ADATUM, "culture": "ja-JP"})
    assert is_written_to_in_japanese(Customer.objects.get())


def test_by_its_bill_to(sam: Agent, contoso: Customer) -> None:
    address = reverse("customers:bill_to", args=[contoso.pk])
    signed_in(sam).post(address, {**BILL_TO, "culture": "ja-JP"})
    assert is_written_to_in_japanese(Customer.objects.get())


def test_by_the_site_administration(ada: Agent) -> None:
    fields = {
        **ADATUM,
        "country": "SE",
        "culture": "ja-JP",
        "relationship": "reseller",
        "account_status": "approved",
    }
    answer = signed_in(ada).post(reverse("admin:customers_customer_add"), fields)

    assert answer.status_code == 302
    assert Customer.objects.get().billing_profile.currency == "EUR"
    assert is_written_to_in_japanese(Customer.objects.get())


def test_by_a_program(ada: Agent) -> None:
    fabrikam = CustomerFactory.create(pk=FABRIKAM)
    answer = calling_for(ada).put(f"/v1/customers/{FABRIKAM}/profiles/billing", BODY)

    assert (answer.status, actions()[-1]) == (200, "update_customer_billing_profile")
    assert is_written_to_in_japanese(fabrikam)
