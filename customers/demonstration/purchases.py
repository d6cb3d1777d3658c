"""Purchases: by the customers' users in the portal, and by agents on their behalf."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from activitylog.recording import Actor
from customers.demonstration.acts import DAY, Diary
from customers.demonstration.chapters import Chapter
from customers.models import (
    BillingCycle,
    CustomerUser,
    ReservationProduct,
    Scope,
    Subscription,
    Term,
)
from customers.operations.purchase_rules import Purchase
from customers.operations.purchasing import buy_reservation
from customers.operations.sign_in_links import consume_sign_in_link, send_sign_in_link
from customers.pricing import price_of, today
from partnercenter.operations import Refused

# Repeated as often as they are wanted
SKUS = (
    "Standard_D2s_v5",
    "Standard_D2s_v5",
    "Standard_D4s_v5",
    "Standard_D4s_v5",
    "Standard_B2ms",
    "Standard_E4s_v5",
    "Standard_D8s_v5",
    "Standard_F4s_v2",
    "SQLDB_GP_Compute_Gen5",
    "CosmosDB_100_RUs",
)
QUANTITIES = (1, 1, 2, 2, 2, 3, 4, 5, 8, 20)
TERMS = (Term.ONE_YEAR, Term.ONE_YEAR, Term.THREE_YEARS)
CYCLES = (BillingCycle.MONTHLY, BillingCycle.ONE_TIME)
PAUSE = DAY * 80  # between two purchases of one customer, roughly


@dataclass(frozen=True, slots=True)
class Wish:
    """What is bought for a customer, and when. Its key finds the reservation later on."""

    chapter: Chapter
    subscription: Subscription
    at: datetime
    key: UUID
    sku: str
    region: str
    term: Term = Term.ONE_YEAR
    quantity: int = 1
    cycle: BillingCycle = BillingCycle.ONE_TIME
    scope: Scope = Scope.SHARED

    @property
    def purchase(self) -> Purchase:
        """What is confirmed, at the price of the day on which this is asked."""
        product = ReservationProduct.objects.get(
            sku=self.sku, region=self.region, term=self.term, currency=self.chapter.currency
        )
        price = price_of(product, self.chapter.customer, today())
        if price is None:
            raise LookupError(f"{product} has no price.")
        return Purchase(
            product=product,
            quantity=self.quantity,
            billing_cycle=self.cycle,
            scope=self.scope,
            subscription_id=self.subscription.pk,
            unit_price=price.unit,
            key=self.key,
        )

    def confirm(self, by: Actor, refused: str = "") -> None:
        """Buys it. Raises RuntimeError where it goes otherwise than the story wants."""
        outcome = buy_reservation(customer=self.chapter.customer, purchase=self.purchase, by=by)
        code = outcome.code if isinstance(outcome, Refused) else ""
        if code != refused:
            raise RuntimeError(f"{self.chapter.customer}: “{code}” came instead of “{refused}”.")


def shop(diary: Diary, chapters: list[Chapter]) -> list[Wish]:
    """What these customers and the agents buy in the course of the year."""
    wishes: list[Wish] = []
    for chapter in chapters:
        if chapter.served:
            wishes += _by_agents(diary, chapter, *chapter.served)
        if chapter.allowed:
            wishes += _by_users(diary, chapter, *chapter.allowed)
        if chapter.refused:
            _refused(diary, chapter, *chapter.refused)
    return wishes + _lately(diary, chapters)


def buy(diary: Diary, wish: Wish, by: CustomerUser | None = None) -> Wish:
    """The user buys it, or else an agent on the customer's behalf."""
    wish.chapter.needed.append(wish.at)
    if by:
        diary.does(wish.at, wish.confirm, by=by)
    else:
        diary.sells(wish.at, wish.confirm)
    return wish


def fail(diary: Diary, wish: Wish, by: CustomerUser, refused: str) -> None:
    """The user tries to buy it, and is told why not."""
    diary.does(wish.at, lambda user: wish.confirm(user, refused), by=by)


def let_in(diary: Diary, user: CustomerUser, at: datetime) -> None:
    """An agent sends a link to the portal, which the user follows at once."""

    def send(by: Actor) -> None:
        _link, token = send_sign_in_link(user=user, by=by)
        consume_sign_in_link(token=token)

    diary.does(at, send)


def wish_for(diary: Diary, chapter: Chapter, at: datetime) -> Wish:
    """Something that chance chooses."""
    chance = diary.chance
    return Wish(
        chapter=chapter,
        subscription=chapter.azure,
        at=at,
        key=diary.uuid(),
        sku=chance.choice(SKUS),
        region=chapter.region,
        term=chance.choice(TERMS),
        quantity=chance.choice(QUANTITIES),
        cycle=chance.choice(CYCLES),
        scope=chance.choice(tuple(Scope)),
    )


def _by_agents(diary: Diary, chapter: Chapter, start: datetime, end: datetime) -> list[Wish]:
    moments = diary.between(start, end, diary.chance.randrange(1, 4))
    return [buy(diary, wish_for(diary, chapter, at)) for at in moments]


def _by_users(diary: Diary, chapter: Chapter, start: datetime, end: datetime) -> list[Wish]:
    """From time to time one of the Owners, each of whom got a link to the portal before."""
    for number, owner in enumerate(chapter.owners):
        let_in(diary, owner, start + timedelta(hours=1 + number))
    moments = diary.between(start + DAY, end, max(2, (end - start) // PAUSE))
    return [
        buy(diary, wish_for(diary, chapter, at), by=diary.chance.choice(chapter.owners))
        for at in moments
    ]


def _refused(diary: Diary, chapter: Chapter, since: datetime, code: str) -> None:
    """The first Owner tries it once, not long ago."""
    start = max(since, diary.now - DAY * 25)
    at = start + (diary.now - DAY - start) * diary.chance.random()
    fail(diary, wish_for(diary, chapter, at), chapter.owners[0], code)


def _lately(diary: Diary, chapters: list[Chapter]) -> list[Wish]:
    """Whoever can buy has bought something in the last days."""
    able = [each for each in chapters if each.allowed and each.allowed[1] == diary.now - DAY]
    return [
        buy(
            diary,
            replace(
                wish_for(diary, chapter, diary.now - timedelta(hours=6 + 11 * number)),
                quantity=1 + number % 3,
            ),
            by=chapter.owners[0],
        )
        for number, chapter in enumerate(able)
    ]
