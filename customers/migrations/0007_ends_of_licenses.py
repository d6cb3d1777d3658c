"""Licenses that were bought for a term get their end, each with a record.

An end that somebody entered stays. One that isn't to renew itself, and whose end has passed, is
expired from now on, and its record says so.
"""

import calendar
import datetime as dt

from django.db import migrations

from activitylog import clock
from activitylog.recording import Affected
from activitylog.repairing import record_repair

MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}


def give_ends(apps, schema_editor):
    licenses = apps.get_model("customers", "Subscription").objects.filter(
        product="license", term__in=MONTHS, commitment_end_date=None
    )
    living = licenses.exclude(status="deleted").select_related("customer")
    for subscription in list(living.order_by("created_at", "id")):
        _give_end(apps, subscription)


def _give_end(apps, subscription):
    old = _facts(subscription)
    subscription.commitment_end_date = _end_of(subscription)
    subscription.save(update_fields=["commitment_end_date"])
    new = {**old, "commitment_end_date": subscription.commitment_end_date.isoformat()}
    if _is_over(subscription):
        new["status"] = "expired"
    customer = subscription.customer
    record_repair(
        apps,
        "update_subscription",
        resource_type="subscription",
        resource_id=str(subscription.pk),
        customer=Affected(str(customer.pk), customer.company_name),
        old=old,
        new=new,
    )


def _end_of(subscription):
    """The same day of the month in which the first term ends, or the month's last day."""
    start = subscription.created_at.astimezone(dt.UTC).date()
    years, month = divmod(start.month - 1 + MONTHS[subscription.term], 12)
    year, month = start.year + years, month + 1
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def _is_over(subscription):
    has_passed = subscription.commitment_end_date < clock.now().date()
    lives = subscription.status in ("active", "suspended")
    return lives and has_passed and not subscription.auto_renew


def _facts(subscription):
    names = ("product", "friendly_name", "quantity", "auto_renew", "status", "term")
    return {name: getattr(subscription, name) for name in names}


def keep_ends(apps, schema_editor):
    """Backwards, the ends stay: the page before this one shows them, and they are true."""


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_offers"), ("activitylog", "0005_applications")]

    operations = [migrations.RunPython(give_ends, keep_ends)]
