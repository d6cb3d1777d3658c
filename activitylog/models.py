"""What happened: an append-only log, and the head that numbers and chains it."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from activitylog import digest, events
from activitylog.origin import Channel
from activitylog.search import folded, guid_in, search_text

BEYOND_EVERY_NUMBER = 2**63 - 1


class Status(models.TextChoices):
    """How an act ended, in the terms of Partner Center's audit records."""

    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")


class ActivityRecordQuerySet(models.QuerySet["ActivityRecord"]):
    """The log's filters. All of them together are what the Activity log page offers."""

    def newest_first(self) -> Self:
        return self.order_by("-number")

    def of_customer(self, customer_id: str) -> Self:
        return self.filter(customer_id=customer_id)

    def of_action(self, *actions: str) -> Self:
        return self.filter(action__in=actions)

    def since(self, moment: dt.datetime) -> Self:
        """At the moment (aware) and later."""
        return self.filter(number__gte=_first_number_since(moment))

    def before(self, moment: dt.datetime) -> Self:
        """Earlier than the moment (aware)."""
        return self.filter(number__lt=_first_number_since(moment))

    def since_day(self, day: dt.date) -> Self:
        """From the first moment of the day in UTC."""
        return self.since(_start_of(day))

    def until_day(self, day: dt.date) -> Self:
        """To the last moment of the day in UTC."""
        if day == dt.date.max:
            return self
        return self.before(_start_of(day + dt.timedelta(days=1)))

    def about(self, *resource_ids: str, beginning: int) -> Self:
        """Those of these resources, and the record with the number `beginning`."""
        return self.filter(models.Q(number=beginning) | models.Q(resource_id__in=resource_ids))

    def purchased_by_customers(self) -> Self:
        """What customers did themselves and got: all that their portal does is to purchase."""
        return self.filter(channel=Channel.PORTAL, status=Status.SUCCEEDED)

    def customer_matching(self, text: str) -> Self:
        """Part of the customer's copied name, or the exact Microsoft ID."""
        guid = guid_in(text)
        if guid:
            return self.filter(customer_id=str(guid))
        return self.customer_named(text)

    def customer_named(self, text: str) -> Self:
        """Part of the customer's copied name, whatever its case."""
        return self.filter(customer_search__contains=folded(text))

    def agent_matching(self, text: str, *, ids: Collection[str] = ()) -> Self:
        """Part of the agent's copied user principal name, or the exact id; the same of the
        application through which he acted. `ids` are of agents who are called so today.
        """
        guid = guid_in(text)
        if guid:
            acted = models.Q(actor_id=str(guid)) | models.Q(application_id=str(guid))
            return self.filter(acted)
        named = models.Q(actor_search__contains=folded(text))
        return self.filter(named | models.Q(actor_id__in=ids) if ids else named)


def _start_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def _first_number_since(moment: dt.datetime) -> Coalesce:
    """The number of the first record at or after the moment, else one that no record reaches.

    Times increase with numbers, so a bound in time is a bound in numbers, by which lists are
    ordered; comparing times would read the log from its end.
    """
    records = ActivityRecord.objects.filter(at__gte=moment).order_by("at")
    return Coalesce(models.Subquery(records.values("number")[:1]), BEYOND_EVERY_NUMBER)


class ActivityRecord(models.Model):
    """One act, as it was. Written by `recording.record()` alone; the database refuses any change.

    It keeps ids and copied names instead of foreign keys: a foreign key would rewrite or erase
    history when what it points to goes away.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    uuid = models.UUIDField(_("record id"), default=uuid.uuid4, unique=True)
    at = models.DateTimeField(_("date-time"), db_index=True)
    action = models.CharField(_("action"), max_length=64)
    resource_type = models.CharField(_("resource type"), max_length=64)
    resource_id = models.CharField(_("resource id"), max_length=128)
    customer_id = models.CharField(_("Microsoft ID"), max_length=36, blank=True)
    customer_name = models.CharField(_("affected customer"), max_length=255, blank=True)
    actor_id = models.CharField(_("partner user id"), max_length=64, blank=True)
    actor_name = models.CharField(_("partner user"), max_length=255)
    actor_roles = models.JSONField(_("roles"), default=list)
    application_id = models.CharField(_("application id"), max_length=64, blank=True)
    application_name = models.CharField(_("application"), max_length=255, blank=True)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel.choices)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    old = models.JSONField(_("old value"), null=True)
    new = models.JSONField(_("new value"), null=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    correlation_id = models.CharField(_("correlation id"), max_length=64, blank=True)
    address = models.CharField(_("address"), max_length=64, blank=True)
    v = models.PositiveSmallIntegerField(_("version"), default=digest.VERSION)
    digest = models.CharField(_("digest"), max_length=64)

    # What the page searches, folded. They repeat columns above and so are not hashed.
    customer_search = models.TextField(editable=False)
    actor_search = models.TextField(editable=False)

    objects = ActivityRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity record")
        verbose_name_plural = _("activity records")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["customer_id", "-number"], name="record_of_customer"),
            models.Index(fields=["actor_id", "-number"], name="record_of_agent"),
            models.Index(fields=["application_id", "-number"], name="record_of_application"),
            models.Index(fields=["action", "-number"], name="record_of_action"),
            models.Index(
                fields=["-number"],
                name="record_of_portal",
                condition=models.Q(channel="portal", status="succeeded"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.customer_search = search_text(self.customer_name)
        self.actor_search = search_text(*filter(None, (self.actor_name, self.application_name)))
        super().save(*args, **kwargs)

    @property
    def action_label(self) -> str:
        return events.label(self.action)

    @property
    def old_of_call(self) -> Any:
        """What was so before the whole call, of a record that `calls.by_call` found."""
        return getattr(self, "call_old", None) if self.is_of_several else self.old

    @property
    def is_of_several(self) -> bool:
        """Whether `calls.by_call` found it to stand for earlier ones of its call too."""
        return getattr(self, "call_number", None) not in (None, self.number)

    @property
    def role_labels(self) -> list[str]:
        """The roles that he held, in the reader's language where it has words for them."""
        return [translation.gettext(role) for role in self.actor_roles]

    def facts(self) -> dict[str, Any]:
        """What the digest is made over, in plain JSON types; the time in UTC with six digits."""
        facts = {name: getattr(self, name) for name in digest.HASHED_FIELDS}
        facts["uuid"] = str(self.uuid)
        facts["at"] = self.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return facts

    def digest_after(self, previous: str) -> str:
        """The digest this record must bear if its predecessor bears `previous`."""
        return digest.chained(previous, self.facts())


class ActivityHead(models.Model):
    """The end of the log: one row, locked last in every transaction that records.

    Whoever holds it gives out the next number and time, so numbers follow the order of commit.
    """

    number = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    digest = models.CharField(max_length=64, default=digest.NOTHING_BEFORE)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} {self.digest}"
