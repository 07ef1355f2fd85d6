from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0012_log_lease"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="storeddashboard",
            options={"permissions": [("change_dashboard", "Can arrange what hangs on the wall")]},
        ),
        migrations.AddField(
            model_name="ingesttoken",
            name="new_names",
            field=models.CharField(
                blank=True,
                default="",
                help_text="names of which it makes producers: `lab-*`, or `*` for any; empty: none",
                max_length=64,
            ),
        ),
    ]
