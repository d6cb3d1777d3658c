"""manage.py createsuperuser: there are none, and this says what to use instead."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "There are no superusers; see create_agent."

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "There are no superusers: nobody stands above the table of roles. The first agent is "
            'made by: manage.py create_agent NAME --role "Admin agent"'
        )
