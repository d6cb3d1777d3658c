"""What importing a price list would change."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from customers.models import ReservationProduct
from customers.money import Money, rounded
from customers.price_lists import Key, Line, PriceList, key_of
from customers.pricing import with_prices


@dataclass(frozen=True, slots=True)
class Step:
    """What an import does with a line that changes something.

    `stored` is the product as the catalogue has it, None for a new one; `old` is the price that
    would hold on the day without the import.
    """

    line: Line
    stored: ReservationProduct | None
    old: Money | None

    @property
    def product(self) -> ReservationProduct:
        """The product, in the spelling of the catalogue where it is in there."""
        return self.stored or self.line.product

    @property
    def changes_price(self) -> bool:
        return self.old != self.line.price

    @property
    def changes_product(self) -> bool:
        """Whether the product is sold as another type, or billed in another way."""
        return self.stored is not None and kind_of(self.stored) != kind_of(self.line.product)

    @property
    def changes_end_of_sale(self) -> bool:
        """Whether the line says another end of sale than there is; of a new product, any."""
        stored = self.stored.end_of_sale if self.stored else None
        return self.line.says_end_of_sale and stored != self.line.product.end_of_sale

    @property
    def changes_anything(self) -> bool:
        return self.changes_price or self.changes_product or self.changes_end_of_sale


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import would do: the steps in the order of the list, and the products that it
    doesn't name and whose sale would end by that.
    """

    price_list: PriceList
    valid_from: dt.date
    steps: list[Step]
    missing_end_on: dt.date | None = None
    missing: list[ReservationProduct] = field(default_factory=list)

    @property
    def changes_anything(self) -> bool:
        return bool(self.steps or self.missing)

    @property
    def counts(self) -> dict[str, int]:
        """How many lines bring what; a line may change both the product and its price."""
        counted = Counter(name for step in self.steps for name in _effects(step))
        return {
            "new_products": counted["new_products"],
            "changed_prices": counted["changed_prices"],
            "changed_products": counted["changed_products"],
            "changed_ends_of_sale": counted["changed_ends_of_sale"] + len(self.missing),
            "unchanged": len(self.price_list.lines) - len(self.steps),
        }


def plan_of(
    price_list: PriceList, valid_from: dt.date, missing_end_on: dt.date | None = None
) -> Plan:
    """What importing the list from the day on would do now. The list has no errors.

    With `missing_end_on`, the sale of products that the list doesn't name ends on that day, unless
    it ends earlier: those of a type and a currency of which the list has any.
    """
    stored = _catalogue(price_list, valid_from)
    steps = [_step(line, stored.get(key_of(line.product))) for line in price_list.lines]
    return Plan(
        price_list,
        valid_from,
        [step for step in steps if step.changes_anything],
        missing_end_on,
        list(_missing(price_list, stored, missing_end_on)) if missing_end_on else [],
    )


def kind_of(product: ReservationProduct) -> tuple[str, str]:
    """What an import changes of a product beside its price: its type, and how it is billed."""
    return product.product_type, product.billing_frequency


def _catalogue(price_list: PriceList, day: dt.date) -> dict[Key, ReservationProduct]:
    """The stored products in the list's currencies, with the prices that hold on the day."""
    currencies = {line.product.currency for line in price_list.lines}
    products = ReservationProduct.objects.filter(currency__in=currencies)
    return {key_of(product): product for product in with_prices(products, None, day)}


def _missing(
    price_list: PriceList, stored: dict[Key, ReservationProduct], day: dt.date
) -> Iterator[ReservationProduct]:
    named = {key_of(line.product) for line in price_list.lines}
    about = {(line.product.product_type, line.product.currency) for line in price_list.lines}
    for key, product in stored.items():
        is_meant = (product.product_type, product.currency) in about
        if is_meant and key not in named and product.is_on_sale(day):
            yield product


def _step(line: Line, stored: ReservationProduct | None) -> Step:
    amount: Decimal | None = getattr(stored, "web_direct", None)
    return Step(line, stored, None if amount is None else rounded(amount, line.price.currency))


def _effects(step: Step) -> Iterator[str]:
    if step.stored is None:
        yield "new_products"
    elif step.changes_price:
        yield "changed_prices"
    if step.changes_product:
        yield "changed_products"
    if step.changes_end_of_sale:
        yield "changed_ends_of_sale"
