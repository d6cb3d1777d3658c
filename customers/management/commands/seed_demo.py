"""manage.py seed_demo"""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from activitylog import clock
from activitylog.models import ActivityRecord
from activitylog.origin import Channel, Origin, acting_from
from activitylog.recording import Actor
from customers.demonstration.acts import PAST, RETIRED, Act, Diary
from customers.demonstration.story import planned
from customers.models import Customer, CustomerUser
from partnercenter.agents.demonstration import (
    ACCOUNTS,
    FORMER_ACCOUNT,
    create_demonstration_agent,
    demonstration_accounts,
)
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_active
from partnercenter.applications.demonstration import (
    create_demonstration_client,
    demonstration_client,
    keep_refresh_token_alive,
)

RECORDS = 2000
BEFORE = 2  # records of the system, beside those of ACCOUNTS: the former agent, the application
OFFICE = "203.0.113.24"  # an address that is kept for documentation


class Command(BaseCommand):
    help = (
        "Fills an empty database with about 60 fictional customers and a year of activity, and "
        "prints who can sign in. Works in demonstration mode only; changes nothing where there is "
        "any activity already."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--client-file",
            type=Path,
            help="Where to write what a client of the API has to know, as shell variables.",
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
        client = demonstration_client()
        if client:
            keep_refresh_token_alive()
            self.stdout.write(f"API  {client.shell_variables}")
            _write(options["client_file"], f"{client.shell_variables}\n")


def _write(path: Path | None, text: str) -> None:
    """For nobody else to read."""
    if path:
        path.touch(mode=0o600)
        path.write_text(text)


@transaction.atomic
def seed(now: datetime) -> None:
    """Plays what ends at `now` through the real operations, in one transaction."""
    with clock.pretending(now - PAST):
        admin, sales, _helpdesk = [create_demonstration_agent(account) for account in ACCOUNTS]
        former = create_demonstration_agent(FORMER_ACCOUNT)
        create_demonstration_client(admin)
    diary = Diary(admin=admin, former_admin=former, sales=sales, now=now)
    diary.does(now - RETIRED, lambda by: set_active(agent=former, active=False, by=by), by=admin)
    for act in planned(diary, RECORDS - len(ACCOUNTS) - BEFORE):
        _play(act)


def _play(act: Act) -> None:
    with clock.pretending(act.at), acting_from(_origin(act.by)):
        act.play()


def _origin(by: Actor) -> Origin:
    """Agents act in the dashboard, customers' users in the portal, and the rest is the system's."""
    request_id = str(uuid.uuid4())
    if isinstance(by, Agent):
        return Origin(Channel.DASHBOARD, address=OFFICE, request_id=request_id)
    if isinstance(by, CustomerUser):
        return Origin(Channel.PORTAL, address=_address_of(by.customer), request_id=request_id)
    return Origin()


def _address_of(customer: Customer) -> str:
    """Each customer has an address of its own, kept for documentation too."""
    return f"198.51.100.{1 + customer.pk.int % 254}"
