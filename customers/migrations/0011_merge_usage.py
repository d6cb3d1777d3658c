"""Usage of one subscription, day, SKU and region that was stored in several spellings becomes one.

Nobody can tell any more whether two spellings of a day were the same hours given twice or two parts
of them. The greater number stays: hours that were given twice don't count twice, and the program
never covers, or calls used, what no file ever said. The record has all the numbers of the day, and
importing the day again replaces what stays.
"""

from itertools import groupby
from typing import Any

from django.db import migrations

from activitylog.recording import Affected
from activitylog.repairing import record_repair
from customers.migrations._keys import fill_keys, twins
from customers.money import plain

BY_CUSTOMER = ("subscription__customer", "subscription", "sku_key", "region_key")
ACTION = "merge_usage"


def merge(apps: Any, _schema_editor: Any) -> None:
    usage = apps.get_model("customers", "UsageRecord")
    fill_keys(usage)
    days = twins(usage, *BY_CUSTOMER, "day")
    for (customer, *_rest), shared in groupby(days, key=lambda row: [row[f] for f in BY_CUSTOMER]):
        _merge(
            apps,
            apps.get_model("customers", "Customer").objects.get(pk=customer),
            [list(usage.objects.filter(**day).order_by("pk")) for day in shared],
        )


def _merge(apps: Any, customer: Any, days: list[list[Any]]) -> None:
    """The days of one SKU and region on one subscription, each with its rows."""
    old, new = {}, {}
    for rows in days:
        kept = max(rows, key=lambda row: (row.hours, -row.pk))
        old[str(kept.day)] = [f"{row.sku}, {row.region}: {plain(row.hours)}" for row in rows]
        new[str(kept.day)] = f"{kept.sku}, {kept.region}: {plain(kept.hours)}"
        for row in rows:
            if row.pk != kept.pk:
                row.delete()
    record_repair(
        apps,
        ACTION,
        resource_type="usage",
        resource_id=str(days[0][0].subscription_id),
        customer=Affected(str(customer.pk), customer.company_name),
        old=old,
        new=new,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("activitylog", "0005_applications"),
        ("customers", "0010_merge_products"),
    ]

    operations = [
        # On the way back the merged usage stays merged: earlier versions take it as it is.
        migrations.RunPython(merge, migrations.RunPython.noop),
    ]
