from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0008_log_probe"),
    ]

    operations = [
        migrations.CreateModel(
            name="RollupCursor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch", models.CharField(default="", max_length=32)),
                ("seq", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Rollup",
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
                ("step", models.PositiveIntegerField(help_text="seconds")),
                (
                    "start",
                    models.BigIntegerField(help_text="seconds since 1970, a multiple of step"),
                ),
                ("count", models.BigIntegerField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("sum", models.FloatField()),
                ("last", models.FloatField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["producer", "step", "start"], name="rollup_by_producer"),
                    models.Index(fields=["step", "start"], name="rollup_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("producer", "subject", "measure", "step", "start"),
                        name="rollup_once",
                    )
                ],
            },
        ),
    ]
