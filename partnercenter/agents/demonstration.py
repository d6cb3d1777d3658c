"""The agents of the demonstration mode: one for each role."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import create_agent
from partnercenter.agents.roles import Role


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    role: Role
    username: str
    display_name: str

    @property
    def password(self) -> str:
        """Follows from the installation's secret key, so that nobody has to write it down."""
        digest = hmac.digest(settings.SECRET_KEY.encode(), self.username.encode(), hashlib.sha256)
        return base64.b32encode(digest).decode()[:16].lower()


ACCOUNTS = (
    DemonstrationAccount(Role.ADMIN, "ada.admin@partner.example", "Ada Lindqvist"),
    DemonstrationAccount(Role.SALES, "sam.sales@partner.example", "Sam Okafor"),
    DemonstrationAccount(Role.HELPDESK, "hana.helpdesk@partner.example", "Hana Kobayashi"),
)

# Left in the course of the year, so that the log speaks of somebody who is not here any more.
FORMER_ACCOUNT = DemonstrationAccount(Role.ADMIN, "erik.former@partner.example", "Erik Holm")


def demonstration_accounts() -> list[DemonstrationAccount]:
    """Who can sign in to a demonstration: those of ACCOUNTS that were seeded."""
    seeded = set(
        Agent.objects.filter(is_demonstration=True, is_active=True).values_list(
            "username", flat=True
        )
    )
    return [account for account in ACCOUNTS if account.username in seeded]


def create_demonstration_agent(account: DemonstrationAccount) -> Agent:
    """Creates the agent, recorded as the system's act. He is known in demonstration mode only."""
    return create_agent(
        username=account.username,
        display_name=account.display_name,
        password=account.password,
        roles=[account.role],
        demonstration=True,
        by=System(),
    )
