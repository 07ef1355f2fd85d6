"""Seals webhook secrets anew, with Fernet in place of a pad and a tag of our own."""

import hmac
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.utils.crypto import salted_hmac

from dashboard.ingest.encryption import seal

_NONCE, _TAG = 16, 32


def reseal(apps: Any, schema_editor: Any) -> None:
    # What no key opens any more stays as it is: the log names it, and it is to be rotated.
    secrets = apps.get_model("dashboard", "WebhookSecret").objects
    for row in secrets.all():
        if (secret := _unsealed(bytes(row.sealed))) is not None:
            secrets.filter(pk=row.pk).update(sealed=seal(secret))


def _unsealed(sealed: bytes) -> bytes | None:
    nonce, tag, hidden = sealed[:_NONCE], sealed[_NONCE : _NONCE + _TAG], sealed[_NONCE + _TAG :]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        made = salted_hmac("eventwall.ingest.sealing.tag", nonce + hidden, key, algorithm="sha256")
        if hmac.compare_digest(tag, made.digest()):
            pad = salted_hmac("eventwall.ingest.sealing.pad", nonce, key, algorithm="sha512")
            return bytes(one ^ other for one, other in zip(hidden, pad.digest(), strict=False))
    return None


class Migration(migrations.Migration):
    dependencies = [("dashboard", "0004_embed")]

    operations = [
        migrations.AlterField("webhooksecret", "sealed", models.BinaryField(max_length=256)),
        migrations.RunPython(reseal, migrations.RunPython.noop),
    ]
