from django.db import migrations, models

import signing.models.document
from bandian.db.append_only import append_only

_REVISION = ["id", "document_id", "number", "file", "sha256", "previous_sha256", "size", "created_at"]
_SIGNATURE = ["id", "field_id", "revision_id", "signer_id", "enterprise_id", "seal_id", "certificate_serial"]
_SIGNATURE += ["signed_at", "level", "timestamp_at", "confirmed_phone", "confirmed_at", "ip", "user_agent", "ink"]
_SEAL = ["id", "enterprise_id", "kind", "origin", "text", "number", "size_mm", "image", "sha256"]
_SEAL += ["applied_by_id", "applied_at", "state", "reason"]


class Migration(migrations.Migration):
    dependencies = [("signing", "0002_seals_and_proof")]

    operations = [
        migrations.AlterField(
            "document",
            "code",
            models.CharField(
                default=signing.models.document.check_code,
                editable=False,
                max_length=16,
                unique=True,
                verbose_name="核验码",
            ),
        ),
        migrations.RemoveField("signature", "strokes"),
        append_only("signing_revision", _REVISION),
        # `manage.py reseal` writes the handwriting anew under another key.
        append_only("signing_signature", _SIGNATURE, may_change=["ink"]),
        # What a seal looks like never changes; whether it may be used does.
        append_only("signing_seal", _SEAL, may_change=["state", "reason"]),
        append_only("signing_sealevent", ["id", "seal_id", "number", "label", "note", "by_id", "at"]),
    ]
