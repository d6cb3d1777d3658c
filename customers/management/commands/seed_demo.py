"""manage.py seed_demo"""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from activitylog import clock
from activitylog.models import ActivityRecord
from activitylog.origin import Channel, Origin, acting_from
from customers.demonstration.story import RETIRED, YEAR, Act, Story
from partnercenter.agents.demonstration import (
    ACCOUNTS,
    FORMER_ACCOUNT,
    create_demonstration_agent,
    demonstration_accounts,
)
from partnercenter.agents.operations import set_active

RECORDS = 2000
OFFICE = "203.0.113.24"  # an address that is kept for documentation


class Command(BaseCommand):
    help = (
        "Fills an empty database with about 60 fictional customers and a year of activity, and "
        "prints who can sign in. Works in demonstration mode only; changes nothing where there is "
        "any activity already."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Demonstration data is for the demonstration mode: DEMONSTRATION=1.")
        if ActivityRecord.objects.exists():
            self.stdout.write("There is activity already; nothing was changed.")
        else:
            seed(timezone.now())
        for account in demonstration_accounts():
            self.stdout.write(f"{account.role.label}  {account.username}  {account.password}")


@transaction.atomic
def seed(now: datetime) -> None:
    """Plays the year that ends at `now` through the real operations, in one transaction."""
    with clock.pretending(now - YEAR):
        admin, *_others = [create_demonstration_agent(account) for account in ACCOUNTS]
        former = create_demonstration_agent(FORMER_ACCOUNT)
    story = Story(admin=admin, former_admin=former, now=now)
    leaving = Act(now - RETIRED, admin, lambda: set_active(agent=former, active=False, by=admin))
    acts = [leaving, *story.planned(RECORDS - len(ACCOUNTS) - 2)]
    for act in sorted(acts, key=lambda act: act.at):
        _play(act)


def _play(act: Act) -> None:
    origin = Origin(Channel.DASHBOARD, address=OFFICE, request_id=str(uuid.uuid4()))
    with clock.pretending(act.at), acting_from(origin):
        act.play()
