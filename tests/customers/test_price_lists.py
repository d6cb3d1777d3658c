"""Price lists: read with errors by line, and imported all or not at all."""

import hashlib
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from customers.models import ReservationProduct, WebDirectPrice
from customers.money import plain
from customers.operations.catalogue import add_product, import_price_list
from customers.price_list_plans import plan_of
from customers.price_lists import PriceList, read_price_list
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, the_record
from tests.customers.pricing import D2S, DAY, HEADINGS, imported, line, text
from tests.factories import ReservationProductFactory

pytestmark = pytest.mark.usefixtures("sound_log")

YEN = D2S.replace("USD", "JPY")
THREE_YEARS = D2S.replace("P1Y", "P3Y")


def errors(written: str) -> list[tuple[int, str]]:
    return [(error.line, error.sentence) for error in read_price_list(written).errors]


def prices() -> list[tuple[str, str, str]]:
    rows = WebDirectPrice.objects.order_by("product", "valid_from")
    found = rows.values_list("product__sku", "valid_from", "amount")
    return [(sku, str(day), plain(amount)) for sku, day, amount in found]


# Reading


def test_each_line_is_a_product_with_its_price() -> None:
    read = read_price_list(text(line("500.00"), line("75000", YEN)))

    assert read.errors == []
    assert [(each.number, str(each.price)) for each in read.lines] == [
        (2, "500.00 USD"),
        (3, "75,000 JPY"),
    ]
    product = read.lines[0].product
    assert (product.product_type, product.sku, product.term) == (
        "VirtualMachines",
        "Standard_D2s_v5",
        "P1Y",
    )


def test_byte_order_mark_line_ends_quotes_spaces_and_empty_lines_make_no_difference() -> None:
    usual = text(line("500.00"))
    for written in (
        "\ufeff" + usual,
        usual.replace("\n", "\r\n"),
        usual.replace("westeurope", '"westeurope"'),
        usual.replace(",westeurope,", " , westeurope ,"),
        usual.replace(HEADINGS, f"{HEADINGS}\n\n,,"),
    ):
        read = read_price_list(written)
        assert (read.errors, len(read.lines)) == ([], 1)
        assert read.lines[0].product.region == "westeurope"


def test_columns_may_stand_in_any_order() -> None:
    names = HEADINGS.split(",")
    values = line("500.00").split(",")
    read = read_price_list(",".join(names[::-1]) + "\n" + ",".join(values[::-1]))

    assert (read.errors, read.lines[0].price.code) == ([], "500.00")


