from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from activitylog.trigrams import trigram_index


class Migration(migrations.Migration):
    """On PostgreSQL, names are found in the log without reading it whole."""

    dependencies = [("activitylog", "0002_append_only")]

    operations = [
        TrigramExtension(),
        trigram_index(
            "record_customer_search", table="activitylog_activityrecord", column="customer_search"
        ),
        trigram_index(
            "record_actor_search", table="activitylog_activityrecord", column="actor_search"
        ),
    ]
