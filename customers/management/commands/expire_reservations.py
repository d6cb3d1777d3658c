"""manage.py expire_reservations"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from activitylog import clock
from customers.operations.reservations import expire_reservations


class Command(BaseCommand):
    help = (
        "Marks the reservations whose term is over as expired, each with its own record. Can run "
        "as often as one likes. Exit status 1 if any could not be marked."
    )
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        expired = expire_reservations(now=clock.now())
        self.stdout.write(f"Reservations expired: {expired.number}")
        if expired.failed:
            raise CommandError(
                f"Reservations that could not be marked as expired: {expired.failed}. The server's "
                "log says why; they are tried again the next time."
            )
