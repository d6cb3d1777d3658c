"""Prices: the catalogue, the default margin or discount, refund terms, and the import of lists."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from activitylog.models import ActivityRecord
from customers.models import PriceAdjustment, RefundTerms, ReservationProduct, WebDirectPrice
from customers.operations.prices import set_price_adjustment, set_refund_terms
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.tables import LARGEST
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions, the_record
from tests.customers.pages import Answer, Part, error, pager, read, rows, words
from tests.customers.preparing import error_above, errors_at_fields, said
from tests.customers.pricing import D2S, DAY, imported, line, terms, text
from tests.downloads import columns, contents, objects, press
from tests.factories import ReservationProductFactory

pytestmark = pytest.mark.usefixtures("sound_log")

PAGE, ADJUSTMENT, EXPORT = "/prices/", "/prices/adjustment/", "/prices/export/"
IMPORT, CONFIRM = "/prices/import/", "/prices/import/confirm/"
TERMS, SET_TERMS = "/prices/refund-terms/", "/prices/refund-terms/set/"
THREE_YEARS = D2S.replace("P1Y", "P3Y")
TOMORROW = today() + DAY
FIGURES = {
    "currency": "USD",
    "valid_from": str(today()),
    "free_days": "5",
    "fee_percent": "12",
    "yearly_cap": "50000.00",
    "renewal_days": "30",
}


@pytest.fixture
def client(ada: Agent) -> Client:
    """Ada's browser."""
    return signed_in(ada)


# The list


def test_each_product_stands_with_its_prices_today(
    sign_in: SignIn, hana: Agent, ada: Agent, product: ReservationProduct
) -> None:
    set_price_adjustment(percent=Decimal(5), valid_from=today(), by=ada)
    imported(ada, line("520.00"), valid_from=TOMORROW)

    assert rows(sign_in(hana).get(PAGE)) == [
        [
            "Standard_D2s_v5",
            "westeurope",
            "1 year",
            "One-time or monthly",
            f"500.00 USD From {TOMORROW}: 520.00 USD",
            "525.00 USD",
        ]
    ]


def test_a_product_whose_price_begins_later_is_there_already(client: Client, ada: Agent) -> None:
    imported(ada, line("520.00"), valid_from=TOMORROW)
    assert rows(client.get(PAGE))[0][4:6] == [f"– From {TOMORROW}: 520.00 USD", "–"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("?q=d2S", 1),
        ("?q=EUROPE", 3),
        ("?currency=JPY", 1),
        ("?term=P3Y", 1),
        ("?q=%25", 0),
        ("?currency=EUR", 0),
    ],
)
def test_products_are_found_by_sku_region_currency_and_term(
    client: Client, product: ReservationProduct, query: str, found: int
) -> None:
    ReservationProductFactory.create(currency="JPY", price="75000")
    ReservationProductFactory.create(term="P3Y")

    assert len(rows(client.get(PAGE + query))) == found


@pytest.mark.parametrize("query", ["?currency=XXX", "?term=P2Y", "?shoe=1", "?cursor=x"])
def test_a_filter_that_is_not_understood_is_explained(
    sign_in: SignIn, ada: Agent, product: ReservationProduct, query: str
) -> None:
    response = sign_in(ada).get(PAGE + query)

    assert response.status_code == 400
    assert error(response)
    assert rows(response) == []


def test_many_products_stand_on_several_pages(client: Client) -> None:
    ReservationProductFactory.create_batch(30)
    first = client.get(PAGE)
    second = client.get(PAGE + pager(first)["Next"])

    assert (len(rows(first)), len(rows(second))) == (25, 5)
    assert len({row[0] for row in rows(first) + rows(second)}) == 30


def test_an_empty_catalogue_says_what_to_do(ada: Agent, sam: Agent) -> None:
    assert "Import a price list" in words(signed_in(ada).get(PAGE))
    assert "Import" not in read(signed_in(sam).get(PAGE)).the("main").words


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_readers_see_no_form_and_who_may(request: pytest.FixtureRequest, name: str) -> None:
    client = signed_in(request.getfixturevalue(name))
    for address in (PAGE, TERMS):
        page = read(client.get(address)).the("main")
        assert not page.all("form", method="post")
        assert "Changing it needs the role Admin agent." in page.words


# The default margin or discount


