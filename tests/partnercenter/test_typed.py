"""What people type for a number, a day, a GUID or a code is read in one way everywhere."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import get_resolver, reverse

from activitylog.search import guid_in
from customers.models import Customer, ReservationProduct, Subscription
from partnercenter.agents.models import Agent
from partnercenter.typed import (
    CodeField,
    DayField,
    GuidField,
    NumberField,
    RowField,
    WholeNumberField,
    is_key,
)
from tests.conftest import SignIn
from tests.factories import CustomerFactory
from tests.partnercenter.site import text_of

NO_DIGITS = [
    "1_0",
    "٣",
    "३",
    "1e1",
    "0x10",
    "1.0.0",
    "½",
    "②x",
    "1,000",
    "1 000",
    "Ⅻ",
    "NaN",
    "--1",
]
GUID = UUID("0431a72c-7d8a-4393-b25e-ef91f57b9b68")


@pytest.mark.parametrize(
    ("text", "number"),
    [("10", 10), (" 10 ", 10), ("１０", 10), ("1\u200b0", 10), ("\ufeff10", 10), ("−5", -5)],
)
def test_a_whole_number_is_read_as_it_looks(text: str, number: int) -> None:
    assert WholeNumberField().clean(text) == number


@pytest.mark.parametrize("text", [*NO_DIGITS, "1.5", "1.", "9" * 21, "9" * 5_000])
def test_what_only_python_takes_for_a_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Enter a whole number in digits"):
        WholeNumberField().clean(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1234.50", "1234.50"), ("１２．５", "12.5"), (".5", "0.5"), ("5.", "5"), ("－５", "-5")],
)
def test_a_number_is_read_as_it_looks(text: str, number: str) -> None:
    assert NumberField().clean(text) == Decimal(number)


@pytest.mark.parametrize("text", [*NO_DIGITS, "Infinity", "sNaN", "٣.٥"])
def test_what_only_python_takes_for_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Enter a number in digits"):
        NumberField().clean(text)


@pytest.mark.parametrize(
    "text", ["2026-01-31", "２０２６-０１-３１", "2026‑01‑31", "2026–01–31\u200b"]
)
def test_a_day_is_read_as_it_looks(text: str) -> None:
    assert DayField(input_formats=["%Y-%m-%d"]).clean(text) == dt.date(2026, 1, 31)


@pytest.mark.parametrize("text", ["٢٠٢٦-٠١-٣١", "2026-02-30", "२०२६-०१-३१"])
def test_a_day_in_digits_of_another_script_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Enter a date as YYYY-MM-DD"):
        DayField(input_formats=["%Y-%m-%d"]).clean(text)


WRITTEN = [
    str(GUID),
    str(GUID).upper(),
    GUID.hex,
    f"{{{GUID}}}",
    f"({GUID})",
    f'"{GUID}"',
    f"“{GUID}”",
    f"'{GUID}'",
    f"urn:uuid:{GUID}",
    f"URN:UUID:{GUID}",
    f'"{{{GUID}}}"',
    f" {GUID}\t",
    f"\u200b{GUID}\ufeff",
    str(GUID).replace("-", "\u2011"),
    str(GUID).replace("-", "\u2013"),
    "".join(chr(ord(letter) + 0xFEE0) for letter in str(GUID)),
]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_guid_is_read_however_it_is_written(text: str) -> None:
    assert guid_in(text) == GUID
    assert GuidField().clean(text) == GUID


@pytest.mark.parametrize(
    "text", ["", "x", str(GUID)[:-1], f"{GUID}0", "0431a72c7d8a-4393-b25e-ef91f57b9b68", "٣" * 32]
)
def test_what_is_not_a_guid_is_none(text: str) -> None:
    assert guid_in(text) is None


@pytest.mark.parametrize("text", ["123456", "１２３４５６", "123 456", "123\u00a0456", "123-456"])
def test_a_code_is_read_however_it_is_grouped(text: str) -> None:
    assert CodeField().clean(text) == "123456"


def test_a_phone_offers_digits_for_a_code_and_fills_it_in() -> None:
    attributes = CodeField().widget.attrs
    assert (attributes["inputmode"], attributes["autocomplete"]) == ("numeric", "one-time-code")


@pytest.mark.parametrize("text", ["1_0", "１", "٣", " 1", "+1", "1 "])
def test_what_only_python_takes_for_a_key_is_none(text: str) -> None:
    assert not is_key(text)
    with pytest.raises(ValidationError):
        RowField(queryset=ReservationProduct.objects.all()).clean(text)


# On pages


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quantity", "status"), [("１", 200), ("1", 200), ("٣", 400), ("1_0", 400), ("1e1", 400)]
)
def test_a_quantity_is_in_digits_or_is_refused(
    sign_in: SignIn,
    ada: Agent,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
    quantity: str,
    status: int,
) -> None:
    query = {
        "quantity": quantity,
        "billing_cycle": "one_time",
        "scope": "shared",
        "subscription": str(fabrikam_azure.pk),
    }
    address = reverse("customers:review", args=[fabrikam_azure.customer_id, product.pk])
    assert sign_in(ada).get(address, query).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("text", WRITTEN)
def test_the_list_finds_a_customer_by_a_microsoft_id_however_it_is_written(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, text: str
) -> None:
    CustomerFactory.create(pk=GUID, company_name="Tailspin")
    client = sign_in(ada)
    assert "Tailspin" in text_of(client.get("/customers/", {"q": text}))
    assert "Fabrikam" not in text_of(client.get("/customers/", {"q": text}))


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["1_0", "１", "٣"])
def test_the_site_administration_has_no_row_under_a_key_that_only_python_reads(
    sign_in: SignIn, ada: Agent, key: str
) -> None:
    assert sign_in(ada).get(f"/admin/customers/reservationproduct/{key}/change/").status_code == 302


# Nothing is read in another way

OWN = ("activitylog", "customers", "partnercenter")
DJANGOS = (
    forms.IntegerField,
    forms.DecimalField,
    forms.FloatField,
    forms.DateField,
    forms.UUIDField,
    forms.ModelChoiceField,
)
READING = (WholeNumberField, NumberField, DayField, GuidField, RowField)


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for each in kind.__subclasses__():
        yield each
        yield from _subclasses(each)


def _fields(ada: Agent) -> Iterator[tuple[str, forms.Field]]:
    """Those of every form of ours, in the site administration too."""
    assert get_resolver().url_patterns  # every form is imported
    for form in set(_subclasses(forms.BaseForm)):
        if form.__module__.startswith(OWN):
            for name, field in getattr(form, "base_fields", {}).items():
                yield f"{form.__module__}.{form.__name__}.{name}", field
    request = HttpRequest()
    request.user = ada
    for model, site in admin.site._registry.items():
        for name, field in site.get_form(request, change=False).base_fields.items():
            yield f"admin.{model.__name__}.{name}", field


@pytest.mark.django_db
def test_every_form_reads_numbers_days_ids_and_rows_in_this_way(ada: Agent) -> None:
    otherwise = [
        name
        for name, field in _fields(ada)
        if isinstance(field, DJANGOS) and not isinstance(field, READING)
    ]
    assert otherwise == []


@pytest.mark.parametrize("day", ["0001-01-01", "2009-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_of_a_year_that_nobody_means_is_refused(day: str) -> None:
    with pytest.raises(ValidationError, match=r"The year is out of range \(2010–2099\)"):
        DayField().clean(day)


@pytest.mark.parametrize("day", [dt.date(2010, 1, 1), dt.date(2099, 12, 31)])
def test_the_first_and_the_last_day_that_can_be_meant_are_read(day: dt.date) -> None:
    assert DayField().clean(day.isoformat()) == day
