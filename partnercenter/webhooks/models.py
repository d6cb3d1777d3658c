"""Webhooks, and what they were told.

The activity log is their outbox: its records are numbered without gaps in the order of commit, so
that a webhook only keeps the number of the last one that it looked at.
"""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activitylog.models import ActivityHead
from partnercenter.one_line import LineField

LONGEST_ADDRESS = 1000


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def behind(self) -> Self:
        """Those for which there are records that they did not look at."""
        head = ActivityHead.objects.values("number")[:1]
        return self.filter(is_active=True, after__lt=models.Subquery(head))

    def with_last_attempt(self) -> Self:
        """Each with the state of what was sent last and when it was, None where nothing was."""
        attempts = Delivery.objects.filter(
            webhook=models.OuterRef("pk"), last_attempt_at__isnull=False
        ).order_by("-last_attempt_at")
        return self.annotate(
            last_state=models.Subquery(attempts.values("state")[:1]),
            last_attempt_at=models.Subquery(attempts.values("last_attempt_at")[:1]),
        )


class Webhook(models.Model):
    """An address that is told of some events, signed with its secret."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = LineField(_("name"), max_length=128)
    url = models.CharField(_("address"), max_length=LONGEST_ADDRESS)
    events = models.JSONField(_("events"), default=list)
    sealed_secret = models.TextField(editable=False)
    # Earlier ones with which messages are signed too for a while, until a moment in ISO 8601, UTC:
    # [{"sealed": …, "until": …}]
    retired_secrets = models.JSONField(default=list, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    # The number of the last record that was looked at.
    after = models.BigIntegerField(editable=False)
    # When the receiver answered that it is gone for good, which deactivated the webhook.
    gone_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("added"), editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        default_permissions = ("add", "change", "delete", "view")

    def __str__(self) -> str:
        return self.name

    def retired_at(self, moment: dt.datetime) -> list[dict[str, str]]:
        """The earlier secrets with which messages are signed too at this moment."""
        return [
            secret
            for secret in self.retired_secrets
            if dt.datetime.fromisoformat(secret["until"]) > moment
        ]


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class Failure(models.TextChoices):
    """Why an attempt was no success. What the receiver said beside its status is not kept."""

    STATUS = "status", _("The answer was no success.")
    REDIRECT = "redirect", _("It answered with a redirect, and redirects are not followed.")
    GONE = "gone", _("The endpoint answered that it's gone for good (410).")
    TIMEOUT = "timeout", _("It did not answer in time.")
    FORBIDDEN = "forbidden", _("The address is in a network that webhooks may not reach.")
    CONNECTION = "connection", _("No connection could be made.")
    CERTIFICATE = "certificate", _("Its certificate was not accepted.")
    SECRET = "secret", _("The secret cannot be read any more. Replace it.")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: dt.datetime) -> Self:
        """Those that wait, whose time has come, and that nobody is sending.

        Only columns of the row itself are compared: who claims one by an UPDATE with these
        conditions is then sure that PostgreSQL looked at the newest version of the row.
        """
        unclaimed = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(unclaimed, state=DeliveryState.PENDING, next_attempt_at__lte=now)


class Delivery(models.Model):
    """One event for one webhook. Its id is the same in every attempt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    record_number = models.BigIntegerField(_("record"))
    event = models.CharField(_("event"), max_length=64)
    state = models.CharField(
        _("state"), max_length=16, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    claimed_until = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(_("last answer"), null=True)
    last_error = models.CharField(
        _("last error"), max_length=16, choices=Failure.choices, blank=True
    )
    last_attempt_at = models.DateTimeField(_("last attempt"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "record_number"], name="one_delivery_a_record"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="delivery_waiting", condition=Q(state="pending")
            ),
            models.Index(fields=["webhook", "last_attempt_at"], name="delivery_attempted"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.record_number}"

    @property
    def is_waiting(self) -> bool:
        return self.state == DeliveryState.PENDING