def test_a_margin_is_set_and_shown_with_the_link_to_its_record(client: Client) -> None:
    fields = {"percent": "-2.5", "valid_from": str(today())}
    page = read(client.post(ADJUSTMENT, fields, follow=True))

    section = page.the("section", aria_labelledby="adjustment-title")
    assert said(page) == "The default margin or discount is stored."
    assert "−2.5 % on every Web Direct price, since" in section.words
    assert [link["href"] for link in section.all("a")] == ["/activity-log/1/"]
    assert the_record().channel == "dashboard"


def test_a_margin_for_later_stands_below_the_one_of_today(client: Client, ada: Agent) -> None:
    for percent, day in (("5", today()), ("7", TOMORROW)):
        client.post(ADJUSTMENT, {"percent": percent, "valid_from": str(day)})

    section = read(client.get(PAGE)).the("section", aria_labelledby="adjustment-title")
    assert "+5 % on every Web Direct price" in section.words
    assert f"From {TOMORROW}: +7 %" in section.words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("percent", ""),
        ("percent", "five"),
        ("percent", "-101"),
        ("percent", "NaN"),
        ("percent", "1.005"),
        ("valid_from", ""),
        ("valid_from", "2025-02-30"),
        ("valid_from", str(today() - DAY)),
    ],
)
def test_a_margin_that_cannot_be_is_said_at_its_field(
    client: Client, field: str, value: str
) -> None:
    fields = {"percent": "5", "valid_from": str(today()), field: value}
    answer = client.post(ADJUSTMENT, fields)

    assert answer.status_code == 422
    assert set(errors_at_fields(read(answer))) == {field}
    assert not PriceAdjustment.objects.exists()
    assert actions() == []


# Refund terms


def test_refund_terms_are_set_and_shown(client: Client) -> None:
    page = read(client.post(SET_TERMS, FIGURES, follow=True))

    assert said(page) == "The refund terms in USD are stored."
    assert page.rows == [["USD", str(today()), "5", "12 %", "50,000.00 USD", "30", "1"]]


def test_of_each_currency_only_the_latest_terms_stand_under_today(
    client: Client, ada: Agent
) -> None:
    RefundTerms.objects.bulk_create([terms(valid_from=today() - DAY, free_days=1, record_number=1)])
    set_refund_terms(terms=terms(), by=ada)
    set_refund_terms(terms=terms(valid_from=TOMORROW, free_days=9), by=ada)

    page = read(client.get(TERMS))
    held = page.the("section", aria_labelledby="held-title")
    later = page.the("section", aria_labelledby="later-title")
    assert [row[1:3] for row in held.rows] == [[str(today()), "5"]]
    assert [row[1:3] for row in later.rows] == [[str(TOMORROW), "9"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "XXX"),
        ("free_days", "-1"),
        ("free_days", "367"),
        ("fee_percent", "101"),
        ("yearly_cap", "1.005"),
        ("renewal_days", ""),
        ("valid_from", str(today() - DAY)),
    ],
)
def test_refund_terms_that_cannot_be_are_said_at_their_field(
    client: Client, field: str, value: str
) -> None:
    answer = client.post(SET_TERMS, {**FIGURES, field: value})

    assert answer.status_code == 422
    assert set(errors_at_fields(read(answer))) == {field}
    assert actions() == []


# Importing


def preview(client: Client, written: str, **fields: Any) -> Answer:
    return client.post(IMPORT, {"text": written, "valid_from": str(today()), **fields})


def confirmed(client: Client, page: Part) -> Answer:
    """Sends the form of a preview as a browser does, with CRLF."""
    form = page.the("form", action=CONFIRM)
    written = form.the("textarea").words
    fields = {"valid_from": form.the("input", name="valid_from")["value"]}
    return client.post(CONFIRM, {"text": "\r\n".join(written.split()), **fields}, follow=True)


