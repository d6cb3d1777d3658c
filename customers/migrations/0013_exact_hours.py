"""Hours of usage keep six decimal places instead of three, as Azure's own usage has them.

They are stored as whole numbers of the last place. Backwards, what is finer is rounded.
"""

import django.core.validators
from django.db import migrations

import customers.models.fields


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0012_one_of_each_identity"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE customers_usagerecord SET hours = hours * 1000",
            "UPDATE customers_usagerecord SET hours = (hours + 500) / 1000",
        ),
        migrations.AlterField(
            model_name="usagerecord",
            name="hours",
            field=customers.models.fields.ExactDecimalField(
                places=6,
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="hours",
            ),
        ),
    ]
