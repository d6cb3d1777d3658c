"""Names and other text of one line: something to be seen, nothing that isn't."""

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from activitylog.search import visible

if TYPE_CHECKING:
    AnyCharField = models.CharField[str, str]
else:  # Django's class takes its type parameters in the stubs only
    AnyCharField = models.CharField

# Zero-width spaces, word joiners, soft hyphens and byte-order marks come along with what is pasted,
# and make a second name that looks like the first. Joiners, which languages and emoji need, stay.
PASTED_ALONG = re.compile("[\u00ad\u180e\u200b\u2060\ufeff]")
# What ends a line or begins a column somewhere.
BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """The text without outer blanks and without what is only pasted along.

    Raises ValidationError for line breaks, tabs, and text of which nothing is to be seen.
    """
    bare = PASTED_ALONG.sub("", text).strip()
    if BREAKS.search(bare):
        raise ValidationError(_("Use one line, without line breaks or tabs."), code="line_break")
    if text.strip() and not _is_seen(bare):
        raise ValidationError(
            _("Enter text that can be seen, for example letters or digits."), code="invisible"
        )
    return bare


def _is_seen(text: str) -> bool:
    """Whether any character has a shape of its own: no blank, control, or mark on another one."""
    return any(unicodedata.category(each)[0] not in "ZCM" for each in visible(text))


class LineField(AnyCharField):
    """A column for text of one line. To the database it is like any other text."""

    def to_python(self, value: Any) -> Any:
        """The text as `one_line` has it. Raises ValidationError."""
        text = super().to_python(value)
        return one_line(text) if isinstance(text, str) else text

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class DomainField(LineField):
    """A domain name, in small letters; one with a dot at its end is the same without (RFC 1034,
    section 3.1).
    """

    def to_python(self, value: Any) -> Any:
        name = super().to_python(value)
        return name.lower().removesuffix(".") if isinstance(name, str) else name
