"""Which SKU in which region something is about."""

from typing import Any

from django.db import models

from customers.models.fields import IdentityField


class Instances(models.Model):
    """What is about instances of one SKU in one region: the keys tell one from another."""

    sku_key = IdentityField(of="sku")
    region_key = IdentityField(of="region")

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Any = None) -> None:
        """Compares the keys of what the row says now, not of what it said when it was read."""
        for field in self._meta.concrete_fields:
            if isinstance(field, IdentityField):
                field.pre_save(self, add=self._state.adding)
        super().validate_constraints(exclude=exclude)
