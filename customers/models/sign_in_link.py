"""Links with which customers' users sign in to the portal."""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import CustomerUser


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    def open_at(self, moment: dt.datetime) -> Self:
        """Those that still open the portal: not used, withdrawn or expired, of users who may."""
        return self.filter(
            used_at=None,
            withdrawn_at=None,
            expires_at__gt=moment,
            user__in=CustomerUser.objects.able_to_sign_in(),
        )


class SignInLink(models.Model):
    """A way into the portal for one user, once. Of the token only a digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        CustomerUser, models.PROTECT, related_name="sign_in_links", verbose_name=_("user")
    )
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("sent"))
    created_by = models.CharField(_("sent by"), max_length=255)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    delivered = models.BooleanField(_("delivered"), default=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in link")
        verbose_name_plural = _("sign-in links")
        default_permissions = ("add", "delete")

    def __str__(self) -> str:
        return str(self.pk)
