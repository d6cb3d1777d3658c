"""The states that a page can show: how the switch came to stand, and what stands beside it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from customers.demonstration.acts import DAY, Diary
from customers.demonstration.chapters import (
    SAVINGS_PLAN,
    Chapter,
    add_azure,
    give_role,
    take_role,
    turn,
)
from customers.models import AzureRole, Product
from customers.operations.subscriptions import suspend_subscription


def _ready(diary: Diary, chapter: Chapter) -> None:
    """An Azure subscription with an Owner."""
    product = diary.chance.choice((Product.AZURE_PLAN, Product.AZURE_PLAN, Product.AZURE_GLOBAL))
    at, first, others = chapter.start, chapter.users[0], chapter.users[1:]
    subscription = add_azure(diary, chapter.customer, at, product)
    give_role(diary, subscription, first, AzureRole.OWNER, at + timedelta(minutes=20))
    chapter.subscription, chapter.owners = subscription, [first]
    chapter.served = (at + DAY, diary.now - DAY)
    for user in others:
        role = diary.chance.choice((AzureRole.CONTRIBUTOR, AzureRole.READER, AzureRole.OWNER))
        give_role(diary, subscription, user, role, at + timedelta(minutes=40))
        if role == AzureRole.OWNER:
            chapter.owners.append(user)


def on_for_long(diary: Diary, chapter: Chapter) -> None:
    ready_but_off(diary, chapter)
    since = chapter.start + DAY
    turn(diary, chapter.customer, since, on=True)
    chapter.allowed, chapter.refused = (since, diary.now - DAY), None


def on_since_today(diary: Diary, chapter: Chapter) -> None:
    ready_but_off(diary, chapter)
    seconds = diary.chance.randrange(300, 10_000)
    turn(diary, chapter.customer, diary.now - timedelta(seconds=seconds), on=True)
    chapter.refused = (diary.now - DAY * 3, "not_permitted")


def on_for_both(diary: Diary, chapter: Chapter) -> None:
    _ready(diary, chapter)
    since = chapter.start + DAY * 3
    turn(diary, chapter.customer, since, on=True)
    turn(diary, chapter.customer, chapter.start + DAY * 40, on=True, resource=SAVINGS_PLAN)
    chapter.allowed = (since, diary.now - DAY)


def ready_but_off(diary: Diary, chapter: Chapter) -> None:
    _ready(diary, chapter)
    chapter.at_rest = True


def off_again(diary: Diary, chapter: Chapter) -> None:
    ready_but_off(diary, chapter)
    since, until = chapter.start + DAY * 5, chapter.start + DAY * 60
    turn(diary, chapter.customer, since, on=True)
    turn(diary, chapter.customer, until, on=False)
    chapter.allowed, chapter.refused = (since, until), (until, "not_permitted")


def no_subscription(diary: Diary, chapter: Chapter) -> None:
    """Nothing from Azure: the switch cannot be turned on."""


def no_owner(diary: Diary, chapter: Chapter) -> None:
    add_azure(diary, chapter.customer, chapter.start, Product.AZURE_PLAN)


def suspended(diary: Diary, chapter: Chapter) -> None:
    _ready(diary, chapter)
    _suspend(diary, chapter, chapter.start + DAY * 30)


def on_but_suspended(diary: Diary, chapter: Chapter) -> None:
    _ready(diary, chapter)
    since, lately = chapter.start + DAY * 2, diary.days_ago(diary.chance.randrange(2, 20))
    turn(diary, chapter.customer, since, on=True)
    _suspend(diary, chapter, lately)
    chapter.allowed, chapter.refused = (since, lately), (lately, "not_active")


def _suspend(diary: Diary, chapter: Chapter, at: datetime) -> None:
    diary.does(at, lambda by: suspend_subscription(subscription=chapter.azure, by=by))
    chapter.served = (chapter.start + DAY, at)


def on_but_no_owner(diary: Diary, chapter: Chapter) -> None:
    at, owner = chapter.start, chapter.users[0]
    chapter.subscription = add_azure(diary, chapter.customer, at, Product.AZURE_PLAN)
    held = give_role(diary, chapter.azure, owner, AzureRole.OWNER, at + timedelta(hours=1))
    since, left = at + DAY * 2, diary.days_ago(diary.chance.randrange(2, 30))
    turn(diary, chapter.customer, since, on=True)
    take_role(diary, held, left)
    chapter.owners, chapter.served = [owner], (at + DAY, diary.now - DAY)
    chapter.allowed, chapter.refused = (since, left), (left, "not_owner")


def where_nothing_is_sold(diary: Diary, chapter: Chapter) -> None:
    """Ready but for the market, in which there are no reservations."""
    _ready(diary, chapter)
    chapter.served = None


def twice_under_one_name(diary: Diary, chapter: Chapter) -> None:
    """Another subscription under the name of the first one, which nothing tells but its ID."""
    at, name = diary.days_ago(60), chapter.azure.friendly_name
    second = add_azure(diary, chapter.customer, at, Product.AZURE_GLOBAL, name)
    give_role(diary, second, chapter.users[0], AzureRole.OWNER, at + timedelta(minutes=20))


# Companies take turns at these, so every page has something of each kind to show.
STATES: tuple[Callable[[Diary, Chapter], None], ...] = (
    on_for_long,
    no_subscription,
    ready_but_off,
    on_since_today,
    no_owner,
    ready_but_off,
    on_but_suspended,
    off_again,
    suspended,
    on_but_no_owner,
    on_for_both,
    ready_but_off,
)
