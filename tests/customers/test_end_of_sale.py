"""A product that is no longer sold is kept: nobody buys it, and what was bought runs on."""

import datetime as dt

import pytest
from django.urls import reverse

from customers.models import Customer, Reservation, ReservationProduct
from customers.operations.catalogue import import_price_list
from customers.operations.end_of_sale import set_end_of_sale
from customers.operations.exchanges import exchange_of, why_no_exchange
from customers.operations.purchase_rules import why_no_purchase
from customers.operations.purchasing import buy_reservation
from customers.operations.renewals import renewal_of
from customers.price_list_plans import Plan, plan_of
from customers.price_lists import read_price_list
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions, the_record
from tests.customers.buying import allowed, bought, purchase_of
from tests.customers.pages import read, rows, words
from tests.customers.portal import portal_browser
from tests.customers.pricing import D2S, DAY, HEADINGS, imported, line, text
from tests.downloads import columns, press
from tests.factories import ReservationProductFactory

pytestmark = pytest.mark.usefixtures("sound_log")

YESTERDAY, TOMORROW = today() - DAY, today() + DAY
D4S = D2S.replace("D2s", "D4s")
DAYS = ("valid_from", "missing_end_on")


@pytest.fixture
def ended(product: ReservationProduct) -> ReservationProduct:
    """A product whose sale ended yesterday."""
    product.end_of_sale = YESTERDAY
    product.save()
    return product


def end_of(product: ReservationProduct) -> dt.date | None:
    return ReservationProduct.objects.get(pk=product.pk).end_of_sale


def address(product: ReservationProduct) -> str:
    return reverse("catalogue:end_of_sale", args=[product.pk])


# Setting it


def test_it_is_set_with_a_record(ada: Agent, product: ReservationProduct) -> None:
    stored = set_end_of_sale(product=product, day=TOMORROW, by=ada)

    record = the_record()
    assert (record.action, record.resource_type) == ("set_end_of_sale", "reserved_instance")
    assert (record.old or {})["end_of_sale"] is None
    assert record.new == {
        "sku": "Standard_D2s_v5",
        "region": "westeurope",
        "term": "P1Y",
        "currency": "USD",
        "end_of_sale": TOMORROW.isoformat(),
    }
    assert (stored.end_of_sale, stored.end_of_sale_record) == (TOMORROW, record.number)


def test_the_same_day_again_records_nothing(ada: Agent, ended: ReservationProduct) -> None:
    set_end_of_sale(product=ended, day=YESTERDAY, by=ada)
    assert actions() == []


def test_it_can_be_taken_back(ada: Agent, ended: ReservationProduct) -> None:
    set_end_of_sale(product=ended, day=None, by=ada)
    assert (end_of(ended), (the_record().new or {})["end_of_sale"]) == (None, None)


