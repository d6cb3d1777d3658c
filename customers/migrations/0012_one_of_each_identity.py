from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_merge_usage'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reservationproduct',
            name='one_reserved_instance_each',
        ),
        migrations.RemoveConstraint(
            model_name='usagerecord',
            name='one_usage_a_day',
        ),
        migrations.AddConstraint(
            model_name='reservationproduct',
            constraint=models.UniqueConstraint(fields=('sku_key', 'region_key', 'term', 'currency'), name='one_reserved_instance_each', violation_error_message='This reserved instance is already in the catalog.'),
        ),
        migrations.AddConstraint(
            model_name='usagerecord',
            constraint=models.UniqueConstraint(fields=('subscription', 'day', 'sku_key', 'region_key'), name='one_usage_a_day'),
        ),
    ]
