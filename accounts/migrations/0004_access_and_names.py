import django.core.validators
from django.db import migrations, models

import accounts.validators


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_join_codes")]

    operations = [
        migrations.RenameField("user", "phone_changed_at", "access_changed_at"),
        migrations.AlterField(
            "user",
            "access_changed_at",
            models.DateTimeField(blank=True, null=True, verbose_name="更换手机号或重置密码时间"),
        ),
        migrations.AlterField(
            "enterprise",
            "legal_representative",
            models.CharField(
                max_length=50,
                validators=[
                    django.core.validators.MinLengthValidator(2, "法定代表人至少 2 个字。"),
                    accounts.validators.validate_representative,
                ],
                verbose_name="法定代表人",
            ),
        ),
        migrations.AlterField(
            "enterprise",
            "name",
            models.CharField(
                max_length=60,
                validators=[
                    django.core.validators.MinLengthValidator(2, "企业名称至少 2 个字。"),
                    accounts.validators.validate_company,
                ],
                verbose_name="企业名称",
            ),
        ),
    ]
