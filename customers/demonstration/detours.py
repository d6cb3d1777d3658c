"""The rest of the year: detours that end where they began, one after the other."""

from datetime import datetime

from customers.demonstration.acts import DAY, PAST, Diary
from customers.demonstration.chapters import (
    SAVINGS_PLAN,
    Chapter,
    add_license,
    give_role,
    take_role,
    turn,
)
from customers.models import AzureRole
from customers.operations.subscriptions import reactivate_subscription, suspend_subscription


def fill(diary: Diary, chapters: list[Chapter], number: int) -> None:
    """`number` more acts, in pairs, spread over these customers, who are at rest."""
    since, until = diary.now - PAST + DAY * 190, diary.now - DAY * 3
    pairs, odd = divmod(number, 2)
    slot = (until - since) / (pairs // len(chapters) + 1)
    for turn_number in range(pairs):
        round_number, index = divmod(turn_number, len(chapters))
        start = since + slot * round_number
        detour = diary.chance.choice((_try_savings_plan, _suspend_shortly, _help_out))
        first = diary.working_hour(start + slot * (0.4 * diary.chance.random()))
        last = diary.working_hour(first + slot * (0.2 + 0.2 * diary.chance.random()))
        detour(diary, chapters[index], first, last)
    for _ in range(odd):
        add_license(diary, chapters[0].customer, diary.now - DAY * 2)


def _try_savings_plan(diary: Diary, chapter: Chapter, start: datetime, end: datetime) -> None:
    turn(diary, chapter.customer, start, on=True, resource=SAVINGS_PLAN)
    turn(diary, chapter.customer, end, on=False, resource=SAVINGS_PLAN)


def _suspend_shortly(diary: Diary, chapter: Chapter, start: datetime, end: datetime) -> None:
    """Unless the subscription is needed meanwhile."""
    if any(start <= moment <= end for moment in chapter.needed):
        _help_out(diary, chapter, start, end)
        return
    diary.does(start, lambda by: suspend_subscription(subscription=chapter.azure, by=by))
    diary.does(end, lambda by: reactivate_subscription(subscription=chapter.azure, by=by))


def _help_out(diary: Diary, chapter: Chapter, start: datetime, end: datetime) -> None:
    """The Owner holds a second role for a while."""
    helper = give_role(diary, chapter.azure, chapter.users[0], AzureRole.CONTRIBUTOR, start)
    take_role(diary, helper, end)
