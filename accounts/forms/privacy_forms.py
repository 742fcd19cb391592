"""Forms of 我的 → 个人信息."""

from django import forms

from accounts.enums import ConsentKind
from accounts.forms.fields import PasswordField


class ConsentForm(forms.Form):
    """One consent, given or withdrawn; the terms end with the account only."""

    kind = forms.ChoiceField(choices=[each for each in ConsentKind.choices if each[0] != ConsentKind.TERMS])


class ClosingForm(forms.Form):
    password = PasswordField(label="当前密码", autocomplete="current-password", help_text="确认是您本人操作。")
    understood = forms.BooleanField(
        label="我知道注销后不能恢复，依法须保存的文件和工作痕迹会继续封存",
        error_messages={"required": "请确认后再注销。"},
    )
