from django.db import migrations

from activitylog import triggers
from activitylog.search import search_text

BATCH = 1000
COLUMNS = ["customer_search", "actor_search"]


def fold_again(apps, schema_editor):
    """Makes the columns by which the log is searched anew. They repeat others and are not hashed,
    so that every digest stays as it is. The triggers are back before the migration ends.
    """
    records = apps.get_model("activitylog", "ActivityRecord").objects
    named = records.only("customer_name", "actor_name", "application_name").order_by("number")
    with triggers.lifted(schema_editor.connection):
        batch = list(named[:BATCH])
        while batch:
            for record in batch:
                record.customer_search = search_text(record.customer_name)
                actors = filter(None, (record.actor_name, record.application_name))
                record.actor_search = search_text(*actors)
            records.bulk_update(batch, COLUMNS)
            batch = list(named.filter(number__gt=batch[-1].number)[:BATCH])


class Migration(migrations.Migration):
    """What is stored is folded as searches are from now on."""

    dependencies = [("activitylog", "0005_applications")]

    operations = [migrations.RunPython(fold_again, migrations.RunPython.noop)]
