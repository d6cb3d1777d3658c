"""Bill-to: the form that an Account page leads to."""

import pytest
from django.urls import reverse

from customers.models import BillingProfile, Customer
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions, the_record
from tests.customers.pages import Answer, read
from tests.customers.preparing import (
    BILL_TO,
    errors_at_fields,
    leads_to,
    opened,
    said,
    typed,
)

pytestmark = pytest.mark.usefixtures("sound_log")

MARKUP = "<script>alert(1)</script>"


def address(customer: Customer) -> str:
    return reverse("customers:bill_to", args=[customer.pk])


def submit(agent: Agent, customer: Customer, **fields: str) -> Answer:
    return signed_in(agent).post(address(customer), {**BILL_TO, **fields}, follow=True)


def test_a_bill_to_is_stored_and_shown_on_the_account_page(
    sign_in: SignIn, sam: Agent, contoso: Customer
) -> None:
    page = read(sign_in(sam).post(address(contoso), BILL_TO, follow=True))

    assert page.the("h1").words == "Contoso | Account"
    assert said(page) == "The bill-to of Contoso is stored."
    assert "Contoso Holding" in page.the("section", aria_labelledby="bill-to").words
    assert "Contoso Holding" not in page.the("section", aria_labelledby="company-details").words


def test_a_plain_form_is_answered_with_a_redirect(sam: Agent, contoso: Customer) -> None:
    response = signed_in(sam).post(address(contoso), BILL_TO)
    account = reverse("customers:account", args=[contoso.pk])

    assert (response.status_code, response["Location"]) == (302, account)


@pytest.mark.parametrize("written", ["ja-JP", " JA_jp "])
def test_the_language_is_stored_in_its_usual_letters_and_shown(
    sam: Agent, contoso: Customer, written: str
) -> None:
    page = read(submit(sam, contoso, culture=written))
    profile = BillingProfile.objects.get()

    assert (profile.culture, profile.language) == ("ja-JP", "ja")
    assert "Language ja-JP" in page.the("section", aria_labelledby="bill-to").words
    assert (the_record().new or {})["culture"] == "ja-JP"


@pytest.mark.parametrize("written", ["", "ja", "Japanese", "ja-JPN", "j-JP", "ja-JP-x", "1ja-JP"])
def test_what_is_no_language_is_an_error_at_its_field(
    sam: Agent, contoso: Customer, written: str
) -> None:
    answer = submit(sam, contoso, culture=written)

    assert answer.status_code == 422
    assert list(errors_at_fields(read(answer))) == ["culture"]
    assert actions() == []


def test_the_form_offers_common_languages(sam: Agent, contoso: Customer) -> None:
    page = opened(signed_in(sam), "bill_to", contoso.pk)
    field = page.the("input", name="culture")
    offered = [option["value"] for option in page.the("datalist", id=field["list"]).all("option")]

    assert field["value"] == "en-US"
    assert {"en-US", "ja-JP"} <= set(offered)


def test_the_record_holds_old_and_new(sam: Agent, contoso: Customer) -> None:
    submit(sam, contoso)

    record = the_record()
    assert (record.old or {})["company_name"] == "Contoso"
    assert (record.new or {})["company_name"] == "Contoso Holding"


@pytest.mark.parametrize(
    ("name", "words"), [("ada", ["Update"]), ("sam", ["Update"]), ("hana", [])]
)
def test_the_account_page_leads_agents_who_sell_to_the_form(
    request: pytest.FixtureRequest, contoso: Customer, name: str, words: list[str]
) -> None:
    page = opened(signed_in(request.getfixturevalue(name)), "account", contoso.pk)
    assert leads_to(page, "bill_to", contoso.pk) == words


def test_the_form_holds_what_is_stored(sam: Agent, contoso: Customer) -> None:
    page = opened(signed_in(sam), "bill_to", contoso.pk)

    assert typed(page, "company_name") == "Contoso"
    assert (typed(page, "country"), typed(page, "city")) == ("SE", "Lund")
    assert leads_to(page, "account", contoso.pk)[-1] == "Cancel"


def test_sending_the_form_as_it_was_opened_changes_and_records_nothing(
    sam: Agent, contoso: Customer
) -> None:
    form = opened(signed_in(sam), "bill_to", contoso.pk).the("form", class_="card form-stack")
    values = {part["name"]: part.attributes.get("value", "") for part in form.all("input")}
    page = read(submit(sam, contoso, **values))

    assert said(page) == "The bill-to of Contoso is stored."
    assert actions() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company_name", ""),
        ("country", "Sweden"),
        ("country", "5!"),
        ("email", "nobody"),
        ("last_name", " "),
        ("phone_number", "1" * 33),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_kept(
    sam: Agent, contoso: Customer, field: str, value: str
) -> None:
    answer = submit(sam, contoso, **{"city": "Kiel", field: value})
    page = read(answer)

    assert answer.status_code == 422
    assert set(errors_at_fields(page)) == {field}
    assert (typed(page, field), typed(page, "city")) == (value, "Kiel")
    assert BillingProfile.objects.get().city == "Lund"
    assert actions() == []


def test_while_a_form_is_refused_the_page_still_bears_the_customers_name(
    sam: Agent, contoso: Customer
) -> None:
    page = read(submit(sam, contoso, company_name="Somebody else", email="nobody"))
    assert page.the("h1").words == "Contoso | Bill-to"


def test_a_name_with_markup_in_it_is_shown_as_it_is_written(sam: Agent, contoso: Customer) -> None:
    page = read(submit(sam, contoso, company_name=MARKUP))
    assert MARKUP in page.the("section", aria_labelledby="bill-to").words


@pytest.mark.parametrize("field", ["customer_id", "culture", "language", "id"])
def test_fields_that_the_form_does_not_have_are_passed_over(
    sam: Agent, contoso: Customer, field: str
) -> None:
    submit(sam, contoso, **{field: "xx"})

    stored = BillingProfile.objects.get()
    assert (stored.customer, stored.culture, stored.language) == (contoso, "en-US", "en")
