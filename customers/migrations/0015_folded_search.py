from django.db import migrations

from activitylog.search import folded, search_text

BATCH = 1000


def fold_again(apps, schema_editor):
    """Names are searched and sorted without regard to marks and accents that look alike."""
    customers = apps.get_model("customers", "Customer").objects
    named = customers.only("company_name", "domain").order_by("pk")
    batch = list(named[:BATCH])
    while batch:
        for customer in batch:
            customer.sort_name = folded(customer.company_name)
            customer.search = search_text(customer.company_name, customer.domain, str(customer.pk))
        customers.bulk_update(batch, ["sort_name", "search"])
        batch = list(named.filter(pk__gt=batch[-1].pk)[:BATCH])


class Migration(migrations.Migration):
    """What is stored is folded as searches are from now on."""

    dependencies = [("customers", "0014_culture")]

    operations = [migrations.RunPython(fold_again, migrations.RunPython.noop)]
