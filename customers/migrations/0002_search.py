from django.db import migrations

from activitylog.trigrams import trigram_index


class Migration(migrations.Migration):
    """On PostgreSQL, customers are found by any part of their name without reading them all."""

    dependencies = [("customers", "0001_initial"), ("activitylog", "0003_search")]

    operations = [trigram_index("customer_search", table="customers_customer", column="search")]