def test_the_digest_is_that_of_the_text_whatever_form_it_came_through() -> None:
    usual = text(line("500.00"))
    digest = hashlib.sha256(usual.encode()).hexdigest()

    for written in (usual, "\ufeff" + usual, usual.replace("\n", "\r\n")):
        assert read_price_list(written).sha256 == digest


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (line("500.00").replace("P1Y", "P2Y"), "“P2Y” is not one of P1Y, P3Y."),
        (line("500.00", D2S.replace("USD", "XXX")), "“XXX” is not one of AUD,"),
        (line("500.00").replace("either", "Each"), "is not one of one_time, monthly, either."),
        (line("500.00").replace("VirtualMachines", "Shoes"), "“Shoes” is not one of"),
        (line("500.00").replace("Standard_D2s_v5", "a;b"), "Use letters, digits,"),
        (line("500.00").replace("Standard_D2s_v5", ""), "This field cannot be blank."),
        (line("500.00").replace("westeurope", "x" * 65), "Ensure this value has at most"),
        (line("-1"), "“-1” isn't an amount. Use digits and a point, for example 1234.50."),
        (line(""), "“” isn't an amount"),
        (line("1e3"), "“1e3” isn't an amount"),
        (line("٣"), "“٣” isn't an amount"),
        (line("1.005"), "“1.005” has more decimal places than USD has (2). Correct it, or select"),
        (line("1.5", YEN), "“1.5” has more decimal places than JPY has (0)."),
        (line("10000000000"), "Ensure this value is less than"),
        (line("1,000.00"), "The line has 8 cells, but there are 7 columns."),
        ("VirtualMachines", "The line has 1 cells, but there are 7 columns."),
        (line('"500'), "Invalid CSV"),
        (line("9" * 200_000), "isn't an amount"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(wrong: str, sentence: str) -> None:
    read = read_price_list(text(line("500.00", THREE_YEARS), wrong))

    assert [(error.line, sentence in error.sentence) for error in read.errors] == [(3, True)]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = errors(text(line("x"), line("1.00", D2S.replace("USD", "X").replace("P1Y", "Y"))))
    assert [number for number, _sentence in found] == [2, 3, 3]


def test_each_cell_that_is_wrong_is_named_with_its_column() -> None:
    wrong = line("many", D2S.replace("USD", "X").replace("P1Y", "Y"))
    found = read_price_list(text(wrong)).errors
    assert {(error.line, error.column) for error in found} == {
        (2, "web_direct_price"),
        (2, "currency"),
        (2, "term"),
    }


@pytest.mark.parametrize(
    ("cell", "product", "code"),
    [("4594.00000", "D2S", "4594.00"), ("500.10", "D2S", "500.10"), ("1.0", "YEN", "1")],
)
def test_zeros_at_the_end_of_a_price_are_nothing(cell: str, product: str, code: str) -> None:
    [read] = read_price_list(text(line(cell, {"D2S": D2S, "YEN": YEN}[product]))).lines
    assert (read.price.code, read.written) == (code, "")


@pytest.mark.parametrize(
    ("cell", "code"), [("1771.8082", "1771.81"), ("0.125", "0.13"), ("0.124999", "0.12")]
)
def test_prices_are_rounded_half_up_where_that_is_asked_for(cell: str, code: str) -> None:
    [read] = read_price_list(text(line(cell)), rounding=True).lines
    assert (read.price.code, read.written) == (code, cell)


def test_the_record_of_an_import_says_how_many_prices_were_rounded(ada: Agent) -> None:
    prices = read_price_list(text(line("1771.8082"), line("5.00", THREE_YEARS)), rounding=True)
    import_price_list(price_list=prices, valid_from=today(), by=ada)
    assert (the_record().new or {})["rounded"] == 1


def test_a_product_stands_in_a_list_once() -> None:
    other_billing = D2S.replace("either", "monthly")
    assert errors(text(line("1.00"), line("2.00", THREE_YEARS), line("2.00", other_billing))) == [
        (4, "Duplicate of line 2.")
    ]


def test_a_table_that_cannot_be_read_is_no_price_list() -> None:
    """How tables are read is tested in `tests/partnercenter/test_tables.py`."""
    without_prices = HEADINGS.removesuffix(",web_direct_price")

    assert errors(f"{without_prices}\n{line('500.00')}\n") == [
        (1, "Missing columns: web_direct_price.")
    ]


# What it would do


def test_a_plan_tells_new_changed_and_unchanged_apart(product: ReservationProduct) -> None:
    ReservationProductFactory.create(sku="Standard_Same", price="700.00")
    same = D2S.replace("Standard_D2s_v5", "Standard_Same")
    plan = plan_of(
        read_price_list(text(line("510.00"), line("700.00", same), line("900.00", THREE_YEARS))),
        today(),
    )

    assert plan.counts == {
        "new_products": 1,
        "changed_prices": 1,
        "changed_products": 0,
        "changed_ends_of_sale": 0,
        "unchanged": 1,
    }
    assert [(str(step.old), str(step.line.price)) for step in plan.steps] == [
        ("500.00 USD", "510.00 USD"),
        ("None", "900.00 USD"),
    ]
    assert actions() == []


# Importing


def test_products_and_prices_are_stored_with_one_record(ada: Agent) -> None:
    lines = (line("500.00"), line("75000", YEN))
    imported(ada, *lines)

    record = the_record()
    assert [str(price) for price in WebDirectPrice.objects.order_by("pk")] == [
        "500.00 USD",
        "75,000 JPY",
    ]
    assert ReservationProduct.objects.matching("d2S").count() == 2
    assert set(WebDirectPrice.objects.values_list("record_number", flat=True)) == {record.number}
    assert (record.action, record.resource_type) == ("import_price_list", "price_list")
    assert record.resource_id == hashlib.sha256(text(*lines).encode()).hexdigest()
    assert record.new == {
        "valid_from": today().isoformat(),
        "missing_end_on": None,
        "new_products": 2,
        "changed_prices": 0,
        "changed_products": 0,
        "changed_ends_of_sale": 0,
        "unchanged": 0,
    }


def test_the_same_list_again_changes_and_records_nothing(ada: Agent) -> None:
    for day in (today(), today(), today() + DAY):
        imported(ada, line("500.00"), valid_from=day)

    assert len(prices()) == 1
    assert actions() == ["import_price_list"]


def test_a_changed_price_begins_on_its_day_and_leaves_the_earlier_one(ada: Agent) -> None:
    imported(ada, line("500.00"))
    imported(ada, line("510.00"), valid_from=today() + DAY)

    assert [(day, amount) for _sku, day, amount in prices()] == [
        (str(today()), "500"),
        (str(today() + DAY), "510"),
    ]


def test_the_same_day_again_replaces_the_price(ada: Agent) -> None:
    imported(ada, line("500.00"), line("900.00", THREE_YEARS))
    imported(ada, line("510.00"), line("900.00", THREE_YEARS))

    found = WebDirectPrice.objects.order_by("pk").values_list("amount", "record_number")
    assert list(found) == [(Decimal(510), 2), (Decimal(900), 1)]


def test_products_that_the_list_does_not_name_stay(ada: Agent, product: ReservationProduct) -> None:
    imported(ada, line("900.00", THREE_YEARS))
    assert prices()[0] == ("Standard_D2s_v5", "2020-01-01", "500")


def test_another_type_and_billing_are_taken_over(ada: Agent, product: ReservationProduct) -> None:
    other = D2S.replace("VirtualMachines", "CosmosDb").replace("either", "monthly")
    plan = imported(ada, line("500.00", other))

    product.refresh_from_db()
    assert (product.product_type, product.billing_frequency) == ("CosmosDb", "monthly")
    assert (plan.counts["changed_products"], plan.counts["changed_prices"]) == (1, 0)
    assert len(prices()) == 1
    assert actions() == ["import_price_list"]


def test_a_list_with_an_error_is_imported_in_no_part(ada: Agent) -> None:
    with pytest.raises(Refused) as refused:
        imported(ada, line("500.00"), line("-1", THREE_YEARS))

    assert refused.value.code == "errors"
    assert (prices(), ReservationProduct.objects.count(), actions()) == ([], 0, [])


def test_no_list_is_imported_for_days_that_are_over(ada: Agent) -> None:
    with pytest.raises(Refused) as refused:
        imported(ada, line("500.00"), valid_from=today() - DAY)

    assert refused.value.code == "past"
    assert (prices(), actions()) == ([], [])


def test_a_list_of_many_lines_is_imported_with_few_questions(
    ada: Agent, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    many: PriceList = read_price_list(
        text(*(line("500.00", D2S.replace("D2s", f"D{number}s")) for number in range(500)))
    )
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        import_price_list(price_list=many, valid_from=today(), by=ada)

    assert WebDirectPrice.objects.count() == 500


# A single product


def d4s(**details: str) -> ReservationProduct:
    values = {"sku": "Standard_D4s_v5", "region": "westeurope", "term": "P1Y", "currency": "USD"}
    return ReservationProduct(**{**values, **details})


def test_a_single_product_is_added_with_its_price(ada: Agent) -> None:
    product = add_product(product=d4s(), amount=Decimal(800), valid_from=today(), by=ada)

    record = the_record()
    assert prices() == [("Standard_D4s_v5", str(today()), "800")]
    assert (record.action, record.resource_id) == ("add_reserved_instance", str(product.pk))
    assert (record.new or {})["web_direct_price"] == "800.00"


@pytest.mark.parametrize(
    ("details", "amount"),
    [
        ({"sku": "a;b"}, "1"),
        ({"currency": "XXX"}, "1"),
        ({"currency": "JPY"}, "1.5"),
        ({}, "-1"),
        ({"sku": "Standard_D2s_v5"}, "1"),
    ],
)
def test_a_single_product_that_cannot_be_is_not_added(
    ada: Agent, product: ReservationProduct, details: dict[str, str], amount: str
) -> None:
    with pytest.raises(ValidationError):
        add_product(product=d4s(**details), amount=Decimal(amount), valid_from=today(), by=ada)
    assert ReservationProduct.objects.get() == product
    assert actions() == []
