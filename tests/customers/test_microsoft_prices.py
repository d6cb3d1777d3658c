"""Price lists of Microsoft's own: answers of the Azure Retail Prices API, and tables like them."""

import json
from typing import Any

import pytest

from customers.price_lists import PriceList, read_price_list

RESERVED: dict[str, Any] = {
    "currencyCode": "USD",
    "tierMinimumUnits": 0.0,
    "reservationTerm": "1 Year",
    "retailPrice": 2377.0,
    "unitPrice": 2377.0,
    "armRegionName": "westeurope",
    "location": "EU West",
    "effectiveStartDate": "2026-08-01T00:00:00Z",
    "meterId": "4e763e64-5ae4-5ed3-8892-902bb82ca7d3",
    "skuName": "D8 v4",
    "serviceName": "Virtual Machines",
    "unitOfMeasure": "1 Hour",
    "type": "Reservation",
    "isPrimaryMeterRegion": True,
    "armSkuName": "Standard_D8_v4",
}
PAY_AS_YOU_GO = {**RESERVED, "type": "Consumption", "retailPrice": 0.46, "reservationTerm": None}


def answer(*items: dict[str, Any]) -> str:
    return json.dumps({"BillingCurrency": "USD", "Items": items, "NextPageLink": None})


def table(*items: dict[str, Any], separator: str = ",") -> str:
    rows = [list(RESERVED), *([str(value) for value in item.values()] for item in items)]
    return "\n".join(separator.join(row) for row in rows)


def read(text: str) -> list[tuple[int, str, str, str, str, str]]:
    found = read_price_list(text)
    assert found.errors == []
    return [
        (
            line.number,
            line.product.product_type,
            line.product.sku,
            line.product.region,
            line.product.term,
            str(line.price),
        )
        for line in found.lines
    ]


EXPECTED = ("VirtualMachines", "Standard_D8_v4", "westeurope", "P1Y", "2,377.00 USD")


@pytest.mark.parametrize(
    "text",
    [answer(RESERVED), json.dumps([RESERVED]), "\ufeff" + answer(RESERVED)],
    ids=["an answer", "its items alone", "with a byte-order mark"],
)
def test_an_answer_of_the_api_is_a_price_list(text: str) -> None:
    assert read(text) == [(1, *EXPECTED)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_with_its_columns_is_a_price_list(separator: str) -> None:
    assert read(table(RESERVED, separator=separator)) == [(2, *EXPECTED)]


def test_names_of_columns_count_whatever_their_case_and_blanks() -> None:
    header = "MeterId,Arm Sku Name,Arm Region Name,Term,Currency,Unit Price,Effective Date"
    row = "4e763e64,Standard_D8_v4,westeurope,1 Year,USD,2377.00000,2026-08-01"
    assert read(f"{header}\n{row}\n") == [(2, *EXPECTED)]


def test_what_is_no_reservation_is_left_out() -> None:
    assert [line[0] for line in read(answer(PAY_AS_YOU_GO, RESERVED, PAY_AS_YOU_GO))] == [2]


def errors(found: PriceList) -> list[tuple[int, str]]:
    return [(error.line, error.column) for error in found.errors]


def test_an_item_that_cannot_be_taken_is_named_by_its_number_and_column() -> None:
    unknown = {**RESERVED, "serviceName": "Shoes", "armRegionName": "", "retailPrice": None}
    found = read_price_list(answer(RESERVED, unknown))
    assert set(errors(found)) == {(2, "product_type"), (2, "region"), (2, "web_direct_price")}


@pytest.mark.parametrize("text", ['{"Items": 5}', "{", '["x"]', "[" * 100_000])
def test_other_json_is_refused_with_what_is_needed(text: str) -> None:
    [error] = read_price_list(text).errors
    assert error.sentence.startswith("The file is JSON, but not an answer of the Azure Retail")


def test_a_list_without_reservations_says_so() -> None:
    [error] = read_price_list(answer(PAY_AS_YOU_GO)).errors
    assert error.sentence == "There are no prices of reservations in it."


def test_a_table_without_what_is_needed_lists_the_columns_that_are() -> None:
    [missing, unknown] = read_price_list("MeterId,MeterName,Unit Price\nx,y,1\n").errors
    assert "web_direct_price" in missing.sentence
    assert "meterid, metername, unit price" in unknown.sentence
