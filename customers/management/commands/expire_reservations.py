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
        self.stdout.write(f"{expired.number} reservations expired.")
        if expired.failed:
            raise CommandError(
                f"{expired.failed} reservations could not be marked; the server's log says why. "
                "They will be tried again the next time."
            )
