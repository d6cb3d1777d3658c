"""What becomes of reservations: Admin agents do it on the customers' behalf."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

from activitylog.recording import Actor, System
from customers.demonstration.acts import DAY, Diary
from customers.demonstration.chapters import Chapter
from customers.demonstration.purchases import Wish, buy, wish_for
from customers.models import BillingCycle, Reservation, Scope, Term
from customers.models.reservation import end_of_term
from customers.operations.cancellations import cancel_reservation, reviewed
from customers.operations.exchanges import exchange_of, exchange_reservation
from customers.operations.renewals import renew_reservation, renewal_of
from customers.operations.reservations import change_scope, expire_reservations, rename_reservation

LARGER = {
    "Standard_B2ms": "Standard_D2s_v5",
    "Standard_D2s_v5": "Standard_D4s_v5",
    "Standard_D4s_v5": "Standard_D8s_v5",
    "Standard_E4s_v5": "Standard_E8s_v5",
    "Standard_F4s_v2": "Standard_D8s_v5",
}
NAMES = ("Web shop", "Build servers", "Accounting", "Data warehouse")


def reservation_of(wish: Wish) -> Reservation:
    """What the wish bought, or what it was exchanged for."""
    bought = Reservation.objects.get(item__order__forms__key=wish.key)
    return Reservation.objects.filter(replaces=bought).first() or bought


def larger(diary: Diary, wish: Wish) -> Wish:
    """The next size, or twice as many where there is none."""
    if wish.sku in LARGER:
        return replace(wish, sku=LARGER[wish.sku], key=diary.uuid())
    return replace(wish, quantity=2 * wish.quantity, key=diary.uuid())


# The acts


def cancel(diary: Diary, wish: Wish, at: datetime) -> None:
    def play(by: Actor) -> None:
        reservation = reservation_of(wish)
        refund = reviewed(reservation).refund
        cancel_reservation(reservation=reservation, expected_refund=refund, by=by)

    diary.does(at, play)


def exchange(diary: Diary, wish: Wish, wanted: Wish, at: datetime) -> None:
    def play(by: Actor) -> None:
        reservation, purchase = reservation_of(wish), wanted.purchase
        credit = exchange_of(reservation, purchase).credit
        exchange_reservation(
            reservation=reservation, purchase=purchase, expected_credit=credit, by=by
        )

    wish.chapter.needed.append(at)
    diary.does(at, play)


def renew(diary: Diary, wish: Wish, at: datetime) -> None:
    def play(by: Actor) -> None:
        reservation = reservation_of(wish)
        price = renewal_of(reservation).unit_price
        renew_reservation(reservation=reservation, expected_price=price, by=by)

    wish.chapter.needed.append(at)
    diary.does(at, play)


def scope(diary: Diary, wish: Wish, wanted: Scope, at: datetime) -> None:
    wish.chapter.needed.append(at)
    diary.does(at, lambda by: change_scope(reservation=reservation_of(wish), scope=wanted, by=by))


def rename(diary: Diary, wish: Wish, name: str, at: datetime) -> None:
    diary.does(
        at, lambda by: rename_reservation(reservation=reservation_of(wish), name=name, by=by)
    )


def expire(diary: Diary, wish: Wish) -> None:
    """By itself, in the night after the end of its term."""
    end = end_of_term(wish.at, wish.term) + DAY
    at = end.replace(hour=2, minute=0, second=0, microsecond=0)
    diary.does(at, lambda _by: expire_reservations(now=at), by=System())


# Fates


def age(diary: Diary, wishes: list[Wish]) -> None:
    """Some of what was bought is cancelled, exchanged, renamed or scoped anew."""
    old = [
        wish
        for wish in wishes
        if wish.at < diary.now - DAY * 70 and wish.chapter.is_served_at(diary.now - DAY)
    ]
    for wish, fate in zip(old[::3], cycle(FATES), strict=False):
        fate(diary, wish)


def _cancelled_at_once(diary: Diary, wish: Wish) -> None:
    cancel(diary, wish, wish.at + DAY * 2)


def _cancelled_later(diary: Diary, wish: Wish) -> None:
    """Those that were paid at once: of an instalment or two the fee leaves nothing."""
    if wish.cycle == BillingCycle.MONTHLY:
        _exchanged(diary, wish)
    else:
        cancel(diary, wish, wish.at + DAY * 40)


def _exchanged(diary: Diary, wish: Wish) -> None:
    exchange(diary, wish, larger(diary, wish), wish.at + DAY * 50)


def _scoped_anew(diary: Diary, wish: Wish) -> None:
    other = Scope.SINGLE if wish.scope == Scope.SHARED else Scope.SHARED
    scope(diary, wish, other, wish.at + DAY * 20)


def _renamed(diary: Diary, wish: Wish) -> None:
    rename(diary, wish, diary.chance.choice(NAMES), wish.at + timedelta(hours=3))


FATES: tuple[Callable[[Diary, Wish], None], ...] = (
    _exchanged,
    _renamed,
    _cancelled_later,
    _scoped_anew,
    _cancelled_at_once,
    _renamed,
)


def run_out(diary: Diary, chapters: list[Chapter]) -> list[Wish]:
    """Of the three oldest reservations one expired; one was renewed and has expired since; one is
    renewed, and the renewal begins soon."""
    expired, followed, renewed = (
        buy(diary, _for_a_year(diary, chapters[index], day))
        for index, day in ((2, 1), (3, 1), (5, 10))
    )
    expire(diary, expired)
    renew(diary, followed, diary.days_ago(20))
    expire(diary, followed)
    renew(diary, renewed, diary.days_ago(6))
    return [expired, followed, renewed]


def _for_a_year(diary: Diary, chapter: Chapter, day: int) -> Wish:
    wish = wish_for(diary, chapter, diary.working_hour(chapter.start + DAY * day))
    return replace(wish, term=Term.ONE_YEAR)
