"""Forms of the contract's acts."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.forms.account_forms import CodeForm
from signing.models import Seal
from workorders.forms.customer_forms import SignForm


class SealSignForm(SignForm):
    """Handwriting beside a seal; nothing is agreed to before the act is confirmed."""

    agreed = None


class ConfirmForm(CodeForm):
    """确认并盖章: the code of this act, and the hash of the file that the signer saw."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ScanForm(CodeForm):
    """The stamped contract is whole, and the code of the act that hands it in."""

    declared = forms.BooleanField(
        label="上传的是完整合同，各页清晰，已加盖公章或合同专用章",
        error_messages={"required": "请核对扫描件后勾选确认。"},
    )

    field_order = ["declared", "code"]


class CountersignForm(forms.Form):
    """The supplier's seal to use, and the hash of the file that was shown."""

    seal = forms.ModelChoiceField(
        None,
        label="印章",
        error_messages={"required": "请选择印章。", "invalid_choice": "这枚印章已不能使用，请重新选择。"},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, seals: QuerySet[Seal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seal"].queryset = seals
