"""Price lists, the partner's margin, refund terms, and prices that single customers have."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from activitylog.recording import Actor
from customers.demonstration.acts import DAY, PAST, Diary
from customers.demonstration.catalogue import RATES, price_list
from customers.demonstration.chapters import Chapter
from customers.models import CustomerPrice, RefundTerms, ReservationProduct, Term
from customers.money import rounded
from customers.operations.catalogue import import_price_list
from customers.operations.prices import (
    set_customer_price,
    set_price_adjustment,
    set_refund_terms,
)
from customers.price_lists import read_price_list
from customers.pricing import price_of

MARGIN = Decimal(8)
DEARER = Decimal("1.03")  # the second price list
# Partner-center facts, section 7, *Cancel*: as documented in 2020; other currencies at RATES
FREE_DAYS, FEE_PERCENT, YEARLY_CAP = 5, Decimal(12), Decimal(50_000)
RENEWAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """So many percent below the default for one customer; without a number, the default again."""

    chapter: Chapter
    sku: str
    term: Term
    below: int | None

    def set(self, valid_from: dt.date, by: Actor) -> CustomerPrice | None:
        customer = self.chapter.customer
        product = ReservationProduct.objects.get(
            sku=self.sku,
            region=self.chapter.region,
            term=self.term,
            currency=self.chapter.currency,
        )
        price = price_of(product, customer, valid_from)
        amount = None
        if price and self.below is not None:
            amount = price.default.percent(Decimal(100 - self.below)).amount
        return set_customer_price(
            customer=customer, product=product, amount=amount, valid_from=valid_from, by=by
        )


def open_the_catalogue(diary: Diary) -> None:
    """Before the first customer: the price list, the margin, and what cancelling gives back.

    All on one day, since nothing is set for days that are over.
    """
    first = (diary.now - PAST + DAY).replace(hour=1, minute=0, second=0, microsecond=0)
    _import(diary, first, Decimal(1), valid_from=first)
    minute = dt.timedelta(minutes=1)
    diary.does(
        first + 5 * minute,
        lambda by: set_price_adjustment(percent=MARGIN, valid_from=first.date(), by=by),
    )
    for number, currency in enumerate(RATES):
        terms = _terms(currency, first.date())
        diary.does(
            first + (10 + number) * minute,
            lambda by, terms=terms: set_refund_terms(terms=terms, by=by),  # type: ignore[misc]
        )


def become_dearer(diary: Diary) -> None:
    """Half a year later a new list is imported, a week before its day."""
    at = diary.working_hour(diary.now - PAST / 2)
    _import(diary, at, DEARER, valid_from=at + DAY * 7)


def give_own_prices(diary: Diary, chapters: list[Chapter]) -> None:
    """To four customers: one has it, one had it, one gets it soon, and one of another term."""
    brewery, bakery, agency, distillery = (chapters[index] for index in (12, 22, 24, 53))
    one, three = Term.ONE_YEAR, Term.THREE_YEARS
    set_price(diary, OwnPrice(brewery, "Standard_D4s_v5", one, 10), diary.days_ago(200))
    set_price(diary, OwnPrice(brewery, "Standard_D4s_v5", one, None), diary.days_ago(80))
    set_price(diary, OwnPrice(agency, "Standard_E4s_v5", three, 4), diary.days_ago(140))
    set_price(diary, OwnPrice(distillery, "Standard_B2ms", one, 7), diary.days_ago(75))
    soon = diary.now + DAY * 20
    set_price(diary, OwnPrice(bakery, "Standard_D2s_v5", one, 5), diary.days_ago(6), soon)


def set_price(
    diary: Diary, price: OwnPrice, at: dt.datetime, valid_from: dt.datetime | None = None
) -> None:
    """An Admin agent sets it at the moment, from that day on or from a later one."""
    diary.does(at, lambda by: price.set((valid_from or at).date(), by))


def _import(diary: Diary, at: dt.datetime, change: Decimal, valid_from: dt.datetime) -> None:
    text = price_list(change)
    diary.does(
        at,
        lambda by: import_price_list(
            price_list=read_price_list(text), valid_from=valid_from.date(), by=by
        ),
    )


def _terms(currency: str, valid_from: dt.date) -> RefundTerms:
    return RefundTerms(
        currency=currency,
        free_days=FREE_DAYS,
        fee_percent=FEE_PERCENT,
        yearly_cap=rounded(YEARLY_CAP * RATES[currency], currency).amount,
        renewal_days=RENEWAL_DAYS,
        valid_from=valid_from,
    )
