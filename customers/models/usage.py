"""Usage: the hours that instances ran, which reservations cover."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.fields import CodeField, ExactDecimalField
from customers.models.instances import Instances
from customers.models.product import validate_code
from customers.models.subscription import Subscription

HOUR_PLACES = 6  # Azure's usage has seconds as fractions of an hour, such as 0.016667


class UsageRecord(Instances):
    """The hours that instances of one SKU ran in one region on one day (UTC)."""

    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="usage", verbose_name=_("subscription")
    )
    sku = CodeField(_("SKU"), max_length=64, validators=[validate_code])
    region = CodeField(_("region"), max_length=64, validators=[validate_code])
    day = models.DateField(_("day"))
    hours = ExactDecimalField(_("hours"), places=HOUR_PLACES, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("usage")
        verbose_name_plural = _("usage")
        default_permissions = ("add",)
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "day", "sku_key", "region_key"], name="one_usage_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.sku} {self.region}"
