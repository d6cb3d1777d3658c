"""A year in the life of a partner, as a list of acts with their moments.

Every act is one of the real operations. They are planned here, chapter by chapter, and played by
`seed_demo` in the order of their moments, so that the log looks as if people had clicked all year.
"""

from customers.demonstration import detours, fabrikam, prices, purchases, reservations, usage
from customers.demonstration.acts import Act, Diary
from customers.demonstration.chapters import cast
from customers.demonstration.states import (
    STATES,
    twice_under_one_name,
    where_nothing_is_sold,
)


def planned(diary: Diary, number_of_acts: int) -> list[Act]:
    """The whole year in the order of its moments, `number_of_acts` long."""
    prices.open_the_catalogue(diary)
    chapters = cast(diary)
    fabrikam.play(diary, chapters[0])
    for index, chapter in enumerate(chapters[1:-1], start=1):
        STATES[index % len(STATES)](diary, chapter)
    where_nothing_is_sold(diary, chapters[-1])
    prices.become_dearer(diary)
    prices.give_own_prices(diary, chapters)
    oldest = reservations.run_out(diary, chapters)
    wishes = purchases.shop(diary, chapters)
    reservations.age(diary, wishes)
    usage.run(diary, [*oldest, *wishes])
    twice_under_one_name(diary, chapters[len(STATES)])
    resting = [chapter for chapter in chapters if chapter.at_rest]
    detours.fill(diary, resting, number_of_acts - len(diary.acts))
    return sorted(diary.acts, key=lambda act: act.at)