@pytest.mark.parametrize(("day", "code"), [(YESTERDAY, "past"), (dt.date(2206, 1, 1), "far")])
def test_a_day_that_is_over_or_far_away_is_refused(
    ada: Agent, product: ReservationProduct, day: dt.date, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        set_end_of_sale(product=product, day=day, by=ada)
    assert (refusal.value.code, end_of(product), actions()) == (code, None, [])


# What follows from it


def test_it_is_sold_until_the_day_and_not_on_it(product: ReservationProduct) -> None:
    product.end_of_sale = TOMORROW
    assert (product.is_on_sale(today()), product.is_on_sale(TOMORROW)) == (True, False)
    product.save()
    on_sale = ReservationProduct.objects.on_sale
    assert [on_sale(day).count() for day in (today(), TOMORROW)] == [1, 0]


def test_shops_do_not_offer_it(ada: Agent, fabrikam: Customer, ended: ReservationProduct) -> None:
    owner = allowed(fabrikam, ada)
    shop = reverse("customers:buy", args=[fabrikam.pk])
    assert rows(signed_in(ada).get(shop)) == []
    assert rows(portal_browser(owner).get("/portal/buy/")) == []


def test_its_pages_in_the_shop_say_why(
    ada: Agent, fabrikam: Customer, ended: ReservationProduct
) -> None:
    choices = reverse("customers:choices", args=[fabrikam.pk, ended.pk])
    assert "This product is no longer sold" in words(signed_in(ada).get(choices))


def test_a_purchase_that_was_reviewed_before_is_refused(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    purchase = purchase_of(product, fabrikam)
    set_end_of_sale(product=product, day=today(), by=ada)
    outcome = buy_reservation(customer=fabrikam, purchase=purchase, by=ada)
    assert isinstance(outcome, Refused)
    assert (outcome.code, Reservation.objects.count()) == ("end_of_sale", 0)


def test_a_reservation_of_it_runs_on_and_is_not_renewed(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    held = bought(product, fabrikam, ada)
    set_end_of_sale(product=product, day=today(), by=ada)
    held.refresh_from_db()
    assert held.is_active
    with pytest.raises(Refused, match="no longer sold"):
        renewal_of(Reservation.objects.get())


def test_nothing_is_exchanged_for_it_and_it_is_exchanged_for_others(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    other = ReservationProductFactory.create()
    held = bought(product, fabrikam, ada)
    other_held = bought(other, fabrikam, ada)
    set_end_of_sale(product=product, day=today(), by=ada)

    client = signed_in(ada)
    page = reverse("customers:exchange_reservation", args=[fabrikam.pk, other_held.pk])
    assert [row[0].split()[0] for row in rows(client.get(page))] == [other.sku]
    refused = why_no_purchase(fabrikam, purchase_of(product, fabrikam), ada)
    assert refused
    assert refused.code == "end_of_sale"
    assert why_no_exchange(held, exchange_of(held, purchase_of(other, fabrikam))) is None


# By page


def test_an_agent_ends_the_sale_on_a_page(
    sign_in: SignIn, ada: Agent, product: ReservationProduct
) -> None:
    client = sign_in(ada)
    page = read(client.get("/prices/"))
    assert page.the("a", href=address(product)).words == "End of sale"
    client.post(address(product), {"end_of_sale": str(TOMORROW)})

    assert end_of(product) == TOMORROW
    assert rows(client.get("/prices/"))[0][0] == f"Standard_D2s_v5 Sale ends {TOMORROW}"


def test_an_agent_puts_it_back_on_sale(ada: Agent, ended: ReservationProduct) -> None:
    client = signed_in(ada)
    assert f"Off sale since {YESTERDAY}" in words(client.get("/prices/"))
    client.post(address(ended), {"end_of_sale": ""})
    assert end_of(ended) is None


@pytest.mark.parametrize("day", ["0001-01-01", "31.01.2026", "2206-01-01"])
def test_a_day_that_cannot_be_is_said_and_changes_nothing(
    ada: Agent, product: ReservationProduct, day: str
) -> None:
    response = signed_in(ada).post(address(product), {"end_of_sale": day})
    assert (response.status_code, end_of(product)) == (422, None)


def test_a_form_without_the_field_changes_nothing(ada: Agent, ended: ReservationProduct) -> None:
    response = signed_in(ada).post(address(ended), {})
    assert (response.status_code, end_of(ended)) == (422, YESTERDAY)


def test_a_product_that_is_not_there_is_404(ada: Agent) -> None:
    assert signed_in(ada).get("/prices/7/end-of-sale/").status_code == 404


# By price list


def with_ends(*lines: tuple[str, str]) -> str:
    """A list with the column end_of_sale."""
    return "\n".join([f"{HEADINGS},end_of_sale", *(f"{line},{end}" for line, end in lines)])


def test_a_column_ends_the_sale(ada: Agent, product: ReservationProduct) -> None:
    read_list = read_price_list(
        with_ends((line("500.00"), str(TOMORROW)), (line("900.00", D4S), str(TOMORROW)))
    )
    plan = import_price_list(price_list=read_list, valid_from=today(), by=ada)

    assert plan.counts["changed_ends_of_sale"] == 2
    number = the_record().number
    assert set(ReservationProduct.objects.values_list("end_of_sale", "end_of_sale_record")) == {
        (TOMORROW, number)
    }


@pytest.mark.parametrize(("cell", "end"), [("", YESTERDAY), ("none", None)])
def test_an_empty_cell_changes_nothing_and_none_sells_again(
    ada: Agent, ended: ReservationProduct, cell: str, end: dt.date | None
) -> None:
    read_list = read_price_list(with_ends((line("500.00"), cell)))
    import_price_list(price_list=read_list, valid_from=today(), by=ada)
    assert end_of(ended) == end


def test_a_list_without_the_column_changes_no_end(ada: Agent, ended: ReservationProduct) -> None:
    imported(ada, line("480.00"))
    assert end_of(ended) == YESTERDAY


def test_a_day_in_the_column_that_is_over_is_refused(
    ada: Agent, product: ReservationProduct
) -> None:
    response = signed_in(ada).post(
        "/prices/import/",
        {"text": with_ends((line("500.00"), "2020-01-01")), "valid_from": str(today())},
    )
    assert response.status_code == 422
    assert "End of sale 2020-01-01: Nothing can be set for days that are over." in words(response)


def test_a_cell_that_is_not_a_date_is_said_with_its_line() -> None:
    [error] = read_price_list(with_ends((line("500.00"), "soon"))).errors
    assert (error.line, error.column) == (2, "end_of_sale")


def test_what_is_exported_says_the_end_and_changes_nothing_when_it_is_imported(
    ada: Agent, ended: ReservationProduct
) -> None:
    exported = press(signed_in(ada), "/prices/", "csv")
    assert columns(exported)["end_of_sale"] == [str(YESTERDAY)]
    plan = plan_of(read_price_list(with_ends((line("500.00"), str(YESTERDAY)))), today())
    assert not plan.changes_anything


def missing_end(ada: Agent, day: dt.date, *lines: str) -> Plan:
    return import_price_list(
        price_list=read_price_list(text(*lines)),
        valid_from=today(),
        missing_end_on=day,
        by=ada,
    )


def test_products_missing_from_a_list_end(ada: Agent, product: ReservationProduct) -> None:
    missing = ReservationProductFactory.create(sku="Standard_Missing")
    plan = missing_end(ada, TOMORROW, line("500.00"))

    assert (end_of(product), end_of(missing)) == (None, TOMORROW)
    assert plan.counts["changed_ends_of_sale"] == 1
    record = the_record()
    assert (record.new or {})["missing_end_on"] == TOMORROW.isoformat()
    missing.refresh_from_db()
    assert missing.end_of_sale_record == record.number


def test_a_list_ends_nothing_of_another_type_or_currency(
    ada: Agent, product: ReservationProduct
) -> None:
    others = [
        ReservationProductFactory.create(product_type="SqlDatabases"),
        ReservationProductFactory.create(currency="EUR"),
    ]
    assert missing_end(ada, TOMORROW, line("500.00")).missing == []
    assert [end_of(each) for each in others] == [None, None]


def test_a_list_moves_later_ends_forward_and_leaves_earlier_ones(
    ada: Agent, ended: ReservationProduct
) -> None:
    later = ReservationProductFactory.create(end_of_sale=TOMORROW + DAY)
    missing_end(ada, TOMORROW, line("900.00", D4S))
    assert (end_of(ended), end_of(later)) == (YESTERDAY, TOMORROW)


def test_the_preview_names_what_would_end_and_its_confirmation_ends_it(
    ada: Agent, product: ReservationProduct
) -> None:
    missing = ReservationProductFactory.create(sku="Standard_Missing")
    client = signed_in(ada)
    asked = {"text": text(line("500.00")), "valid_from": str(today())}
    page = read(client.post("/prices/import/", {**asked, "missing_end_on": str(TOMORROW)}))
    assert [row[0] for row in page.rows] == ["Standard_Missing"]
    assert (end_of(missing), actions()) == (None, [])

    form = page.the("form", action="/prices/import/confirm/")
    days = {name: form.the("input", name=name)["value"] for name in DAYS}
    client.post("/prices/import/confirm/", {"text": asked["text"], **days})
    assert (end_of(product), end_of(missing)) == (None, TOMORROW)
