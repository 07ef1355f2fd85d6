from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0009_rollups"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="logentry",
            index=models.Index(
                condition=models.Q(("subject__isnull", False)),
                fields=["producer", "subject", "seq"],
                name="log_entry_by_subject",
            ),
        ),
    ]
