"""One-time passwords: how they are made, and that nobody keeps one."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Without letters and digits that are mistaken for each other when somebody reads them aloud.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 4, 4  # 79 bits


def new_one_time_password() -> str:
    """Four groups of four, such as “k7wm-…”."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
    return "-".join(groups)


class NotTheOneTimePassword:
    """A password validator: whoever was given a password has to choose another one."""

    def validate(self, password: str, user: Any = None) -> None:
        if getattr(user, "must_change_password", False) and user.check_password(password):
            raise ValidationError(
                _("This is the one-time password that you were given. Choose another one."),
                code="one_time_password",
            )

    def get_help_text(self) -> str:
        return _("A one-time password cannot be kept.")
