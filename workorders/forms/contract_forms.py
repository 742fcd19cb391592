"""Forms of the contract by seal."""

from django import forms

from accounts.forms.account_forms import CodeForm
from workorders.forms.customer_forms import SignForm


class SealSignForm(SignForm):
    """Handwriting beside a seal; nothing is agreed to before the act is confirmed."""

    agreed = None


class ConfirmForm(CodeForm):
    """确认并盖章: the code of this act, and the hash of the file that the signer saw."""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class CountersignForm(forms.Form):
    """The supplier's seal to use, and the hash of the file that was shown."""

    seal = forms.ModelChoiceField(
        None,
        label="印章",
        error_messages={"required": "请选择印章。", "invalid_choice": "这枚印章已不能使用，请重新选择。"},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, seals, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seal"].queryset = seals
