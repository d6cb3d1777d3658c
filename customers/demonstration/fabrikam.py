"""The one story that can be followed from start to end."""

from dataclasses import replace
from datetime import datetime, timedelta

from customers.demonstration.acts import DAY, Diary
from customers.demonstration.chapters import (
    Chapter,
    add_azure,
    give_role,
    take_role,
    turn,
)
from customers.demonstration.prices import OwnPrice, set_price
from customers.demonstration.purchases import Wish, buy, fail, let_in
from customers.demonstration.reservations import cancel, exchange, larger, rename, scope
from customers.demonstration.usage import WEEKS, Load, import_days
from customers.models import (
    AzureRole,
    BillingCycle,
    CustomerUser,
    Product,
    Scope,
    Subscription,
    Term,
)

SMALL, MEDIUM, LARGE = "Standard_D2s_v5", "Standard_D4s_v5", "Standard_D8s_v5"
MISTAKE = "Standard_E4s_v5"
EXCHANGED = 24  # days ago
SOON = timedelta(minutes=20)


def play(diary: Diary, chapter: Chapter) -> None:
    """Fabrikam's year, as its Activity page tells it.

    1. An Azure plan is bought, with Marguerite Ellsbury as Owner. Erik Holm, who has left since,
       allows Fabrikam to purchase reservations.
    2. An Azure Global subscription follows. Marguerite buys two Standard_D2s_v5 in the portal,
       shared and billed monthly: both subscriptions use them.
    3. Fabrikam gets a price of its own for them.
    4. Marguerite's Standard_D4s_v5 is soon too small: Ada Lindqvist exchanges it for a
       Standard_D8s_v5, names it, and shares it with both subscriptions.
    5. Dominic Okonjo-Reyes becomes Owner of the second subscription and buys three Standard_E4s_v5
       by mistake. Ada cancels them with a refund and takes the role away; when he tries again, he
       is refused.
    6. Some hours ago Marguerite bought two more Standard_D2s_v5, at Fabrikam's own price.
    """
    marguerite, dominic, tilda = chapter.users
    _is_allowed(diary, chapter, marguerite, (dominic, tilda))
    second = _shares(diary, chapter, marguerite)
    _outgrows(diary, chapter, marguerite)
    _errs(diary, chapter, second, dominic)
    buy(diary, _wish(diary, chapter, diary.now - timedelta(hours=3), SMALL, 2), by=marguerite)
    _uses(diary, chapter.azure, second, chapter.region)


def _is_allowed(
    diary: Diary, chapter: Chapter, owner: CustomerUser, others: tuple[CustomerUser, CustomerUser]
) -> None:
    start = chapter.start
    chapter.subscription = plan = add_azure(diary, chapter.customer, start, Product.AZURE_PLAN)
    give_role(diary, plan, owner, AzureRole.OWNER, start + SOON)
    give_role(diary, plan, others[0], AzureRole.CONTRIBUTOR, start + 2 * SOON)
    give_role(diary, plan, others[1], AzureRole.READER, start + 3 * SOON)
    turn(diary, chapter.customer, start + DAY, on=True, by=diary.former_admin)


def _shares(diary: Diary, chapter: Chapter, owner: CustomerUser) -> Subscription:
    """The second subscription, which has a share in what is bought on the first one."""
    second = add_azure(diary, chapter.customer, diary.days_ago(330), Product.AZURE_GLOBAL)
    let_in(diary, owner, diary.days_ago(326))
    wish = _wish(diary, chapter, diary.days_ago(325), SMALL, 2)
    buy(diary, replace(wish, cycle=BillingCycle.MONTHLY), by=owner)
    set_price(diary, OwnPrice(chapter, SMALL, Term.ONE_YEAR, below=6), diary.days_ago(150))
    return second


def _outgrows(diary: Diary, chapter: Chapter, owner: CustomerUser) -> None:
    wish = replace(_wish(diary, chapter, diary.days_ago(110), MEDIUM), scope=Scope.SINGLE)
    buy(diary, wish, by=owner)
    at = diary.days_ago(EXCHANGED)
    exchange(diary, wish, larger(diary, wish), at)
    rename(diary, wish, "Order processing", at + SOON)
    scope(diary, wish, Scope.SHARED, diary.days_ago(EXCHANGED - 10))


def _errs(diary: Diary, chapter: Chapter, second: Subscription, user: CustomerUser) -> None:
    owner = give_role(diary, second, user, AzureRole.OWNER, diary.days_ago(36))
    let_in(diary, user, diary.days_ago(35))
    wish = replace(
        _wish(diary, chapter, diary.days_ago(33), MISTAKE, 3),
        subscription=second,
        scope=Scope.SINGLE,
    )
    buy(diary, wish, by=user)
    at = diary.days_ago(21)
    cancel(diary, wish, at)
    take_role(diary, owner, at + SOON)
    fail(diary, replace(wish, key=diary.uuid(), at=diary.days_ago(6)), user, "not_owner")


def _uses(diary: Diary, first: Subscription, second: Subscription, region: str) -> None:
    """The small ones are shared, the medium one was full, the large one is full again."""
    loads = [
        Load(first, SMALL, region, weekdays=28, weekends=25),
        Load(second, SMALL, region, weekdays=18, weekends=6),
        Load(first, MEDIUM, region, weekdays=26, weekends=24, last=EXCHANGED),
        Load(first, LARGE, region, weekdays=20, weekends=17, first=EXCHANGED),
        Load(second, LARGE, region, weekdays=7, weekends=3, first=EXCHANGED - 11),
        Load(second, MISTAKE, region, weekdays=20, weekends=0, first=32, last=21),
    ]
    import_days(diary, loads, first=7 * WEEKS, last=15)
    import_days(diary, loads, first=14, last=1)


def _wish(diary: Diary, chapter: Chapter, at: datetime, sku: str, quantity: int = 1) -> Wish:
    """So many for a year, shared, paid at once."""
    return Wish(chapter, chapter.azure, at, diary.uuid(), sku, chapter.region, quantity=quantity)
