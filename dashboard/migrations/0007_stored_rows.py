from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dashboard", "0006_log_leap"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredDashboard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=64, unique=True)),
                ("title", models.CharField(max_length=80)),
                (
                    "tiles",
                    models.JSONField(blank=True, help_text="null: a tile per producer", null=True),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="StoredProducer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("alias", models.CharField(max_length=64, unique=True)),
                ("backend", models.CharField(help_text="dotted path of its class", max_length=255)),
                ("options", models.JSONField(blank=True, default=dict)),
                (
                    "readers",
                    models.JSONField(
                        blank=True, help_text="null: whoever may see the wall", null=True
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
