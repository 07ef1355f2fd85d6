from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0010_log_entry_by_subject"),
    ]

    operations = [
        migrations.CreateModel(
            name="StateRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("producer", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=255)),
                ("measure", models.CharField(max_length=64)),
                ("start", models.BigIntegerField(help_text="seconds since 1970")),
                ("seen", models.BigIntegerField(help_text="when it was last told")),
                (
                    "end",
                    models.BigIntegerField(help_text="when another began; 2**62: it holds still"),
                ),
                ("text", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["producer", "end"], name="state_run_by_producer"),
                    models.Index(fields=["seen"], name="state_run_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("producer", "subject", "measure", "start"), name="state_run_once"
                    )
                ],
            },
        ),
    ]
