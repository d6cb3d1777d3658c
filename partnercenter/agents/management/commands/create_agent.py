"""manage.py create_agent"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from activitylog.recording import System
from partnercenter.agents.management.passwords import asked_password
from partnercenter.agents.operations import create_agent
from partnercenter.agents.roles import Role


class Command(BaseCommand):
    help = (
        "Creates an agent, such as an installation's first Admin agent. The password is asked for, "
        "or read from the variable AGENT_PASSWORD, or from standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="user principal name, such as ada@example.com")
        parser.add_argument("--name", help="display name; the user principal name if left out")
        parser.add_argument("--role", action="append", required=True, choices=Role.values)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            agent = create_agent(
                username=options["username"],
                display_name=options["name"] or options["username"],
                password=asked_password(),
                roles=[Role(name) for name in options["role"]],
                by=System(),
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"{agent.username} can sign in as {', '.join(agent.role_names)}.")
