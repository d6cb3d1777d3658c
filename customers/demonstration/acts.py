"""What a year is planned with: acts, who plays them, and chance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from activitylog.recording import Actor
from partnercenter.agents.models import Agent

DAY = timedelta(days=1)
# A year, and two weeks before it: so long that some reservations for one year have ended.
PAST = DAY * 380
RETIRED = DAY * 120  # ago: since then the former Admin agent is gone


@dataclass(frozen=True, slots=True)
class Act:
    """One click, by whom it was made, and when. It makes exactly one record."""

    at: datetime
    by: Actor
    play: Callable[[], object]


@dataclass
class Diary:
    """Collects the acts; `chance` is seeded, so that every demonstration is alike."""

    admin: Agent
    former_admin: Agent
    sales: Agent
    now: datetime
    acts: list[Act] = field(default_factory=list)
    chance: Random = field(default_factory=lambda: Random(20200901))  # noqa: S311 (no secret)

    def does(self, at: datetime, play: Callable[[Actor], object], by: Actor | None = None) -> None:
        """Somebody acts at the moment: one of the Admin agents unless it is said who."""
        actor = by or self._one_of((self.admin, self.former_admin), at)
        self.acts.append(Act(at, actor, lambda: play(actor)))

    def sells(self, at: datetime, play: Callable[[Actor], object]) -> None:
        """The same for what Sales agents do too."""
        self.does(at, play, by=self._one_of((self.admin, self.sales, self.former_admin), at))

    def _one_of(self, agents: Sequence[Agent], at: datetime) -> Agent:
        was_there = at < self.now - RETIRED
        return self.chance.choice(
            [agent for agent in agents if was_there or agent != self.former_admin]
        )

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def working_hour(self, at: datetime) -> datetime:
        """Some moment of the day when people work; no click falls on a whole second."""
        second = self.chance.randrange(3600 * 7, 3600 * 18)
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(seconds=second, microseconds=second * 7919 % 999_999 + 1)

    def days_ago(self, number: int) -> datetime:
        """A working hour so many days before now, of which there are at least one."""
        return self.working_hour(self.now - DAY * number)

    def between(self, start: datetime, end: datetime, number: int) -> list[datetime]:
        """So many working hours, spread over the time; weeks, if not months."""
        slot = (end - start) / (number + 1)
        return [
            self.working_hour(start + slot * (index + 0.5 + 0.5 * self.chance.random()))
            for index in range(number)
        ]
