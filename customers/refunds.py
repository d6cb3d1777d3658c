"""What a reservation that ends before its term gives back.

Source: partner-center facts, section 7, *Cancel* and *Exchange*. The figures are the partner's to
enter as refund terms (section 9, row 20), so that no day, percentage or amount stands here.
"""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from activitylog import clock
from customers import utilisation
from customers.models import BillingCycle, Refund, RefundReason, RefundTerms, Reservation, Term
from customers.money import Money, nothing, rounded
from customers.pricing import Price, price_of, today
from partnercenter.operations import Refused

HOUR = dt.timedelta(hours=1)
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Balance:
    """How a reservation stands at a moment: what it cost, and what of that is not used up.

    `instalments` and `hours` say how many are over, of how many. `current` is what the same
    instances cost today, or None where they have no price any more.
    """

    commitment: Money
    instalments: tuple[int, int]
    hours: tuple[int, int]
    current: Money | None

    @property
    def paid(self) -> Money:
        """The instalments that have fallen due; paid at once, the commitment is the only one."""
        due, number = self.instalments
        return sum(self.commitment.parts(number)[:due], start=nothing(self.commitment.currency))

    @property
    def used_up(self) -> Money:
        return self.commitment.share(*self.hours)

    @property
    def remaining(self) -> Money:
        """The commitment that still lies ahead: the least that an exchange has to come to."""
        return self.commitment - self.used_up

    @property
    def unused(self) -> Money:
        """What was paid and is not used up, at the price of the purchase."""
        return max(self.paid - self.used_up, nothing(self.commitment.currency))

    @property
    def credit(self) -> Money:
        """The same at the lower of the price of the purchase and today's."""
        if self.current is None or self.commitment <= self.current:
            return self.unused
        return self.unused.share(self.current.amount, self.commitment.amount)

    @property
    def facts(self) -> dict[str, str]:
        """The figures as records keep them."""
        figures = {
            "commitment": self.commitment,
            "paid": self.paid,
            "used_up": self.used_up,
            "remaining_commitment": self.remaining,
            "unused": self.unused,
            "price_today": self.current,
            "credit": self.credit,
        }
        return {**codes(figures), "currency": self.commitment.currency}


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What cancelling gives back under the terms in force, figure by figure.

    `is_early` says that the days without a fee are not over, `is_whole` that it was never used in
    them, and `left_of_cap` what the customer's refunds of the last twelve months leave.
    """

    balance: Balance
    terms: RefundTerms
    is_early: bool
    is_whole: bool
    left_of_cap: Money

    @property
    def before_fee(self) -> Money:
        return self.balance.paid if self.is_whole else self.balance.credit

    @property
    def fee(self) -> Money:
        """The early termination fee; it takes what there is to refund, and no more."""
        if self.is_early:
            return nothing(self.before_fee.currency)
        return min(self.balance.remaining.percent(self.terms.fee_percent), self.before_fee)

    @property
    def after_fee(self) -> Money:
        return self.before_fee - self.fee

    @property
    def refund(self) -> Money:
        return min(self.after_fee, self.left_of_cap)

    @property
    def facts(self) -> dict[str, str]:
        """The figures as records keep them, with the day from which the terms hold."""
        figures = {"fee": self.fee, "left_of_cap": self.left_of_cap, "refund": self.refund}
        terms = {"terms_valid_from": self.terms.valid_from.isoformat()}
        return {**self.balance.facts, **codes(figures), **terms}


def codes(figures: Mapping[str, Money | None]) -> dict[str, str]:
    """The amounts as records keep them: plain digits, without those that there are not."""
    return {name: amount.code for name, amount in figures.items() if amount is not None}


# Computed from what is given alone


def balance_at(reservation: Reservation, now: dt.datetime, current: Money | None) -> Balance:
    """The balance at `now` (aware), with `current` as today's price of the same instances.

    A term is used up by its full hours, as benefits are counted; so the figures that somebody
    reviews still hold when he confirms them a little later.
    """
    term = reservation.term_ends_at - reservation.starts_at
    elapsed = max(dt.timedelta(0), min(now - reservation.starts_at, term))
    return Balance(
        commitment=reservation.commitment,
        instalments=_instalments(reservation, now),
        hours=(elapsed // HOUR, term // HOUR),
        current=current,
    )


def _instalments(reservation: Reservation, now: dt.datetime) -> tuple[int, int]:
    """How many have fallen due, of how many: the first at the start, then one each month."""
    if reservation.billing_cycle == BillingCycle.ONE_TIME:
        return 1, 1
    number = MONTHS_A_YEAR * Term(reservation.product.term).years
    days = (months_later(reservation.starts_at, month) for month in range(number))
    return sum(day <= now for day in days), number


def months_later(moment: dt.datetime, months: int) -> dt.datetime:
    """The same moment so many months later, or earlier below zero; at most the month's last day."""
    year, month = divmod(moment.year * MONTHS_A_YEAR + moment.month - 1 + months, MONTHS_A_YEAR)
    last_day = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last_day))


# Computed from what is stored, now


def terms_in_force(currency: str) -> RefundTerms | None:
    """The refund terms that hold today, or None while nobody has entered any."""
    terms = RefundTerms.objects.filter(currency=currency, valid_from__lte=today())
    return terms.order_by("-valid_from").first()


def no_terms() -> Refused:
    return Refused(
        _(
            "There are no refund terms for this currency yet, so nothing was computed or changed. "
            "An Admin agent has to enter them on Prices › Refund terms."
        ),
        code="no_terms",
    )


def balance_of(reservation: Reservation) -> Balance:
    """The balance now, at today's price."""
    price = price_of(reservation.product, reservation.customer, today())
    return balance_with(reservation, price)


def balance_with(reservation: Reservation, price: Price | None) -> Balance:
    """The same for who has read today's price of its product, None where there is none."""
    current = price.unit.times(reservation.quantity) if price else None
    return balance_at(reservation, clock.now(), current)


def cancellation_of(reservation: Reservation, terms: RefundTerms) -> Cancellation:
    """What cancelling the reservation gives back now.

    The days without a fee are those after a purchase; an exchange does not make new ones.
    """
    age, free = clock.now() - reservation.starts_at, dt.timedelta(days=terms.free_days)
    is_early = age <= free and reservation.replaces_id is None
    cap = rounded(terms.yearly_cap, terms.currency)
    return Cancellation(
        balance=balance_of(reservation),
        terms=terms,
        is_early=is_early,
        is_whole=is_early and not utilisation.was_used(reservation),
        left_of_cap=max(cap - _refunded_lately(reservation), nothing(cap.currency)),
    )


def _refunded_lately(reservation: Reservation) -> Money:
    """The customer's refunds of the last twelve months; exchanges do not count."""
    refunds = Refund.objects.filter(
        reservation__customer=reservation.customer_id,
        currency=reservation.currency,
        reason=RefundReason.CANCEL,
        created_at__gt=months_later(clock.now(), -MONTHS_A_YEAR),
    )
    amount: Decimal | None = refunds.aggregate(sum=Sum("amount"))["sum"]
    return rounded(amount or Decimal(0), reservation.currency)
