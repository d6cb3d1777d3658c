"""Decimals that both databases keep exactly, and codes that come in several spellings."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from customers.codes import identity, spelling
from partnercenter.typed import NumberField

PLACES = 3
DIGITS = 15  # before and after the point together; more would not be money


Set = TypeVar("Set", contravariant=True)
Get = TypeVar("Get", covariant=True)
if TYPE_CHECKING:
    AnyField = models.DecimalField
    Text = models.CharField[str, str]
else:
    Text = models.CharField

    class AnyField(models.Field):
        """Django's class takes its type parameters in the stubs only."""

        def __class_getitem__(cls, _types: Any) -> type:
            return cls


class ExactDecimalField(AnyField[Set, Get]):
    """A `Decimal` of at most `places` places, stored as a whole number of units of the last one,
    such as thousandths.

    SQLite keeps Django's own DecimalField as a float, and adds floats up.
    """

    description = _("Exact decimal number")
    empty_strings_allowed = False

    def __init__(self, *args: Any, places: int = PLACES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, **self._own_places()}

    def _own_places(self) -> dict[str, int]:
        return {} if self.places == PLACES else {"places": self.places}

    @cached_property
    def validators(self) -> list[Any]:
        digits = DIGITS - PLACES + self.places
        return [*super().validators, DecimalValidator(digits, self.places)]

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: Any, *_details: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None:
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(_("Enter a number."), code="invalid") from error
        if not number.is_finite():
            raise ValidationError(_("Enter a number."), code="invalid")
        return number

    def get_prep_value(self, value: Any) -> int | None:
        number = self.to_python(value)
        if number is None:
            return None
        units = number.scaleb(self.places)
        if units != int(units):
            raise ValueError(f"{number} has more than {self.places} places.")
        return int(units)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else f"{value:f}"

    def formfield(self, **kwargs: Any) -> Any:
        defaults = {"form_class": NumberField, "max_digits": DIGITS, "decimal_places": 2}
        return models.Field.formfield(self, **{**defaults, **kwargs})


class CodeField(Text):
    """A code in its own spelling, without what cannot be seen in it, wherever it is typed."""

    def to_python(self, value: Any) -> Any:
        return spelling(value) if isinstance(value, str) else super().to_python(value)


class CountryField(CodeField):
    """The two letters of a country or region (ISO 3166-1), in capitals."""

    def to_python(self, value: Any) -> Any:
        written = super().to_python(value)
        return written.upper() if isinstance(written, str) else written


class IdentityField(Text):
    """The identity of another field, `of`, made anew whenever the row is written."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 64, "editable": False, **kwargs})
        self.of = of

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001
        value = identity(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, value)
        return value
