from django.db import migrations, models


class Migration(migrations.Migration):
    """What an application did is found without reading the log whole."""

    dependencies = [("activitylog", "0004_purchases")]

    operations = [
        migrations.AddIndex(
            model_name="activityrecord",
            index=models.Index(fields=["application_id", "-number"], name="record_of_application"),
        ),
    ]
