from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from activitylog.trigrams import trigram_index


class Trigrams(TrigramExtension):
    """Django's own asks for the database's kind on the way forward only."""

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    """On PostgreSQL, names are found in the log without reading it whole."""

    dependencies = [("activitylog", "0002_append_only")]

    operations = [
        Trigrams(),
        trigram_index(
            "record_customer_search", table="activitylog_activityrecord", column="customer_search"
        ),
        trigram_index(
            "record_actor_search", table="activitylog_activityrecord", column="actor_search"
        ),
    ]
