"""The figures of a cancellation and of an exchange, one by one, as a person follows them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.money import Money, rounded
from customers.operations.exchanges import Exchange
from customers.refunds import Balance, Cancellation


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, what it is, and how it comes about."""

    label: str
    amount: Money
    explanation: str = ""


def of_cancellation(cancellation: Cancellation) -> list[Figure]:
    return [
        *_of_balance(cancellation.balance, whole=cancellation.is_whole),
        Figure(_("Early termination fee"), cancellation.fee, _fee(cancellation)),
        Figure(_("After the fee"), cancellation.after_fee),
        Figure(_("Left of the yearly limit"), cancellation.left_of_cap, _cap(cancellation)),
    ]


def of_exchange(exchange: Exchange) -> list[Figure]:
    return [
        *_of_balance(exchange.balance, whole=False),
        Figure(
            _("New commitment"),
            exchange.purchase.total,
            _("At least the remaining commitment; its term begins now."),
        ),
        Figure(_("Credit"), exchange.credit, _("The unused part of what was paid, without a fee.")),
    ]


def _of_balance(balance: Balance, *, whole: bool) -> Iterator[Figure]:
    yield Figure(_("Commitment"), balance.commitment, _("For the whole term, when it was bought."))
    yield Figure(_("Paid"), balance.paid, _instalments(balance))
    yield Figure(_("Used up"), balance.used_up, _hours(balance))
    yield Figure(_("Remaining commitment"), balance.remaining, _("Commitment less used up."))
    if whole:
        explanation = _("Never used within the days without a fee: all that was paid.")
        yield Figure(_("To be refunded before the fee"), balance.paid, explanation)
        return
    yield Figure(
        _("Unused part of what was paid"), balance.unused, _("Paid less used up, or nothing.")
    )
    if balance.current is not None:
        yield Figure(_("Price today"), balance.current, _("Of the same product and quantity."))
        yield Figure(
            _("Unused part at the lower price"),
            balance.credit,
            _("The lower of the purchase's price and today's counts."),
        )


def _instalments(balance: Balance) -> str:
    due, number = balance.instalments
    if number == 1:
        return _("All at once, when it was bought.")
    return _("%(due)s of %(number)s monthly instalments have fallen due.") % {
        "due": due,
        "number": number,
    }


def _hours(balance: Balance) -> str:
    used, number = (number_format(hours, force_grouping=True) for hours in balance.hours)
    return _("%(used)s of %(number)s hours of the term are over.") % {
        "used": used,
        "number": number,
    }


def _fee(cancellation: Cancellation) -> str:
    terms = cancellation.terms
    if cancellation.is_early:
        return ngettext(
            "None in the first %(days)s day.", "None in the first %(days)s days.", terms.free_days
        ) % {"days": terms.free_days}
    percent = number_format(terms.fee_percent.normalize())
    return _("%(percent)s %% of the remaining commitment, and no more than there is to refund.") % {
        "percent": percent
    }


def _cap(cancellation: Cancellation) -> str:
    cap = rounded(cancellation.terms.yearly_cap, cancellation.terms.currency)
    return _(
        "Of %(cap)s in twelve months, less this customer's refunds of the last twelve months."
    ) % {"cap": cap}
