import django.db.models.deletion
from django.db import migrations, models

from bandian.db.append_only import append_only

_SIGNATURE = ["id", "field_id", "revision_id", "signer_id", "enterprise_id", "seal_id", "certificate_serial"]
_SIGNATURE += ["signed_at", "level", "timestamp_at", "confirmed_phone", "confirmed_at", "ip", "user_agent", "ink"]
_MOMENT = ["signer_name", "signer_phone", "signer_identity", "enterprise_name"]
_SEAL = ["id", "enterprise_id", "kind", "origin", "text", "number", "size_mm", "image", "sha256"]
_SEAL += ["applied_by_id", "applied_at", "state", "reason"]
_seals = append_only("signing_seal", _SEAL, may_change=["state", "reason"])
_signatures = append_only("signing_signature", _SIGNATURE, may_change=["ink"])
_AS_SIGNED = {"blank": True, "default": "", "editable": False}


class Migration(migrations.Migration):
    """What signing knew of the person, kept with the signature; whether a paper still counts; seals in full."""

    dependencies = [("signing", "0003_append_only")]

    operations = [
        # PostgreSQL alters no column that a trigger names; SQLite loses the triggers with the table it makes anew.
        migrations.RunPython(_seals.reverse_code, _seals.code),
        migrations.RunPython(_signatures.reverse_code, _signatures.code),
        migrations.AlterField("seal", "text", models.CharField(max_length=60, verbose_name="印文")),
        migrations.AddField(
            "signature",
            "signer_name",
            models.CharField(max_length=25, verbose_name="签署时的姓名", **_AS_SIGNED),
        ),
        migrations.AddField(
            "signature",
            "signer_phone",
            models.CharField(max_length=11, verbose_name="签署时的手机号", **_AS_SIGNED),
        ),
        migrations.AddField(
            "signature",
            "signer_identity",
            models.CharField(max_length=100, verbose_name="签署时的身份核验", **_AS_SIGNED),
        ),
        migrations.AddField(
            "signature",
            "enterprise_name",
            models.CharField(max_length=60, verbose_name="签署时的企业名称", **_AS_SIGNED),
        ),
        append_only("signing_signature", [*_SIGNATURE, *_MOMENT], may_change=["ink"]),
        append_only("signing_seal", _SEAL, may_change=["state", "reason"]),
        migrations.AddField(
            "document",
            "void_since",
            models.DateTimeField(editable=False, null=True, verbose_name="作废时间"),
        ),
        migrations.AddField(
            "document",
            "void_reason",
            models.CharField(blank=True, default="", editable=False, max_length=200, verbose_name="作废原因"),
        ),
        migrations.AlterField(
            "evidence",
            "revision",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="evidence",
                to="signing.revision",
                verbose_name="文件版次",
            ),
        ),
    ]
