"""What every operation shares: how it says no."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MADE_ALREADY = "made_already"


class Refused(Exception):
    """The rules do not allow this now. Nothing was changed; the sentence says why and what to do.

    `code` names the rule for programs, `sentence` is translated where it is shown.
    """

    def __init__(self, sentence: str | Promise, *, code: str) -> None:
        super().__init__(code)
        self.sentence = sentence
        self.code = code

    def __str__(self) -> str:
        return str(self.sentence)


def made_already() -> Refused:
    """A creation form was sent twice: its key names what the first time made."""
    return Refused(_("This was added already. Open it from the list."), code=MADE_ALREADY)