def test_a_preview_stores_nothing_and_its_confirmation_imports(
    client: Client, product: ReservationProduct
) -> None:
    page = read(preview(client, text(line("510.00"), line("900.00", THREE_YEARS))))
    assert [row[4:] for row in page.rows] == [
        ["Price", "500.00 USD", "510.00 USD"],
        ["New", "–", "900.00 USD"],
    ]
    assert actions() == []

    after = read(confirmed(client, page))
    assert said(after) == "The price list was imported. New products: 1. Changed prices: 1."
    assert [row[4] for row in after.rows] == ["510.00 USD", "900.00 USD"]
    assert the_record().action == "import_price_list"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_taken_whatever_its_ends_of_lines(client: Client, mark: str, end: str) -> None:
    written = (mark + text(line("500.00"))).replace("\n", end).encode()
    page = read(preview(client, "", file=SimpleUploadedFile("prices.csv", written)))

    assert len(page.rows) == 1
    confirmed(client, page)
    assert WebDirectPrice.objects.get().amount == 500


def test_errors_stand_by_line_and_there_is_no_way_to_confirm(client: Client) -> None:
    answer = preview(client, text(line("500.00"), line("-1", THREE_YEARS)))
    page = read(answer)

    assert answer.status_code == 422
    assert error_above(page).startswith("The price list has errors, so nothing was imported.")
    assert page.rows[0][0] == "3"
    assert not page.has("form", action=CONFIRM)
    assert "Standard_D2s_v5" in page.the("textarea").words


def test_a_list_with_errors_cannot_be_confirmed_either(client: Client) -> None:
    fields = {"text": text(line("-1")), "valid_from": str(today())}

    assert client.post(CONFIRM, fields).status_code == 422
    assert actions() == []


def test_a_list_that_changes_nothing_says_so(client: Client, product: ReservationProduct) -> None:
    page = read(preview(client, text(line("500.00"))))

    assert "The catalogue holds these prices already." in page.words
    assert not page.has("form", action=CONFIRM)


def test_confirming_twice_imports_once(client: Client) -> None:
    page = read(preview(client, text(line("500.00"))))
    confirmed(client, page)

    assert said(read(confirmed(client, page))).startswith("Nothing was changed")
    assert actions() == ["import_price_list"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"x" * (LARGEST + 1), "The file is too large."),
        (text(line("500.00")).encode("utf-16"), "The file is not UTF-8 text."),
        (b"\xff\xfe\xfa", "The file is not UTF-8 text."),
        (b"sku\x00", "The line has characters that can't be used."),
        (b"", "The submitted file is empty."),
    ],
    ids=["too large", "UTF-16", "bytes", "NUL", "empty"],
)
def test_a_file_that_is_no_price_list_is_refused_with_the_reason(
    client: Client, content: bytes, sentence: str
) -> None:
    answer = preview(client, "", file=SimpleUploadedFile("prices.csv", content))

    assert answer.status_code == 422
    assert sentence in words(answer)


def test_text_that_is_too_long_is_refused_with_the_limit(client: Client) -> None:
    answer = preview(client, "x" * (LARGEST + 1))

    assert answer.status_code == 422
    assert "2 MB or less" in words(answer)


def test_markup_in_a_list_is_shown_as_it_is_written(client: Client) -> None:
    answer = preview(client, text(line("<script>alert(1)</script>")))

    assert b"<script>alert" not in answer.content
    assert "<script>alert(1)</script>" in words(answer)


# The catalogue as a file


def test_the_file_is_a_price_list_that_changes_nothing(
    client: Client, ada: Agent, product: ReservationProduct
) -> None:
    ReservationProductFactory.create(currency="JPY", price="75000")
    imported(ada, line("520.00", THREE_YEARS), valid_from=TOMORROW)
    written = contents(press(client, PAGE, "csv"))
    page = read(preview(client, "", file=SimpleUploadedFile("prices.csv", written)))

    assert len(written.splitlines()) == 3
    assert "The catalogue holds these prices already." in page.words


def test_the_file_holds_what_the_filters_show_and_is_recorded(
    client: Client, product: ReservationProduct
) -> None:
    ReservationProductFactory.create(sku="Standard_Other")
    file = columns(press(client, f"{PAGE}?q=d2s", "csv"))

    assert file["sku"] == ["Standard_D2s_v5"]
    assert file["web_direct_price"] == ["500.00"]
    record = ActivityRecord.objects.latest("number")
    assert (record.action, record.new) == ("export_price_list", {"q": "d2s", "format": "csv"})


def test_lines_of_json_hold_codes(client: Client, product: ReservationProduct) -> None:
    (found,) = objects(press(client, PAGE, "jsonl"))
    assert (found["term"], found["web_direct_price"]) == ("P1Y", "500.00")
