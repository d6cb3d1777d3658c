"""manage.py deliver_webhooks"""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from partnercenter.webhooks.courier import Courier, carry_out


class Command(BaseCommand):
    help = (
        "Sends to webhooks what is due, once. Only needed where the server is not started with "
        "gunicorn.conf.py, whose workers deliver by themselves."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forever", action="store_true", help="Goes on until it is interrupted or terminated."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forever"]:
            return _forever()
        counts = carry_out()
        self.stdout.write(
            f"Planned: {counts['planned']}, delivered: {counts['delivered']}, to be tried again: "
            f"{counts['pending']}, failed: {counts['failed']}"
        )
        return None


def _forever() -> None:
    courier = Courier()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: courier.stop())
    courier.run()
