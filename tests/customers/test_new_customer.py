"""Add customer: the form, what is typed into it, and where it leads."""

import uuid

import pytest
from django.urls import reverse

from customers.models import Customer
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions, the_record
from tests.customers.pages import Answer, read
from tests.customers.preparing import (
    ADATUM,
    errors_at_fields,
    leads_to,
    opened,
    said,
    typed,
)

pytestmark = pytest.mark.usefixtures("sound_log")

ADDRESS = "/customers/new/"
MARKUP = "<script>alert(1)</script>"
TENANT = "0a1b2c3d-1111-2222-3333-444455556666"


def add(agent: Agent, **fields: str) -> Answer:
    return signed_in(agent).post(ADDRESS, {**ADATUM, **fields}, follow=True)


def test_a_new_customer_is_stored_and_opened_where_a_plan_can_be_bought(
    sign_in: SignIn, sam: Agent
) -> None:
    page = read(sign_in(sam).post(ADDRESS, ADATUM, follow=True))

    customer = Customer.objects.get()
    assert page.the("h1").words == "Adatum | Subscriptions"
    assert said(page) == "Adatum was added."
    assert leads_to(page, "buy_azure_plan", customer.pk)
    assert (customer.domain, customer.country) == ("adatum.example", "SE")
    bill_to = customer.billing_profile
    assert bill_to.email == "kim@adatum.example"
    assert (bill_to.culture, bill_to.language, bill_to.currency) == ("sv-SE", "sv", "EUR")


def test_a_plain_form_is_answered_with_a_redirect(sam: Agent) -> None:
    response = signed_in(sam).post(ADDRESS, ADATUM)
    subscriptions = reverse("customers:subscriptions", args=[Customer.objects.get().pk])

    assert (response.status_code, response["Location"]) == (302, subscriptions)


@pytest.mark.parametrize("name", ["ada", "sam"])
def test_the_list_leads_agents_who_sell_to_the_form(
    request: pytest.FixtureRequest, fabrikam: Customer, name: str
) -> None:
    page = opened(signed_in(request.getfixturevalue(name)), "customers")
    assert leads_to(page, "new_customer") == ["Add customer"]


def test_the_list_does_not_lead_a_helpdesk_agent_to_it(hana: Agent, fabrikam: Customer) -> None:
    assert leads_to(opened(signed_in(hana), "customers"), "new_customer") == []


@pytest.mark.parametrize(
    "written", [TENANT, TENANT.upper(), f"{{{TENANT}}}", TENANT.replace("-", "")]
)
def test_the_id_of_a_tenant_that_exists_becomes_the_customers(sam: Agent, written: str) -> None:
    add(sam, id=written)

    assert Customer.objects.get().pk == uuid.UUID(TENANT)
    assert the_record().customer_id == TENANT


def test_without_an_id_one_is_made(sam: Agent) -> None:
    add(sam)
    assert Customer.objects.get().pk.version == 4


def test_the_id_of_another_customer_is_refused(sam: Agent, fabrikam: Customer) -> None:
    page = read(add(sam, id=str(fabrikam.pk)))

    assert errors_at_fields(page) == {"id": "Customer with this Microsoft ID already exists."}
    assert Customer.objects.get().company_name == "Fabrikam"


@pytest.mark.parametrize("domain", ["fabrikam.example", "FABRIKAM.example"])
def test_the_domain_of_another_customer_is_refused_at_its_field(
    sam: Agent, fabrikam: Customer, domain: str
) -> None:
    answer = add(sam, domain=domain)

    assert answer.status_code == 422
    assert set(errors_at_fields(read(answer))) == {"domain"}
    assert actions() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company_name", ""),
        ("company_name", "   "),
        ("domain", "not a domain"),
        ("domain", f"{MARKUP}.example"),
        ("country", "Sweden"),
        ("country", "1"),
        ("contact_email", "nobody"),
        ("id", "nobody"),
        ("id", TENANT[:-1]),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(sam: Agent, field: str, value: str) -> None:
    answer = add(sam, **{field: value})

    assert answer.status_code == 422
    assert set(errors_at_fields(read(answer))) == {field}
    assert not Customer.objects.exists()
    assert actions() == []


def test_what_was_typed_is_kept(sam: Agent) -> None:
    page = read(add(sam, company_name="Adatum & Söner", contact_email="nobody", city="Malmö"))

    assert typed(page, "company_name") == "Adatum & Söner"
    assert (typed(page, "contact_email"), typed(page, "city")) == ("nobody", "Malmö")


def test_the_field_in_error_is_tied_to_its_sentence(sam: Agent) -> None:
    field = read(add(sam, contact_email="nobody")).the("input", name="contact_email")

    assert field["aria-invalid"] == "true"
    assert "id_contact_email_error" in field["aria-describedby"].split()


def test_a_name_with_markup_in_it_is_shown_as_it_is_written(sam: Agent) -> None:
    stored = read(add(sam, company_name=MARKUP))
    refused = read(add(sam, company_name=MARKUP))

    assert said(stored) == f"{MARKUP} was added."
    assert typed(refused, "company_name") == MARKUP


@pytest.mark.parametrize("field", ["relationship", "account_status", "created_at"])
def test_fields_that_the_form_does_not_have_are_passed_over(sam: Agent, field: str) -> None:
    add(sam, **{field: "none"})

    customer = Customer.objects.get()
    assert (customer.relationship, customer.account_status) == ("reseller", "approved")


def test_the_form_says_what_may_stay_empty(sam: Agent) -> None:
    labels = {
        part["for"]: part.words for part in opened(signed_in(sam), "new_customer").all("label")
    }

    assert labels["id_id"] == "Microsoft ID (optional)"
    assert labels["id_company_name"] == "Company name"
