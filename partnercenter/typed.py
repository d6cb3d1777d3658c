"""Fields for what people type or paste: numbers, days, GUIDs and codes, read in one way.

Full-width digits are digits, as keyboards of some languages write them. Digits of other scripts and
underscores, which Python's own numbers take as well, are none: a quantity that is read otherwise
than it looks costs money.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activitylog.search import guid_in, plain

if TYPE_CHECKING:
    AnyModelChoiceField = forms.ModelChoiceField[Any]
else:  # Django's class takes its type parameter in the stubs only
    AnyModelChoiceField = forms.ModelChoiceField

# No day here is before Azure (2010) or in the next century: such a year is mistyped.
EARLIEST, LATEST = dt.date(2010, 1, 1), dt.date(2099, 12, 31)
YEARS = f"{EARLIEST.year}–{LATEST.year}"
OTHER_YEAR = _("The year is out of range (%(years)s). Check the date.")
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,20}")
NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})")


class WholeNumberField(forms.IntegerField):
    default_error_messages = {"invalid": _("Enter a whole number in digits, for example 10.")}

    def to_python(self, value: Any) -> int | None:
        """The number that the text is. Raises ValidationError."""
        return super().to_python(_read(self, value, WHOLE_NUMBER))


class NumberField(forms.DecimalField):
    default_error_messages = {"invalid": _("Enter a number in digits, for example 1234.50.")}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # as Django's own
        """The number that the text is, with a point, no exponent. Raises ValidationError."""
        return super().to_python(_read(self, value, NUMBER))


class AnyDayField(forms.DateField):
    """A day that is asked for, as in filters of lists: any that exists, long before the first or
    after the last thing too.
    """

    default_error_messages = {"invalid": _("Enter a date as YYYY-MM-DD, for example 2026-01-31.")}

    def to_python(self, value: Any) -> dt.date | None:
        """The day, without a time zone. Raises ValidationError."""
        if isinstance(value, str):
            value = plain(value)
            if not value.isascii():
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DayField(AnyDayField):
    """A day that is stored."""

    default_error_messages = {"year": OTHER_YEAR}

    def to_python(self, value: Any) -> dt.date | None:
        """The day, of a year that can be meant, without a time zone. Raises ValidationError."""
        day = super().to_python(value)
        if day and not is_meant(day):
            message = self.error_messages["year"]
            raise ValidationError(message, code="year", params={"years": YEARS})
        return day


class GuidField(forms.UUIDField):
    def to_python(self, value: Any) -> UUID | None:  # type: ignore[override] # as Django's own
        """The GUID that the text is, however it is written. Raises ValidationError."""
        if not isinstance(value, str) or not plain(value):
            return super().to_python(value)
        guid = guid_in(value)
        if guid is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return guid


class RowField(AnyModelChoiceField):
    def to_python(self, value: Any) -> Any:
        """The row of this key. Raises ValidationError."""
        if isinstance(value, str) and not is_key(value):
            raise ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            )
        return super().to_python(value)


class CodeField(forms.CharField):
    """A code that an app or a list of recovery codes shows, however it is grouped."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "numeric", "autocomplete": "one-time-code"}
        widget = forms.TextInput(attrs=attributes)
        super().__init__(**{"label": _("Code"), "max_length": 64, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s-]", "", plain(super().to_python(value) or ""))


def is_meant(day: dt.date) -> bool:
    """Whether somebody can have meant the day, where it is stored from a field or a file."""
    return EARLIEST <= day <= LATEST


def is_key(text: str) -> bool:
    """Whether the text can be a row's key as addresses and forms of ours write it; `int` and `UUID`
    take more than that for one.
    """
    return bool(text.isascii() and "_" not in text and text == text.strip() and text[:1] != "+")


def _read(field: forms.Field, value: Any, pattern: re.Pattern[str]) -> Any:
    """The text as Django reads it safely; what is no text, and no value, is left alone."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    if text and not pattern.fullmatch(text):
        raise ValidationError(field.error_messages["invalid"], code="invalid")
    return text
