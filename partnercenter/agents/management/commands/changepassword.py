"""manage.py changepassword: Django's command of this name, through the recorded operation."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from activitylog.recording import System
from partnercenter.agents.management.passwords import asked_password
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_password


class Command(BaseCommand):
    help = (
        "Sets an agent's password, for example where the only Admin agent forgot his. The password "
        "is asked for, or read from the variable AGENT_PASSWORD, or from standard input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="user principal name, such as ada@example.com")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            agent = Agent.objects.get(username=options["username"].lower())
            set_password(agent=agent, password=asked_password(), by=System())
        except Agent.DoesNotExist as error:
            raise CommandError(f"There is no agent {options['username']}.") from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"The password of {agent.username} was set.")
