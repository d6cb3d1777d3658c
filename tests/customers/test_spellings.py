"""One SKU in one region is one thing, however it is spelled."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers.api.offers import reservation_offer_id, reservation_product
from customers.codes import chosen, identity, spelling
from customers.models import Customer, ProductType, ReservationProduct, Term, UsageRecord
from customers.models.product import TERM_WORDS
from customers.operations.catalogue import add_product
from customers.operations.usage import import_usage, preview_usage
from customers.price_list_plans import plan_of
from customers.price_lists import read_price_list
from customers.pricing import price_of, today
from customers.utilisation import ONE_DAY, hours, utilisation_of
from partnercenter.agents.models import Agent
from tests.conftest import SignIn
from tests.customers.buying import bought
from tests.customers.pages import rows
from tests.customers.pricing import D2S, imported, line, set_own_price, text
from tests.factories import ReservationProductFactory, SubscriptionFactory

pytestmark = pytest.mark.usefixtures("sound_log")

SPELLINGS = ["westeurope", "WestEurope", "West Europe", " WEST  EUROPE ", "ｗｅｓｔｅｕｒｏｐｅ"]
OTHER = "VirtualMachines,standard_d2S_V5,West Europe,P1Y,either,USD"


@pytest.mark.parametrize("written", [*SPELLINGS, "west\u200beurope", "\ufeffwesteurope"])
def test_case_blanks_width_and_invisible_characters_make_no_difference(written: str) -> None:
    assert identity(written) == "westeurope"


def test_other_characters_make_a_difference() -> None:
    assert len({identity(code) for code in ("D2s_v5", "D2sv5", "D2s-v5", "D2s.v5")}) == 4


@given(st.text(max_size=80))
def test_a_spelling_is_spelled_once_and_is_the_same_thing(written: str) -> None:
    assert spelling(spelling(written)) == spelling(written)
    assert identity(spelling(written)) == identity(written) == identity(identity(written))


@pytest.mark.parametrize("written", ["P1Y", "p1y", " 1 Year", "1Year", "１ YEAR"])
def test_a_term_is_read_as_microsoft_writes_it(written: str) -> None:
    assert chosen(written, Term.values, **TERM_WORDS) == "P1Y"


@pytest.mark.parametrize("written", ["virtual machines", "VIRTUALMACHINES", "Virtual-Machines"])
def test_a_product_type_is_read_in_any_spelling(written: str) -> None:
    assert chosen(written, ProductType.values) == "VirtualMachines"


# The catalog


def test_a_price_list_in_another_spelling_prices_the_same_product(
    ada: Agent, product: ReservationProduct
) -> None:
    imported(ada, line("480.00", "virtual machines,STANDARD_D2s_v5,West Europe,1 Year,Either,usd"))

    assert [str(each) for each in ReservationProduct.objects.all()] == [str(product)]
    product.refresh_from_db()
    assert (product.sku, product.region, product.product_type) == (
        "Standard_D2s_v5",
        "westeurope",
        "VirtualMachines",
    )


def test_a_list_that_names_a_product_in_two_spellings_is_refused() -> None:
    read = read_price_list(text(line("500.00"), line("480.00", OTHER)))
    assert [(error.line, error.sentence) for error in read.errors] == [(3, "Duplicate of line 2.")]


def test_a_new_product_takes_the_spelling_that_the_catalog_has(
    ada: Agent, product: ReservationProduct
) -> None:
    imported(ada, line("900.00", OTHER.replace("P1Y", "P3Y")))
    new = ReservationProduct.objects.get(term="P3Y")
    assert (new.sku, new.region) == (product.sku, product.region)


def test_a_preview_shows_the_spelling_of_the_catalog(product: ReservationProduct) -> None:
    plan = plan_of(read_price_list(text(line("480.00", OTHER))), today())
    assert [step.product.region for step in plan.steps] == ["westeurope"]


def test_a_single_product_in_another_spelling_is_refused(
    ada: Agent, product: ReservationProduct
) -> None:
    twin = ReservationProduct(
        sku="standard_d2s_v5", region="West Europe", term="P1Y", currency="USD"
    )
    with pytest.raises(ValidationError, match="This reserved instance is already in the catalog"):
        add_product(product=twin, amount=Decimal(1), valid_from=today(), by=ada)
    assert ReservationProduct.objects.count() == 1


def test_a_customers_own_price_holds_for_every_spelling(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    set_own_price(product, fabrikam, ada, "450.00")
    imported(ada, line("480.00", OTHER))
    assert [
        str(price.unit)
        for each in ReservationProduct.objects.all()
        if (price := price_of(each, fabrikam, today()))
    ] == ["450.00 USD"]


@pytest.mark.parametrize("sought", ["West Europe", "westeurope", "STEURO"])
@pytest.mark.parametrize("region", ["westeurope", "West Europe"])
def test_a_search_finds_every_spelling(
    sign_in: SignIn, ada: Agent, region: str, sought: str
) -> None:
    ReservationProductFactory.create(region=region)
    assert len(rows(sign_in(ada).get("/prices/", {"q": sought}))) == 1


# The API


@pytest.mark.parametrize("region", SPELLINGS)
def test_an_offer_is_found_in_any_spelling(product: ReservationProduct, region: str) -> None:
    offer = f"virtualmachines:standard_D2S_v5:{region}"
    assert reservation_product(offer, term="P1Y", currency="USD") == product


def test_the_offer_id_of_a_product_has_no_blanks() -> None:
    product = ReservationProductFactory.create(sku="Standard_D2s_v5", region="West Europe")
    offer = reservation_offer_id(product)
    assert offer == "VirtualMachines:Standard_D2s_v5:WestEurope"
    assert reservation_product(offer, term="P1Y", currency="USD") == product


# Usage


def usage_file(subscription_id: object, *cells: str) -> str:
    lines = [f"{subscription_id},{each}" for each in cells]
    return "\n".join(["subscription_id,sku,region,day,hours", *lines])


def test_usage_in_any_spelling_is_covered(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    held = bought(product, fabrikam, ada)
    yesterday = today() - ONE_DAY
    held.starts_at -= dt.timedelta(days=10)
    held.save()
    import_usage(
        text=usage_file(held.subscription_id, f"standard_d2s_v5,West Europe,{yesterday},12"),
        by=ada,
    )
    found = utilisation_of([held], yesterday, yesterday)
    assert found[held.pk].used == hours(Decimal(12))


def test_usage_is_stored_in_the_spelling_of_the_catalog(
    ada: Agent, product: ReservationProduct
) -> None:
    azure = SubscriptionFactory.create()
    import_usage(text=usage_file(azure.pk, "standard_d2s_v5,West Europe,2026-02-01,1"), by=ada)
    assert [(row.sku, row.region) for row in UsageRecord.objects.all()] == [
        ("Standard_D2s_v5", "westeurope")
    ]


def test_usage_that_is_given_twice_in_one_file_is_noticed_in_any_spelling() -> None:
    azure = SubscriptionFactory.create()
    written = usage_file(azure.pk, "D2s,eastus,2026-02-01,24", "d2s,East US,2026-02-01,24")
    assert [(error.line, error.sentence) for error in preview_usage(written).errors] == [
        (3, "Duplicate of line 2.")
    ]


def test_usage_in_another_spelling_replaces_what_is_stored(ada: Agent) -> None:
    azure = SubscriptionFactory.create()
    for cells in ("D2s,eastus,2026-02-01,24", "d2s,East US,2026-02-01,20"):
        import_usage(text=usage_file(azure.pk, cells), by=ada)
    assert [(row.sku, row.region, row.hours) for row in UsageRecord.objects.all()] == [
        ("D2s", "eastus", Decimal(20))
    ]


def test_the_list_of_the_same_prices_in_another_spelling_changes_nothing(
    ada: Agent, product: ReservationProduct
) -> None:
    assert imported(ada, line("500.00", OTHER)).steps == []
    assert D2S.split(",")[2] == ReservationProduct.objects.get().region
