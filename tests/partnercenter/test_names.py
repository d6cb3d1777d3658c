"""The order of names is that of the reader's language, in whatever asks for them or shows them."""

import pytest
from django.urls import reverse
from django.utils import translation

from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.names import full_name, in_order_of_names
from tests.conftest import signed_in
from tests.customers.pages import read

FIELDS = ["company_name", "contact_first_name", "city", "contact_last_name", "email"]


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Taro Yamada"), ("ja", "Yamada Taro"), ("zh-hans", "Yamada Taro")]
)
def test_the_family_name_is_first_where_that_is_the_custom(language: str, name: str) -> None:
    with translation.override(language):
        assert full_name("Taro", "Yamada") == name
    assert full_name("Taro", "Yamada", language=language) == name


def test_one_name_alone_has_no_order() -> None:
    assert full_name("", "Yamada") == "Yamada"


@pytest.mark.parametrize(
    ("language", "order"),
    [("en", FIELDS), ("ja", [FIELDS[0], FIELDS[3], FIELDS[2], FIELDS[1], FIELDS[4]])],
)
def test_the_two_fields_change_places_and_no_other_does(language: str, order: list[str]) -> None:
    with translation.override(language):
        assert in_order_of_names(FIELDS) == order


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("customers:new_customer", ["contact_last_name", "contact_first_name"]),
        ("customers:bill_to", ["last_name", "first_name"]),
        ("customers:users", ["last_name", "first_name"]),
        ("admin:customers_customer_add", ["contact_last_name", "contact_first_name"]),
        ("admin:customers_customeruser_add", ["last_name", "first_name"]),
    ],
)
def test_every_form_asks_in_japanese_for_the_family_name_first(
    ada: Agent, contoso: Customer, page: str, names: list[str]
) -> None:
    parts = [contoso.pk] if page in ("customers:bill_to", "customers:users") else []
    client = signed_in(ada, headers={"Accept-Language": "ja"})
    asked = read(client.get(reverse(page, args=parts))).all("input", type="text")

    assert [field["name"] for field in asked if field["name"] in names] == names
