from django.db import migrations

from activitylog import triggers


def guard(apps, schema_editor):
    triggers.put_back(schema_editor.connection)


def unguard(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """The database itself refuses to change or remove a record."""

    dependencies = [("activitylog", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
