"""What a customer may purchase on the partner's bill.

Source: “Give customers permission”, section *Overview of customer permissions*.
"""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Resource(models.TextChoices):
    """What can be permitted, under the names of the API's self-serve policies.

    The list is all there is to it: a third entry is a line here and nothing anywhere else.
    """

    AZURE_RESERVATIONS = "AzureReservedInstances", _("Azure reservations")
    AZURE_SAVINGS_PLAN = "AzureSavingsPlan", _("Azure savings plan")


def resource_choices() -> list[tuple[str, Any]]:
    return Resource.choices


class PurchasePermissionQuerySet(models.QuerySet["PurchasePermission"]):
    def allowed(self) -> Self:
        return self.filter(allowed=True)

    def number_of_customers(self) -> int:
        """How many customers can purchase right now; one who can purchase two resources is one."""
        return self.allowed().values("customer_id").distinct().count()


class PurchasePermission(models.Model):
    """One switch: a customer and a resource. No row means that nobody ever moved it: Off."""

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="purchase_permissions", verbose_name=_("customer")
    )
    resource = models.CharField(_("resource"), max_length=64, choices=resource_choices)
    allowed = models.BooleanField(_("allow customer to purchase"), default=False)

    # Copied from the record of the last move.
    record_number = models.BigIntegerField(_("record"))
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.CharField(_("changed by"), max_length=255)

    objects = PurchasePermissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer permission")
        verbose_name_plural = _("customer permissions")
        default_permissions = ("change", "view")
        constraints = [
            models.UniqueConstraint(fields=["customer", "resource"], name="one_switch_each")
        ]
        indexes = [
            models.Index(
                fields=["customer"], name="permission_allowed", condition=models.Q(allowed=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_resource_display()}: {'On' if self.allowed else 'Off'}"
