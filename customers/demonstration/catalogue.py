"""The price list of the demonstration: real SKUs at prices that are made up."""

from collections.abc import Iterator
from decimal import Decimal

from customers.models import BillingFrequency, ProductType, Term
from customers.money import rounded

HEADER = "product_type,sku,region,term,billing_frequency,currency,web_direct_price"

# One instance for a year in westeurope, in USD
SKUS: dict[ProductType, dict[str, Decimal]] = {
    ProductType.VIRTUAL_MACHINES: {
        "Standard_B2ms": Decimal(412),
        "Standard_D2s_v5": Decimal(596),
        "Standard_D4s_v5": Decimal(1192),
        "Standard_D8s_v5": Decimal(2384),
        "Standard_E4s_v5": Decimal(1507),
        "Standard_E8s_v5": Decimal(3014),
        "Standard_F4s_v2": Decimal(1049),
    },
    ProductType.SQL_DATABASES: {"SQLDB_GP_Compute_Gen5": Decimal(1311)},
    ProductType.COSMOS_DB: {"CosmosDB_100_RUs": Decimal(48)},
}
REGIONS: dict[str, Decimal] = {
    "westeurope": Decimal("1.00"),
    "uksouth": Decimal("1.03"),
    "eastus": Decimal("0.91"),
    "japaneast": Decimal("1.12"),
}
TERMS: dict[Term, Decimal] = {Term.ONE_YEAR: Decimal(1), Term.THREE_YEARS: Decimal("1.94")}
RATES: dict[str, Decimal] = {
    "USD": Decimal(1),
    "EUR": Decimal("0.92"),
    "GBP": Decimal("0.79"),
    "JPY": Decimal(151),
}
# In which the customers of a country are billed; the others in USD
CURRENCY_OF = {
    "GB": "GBP",
    "JP": "JPY",
    **dict.fromkeys(("AT", "DE", "ES", "FR", "GR", "IE"), "EUR"),
}
# Where the instances of a country's customers run; the others' run in westeurope
REGION_OF = {
    "GB": "uksouth",
    "IE": "uksouth",
    **dict.fromkeys(("AU", "CN", "JP", "KR", "TH", "TW"), "japaneast"),
    **dict.fromkeys(("AR", "BR", "CA", "MX", "US"), "eastus"),
}


def price_list(change: Decimal = Decimal(1)) -> str:
    """The whole catalogue as CSV, with each price `change` times what it was at first."""
    return "\n".join([HEADER, *_lines(change)]) + "\n"


def _lines(change: Decimal) -> Iterator[str]:
    for product_type, skus in SKUS.items():
        for sku, price in skus.items():
            for region, place in REGIONS.items():
                for term, length in TERMS.items():
                    for currency, rate in RATES.items():
                        amount = rounded(price * place * length * rate * change, currency)
                        yield ",".join(
                            (product_type, sku, region, term, BillingFrequency.EITHER,
                             currency, amount.code)
                        )  # fmt: skip
