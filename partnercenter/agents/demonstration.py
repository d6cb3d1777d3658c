"""The agents of the demonstration mode: one for each role."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

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


def demonstration_accounts() -> list[DemonstrationAccount]:
    """Who can sign in to a demonstration, for the sign-in page and the start command."""
    return list(ACCOUNTS)
