"""Forms of the real-name check."""

from django import forms

from accounts.enums import ConsentKind
from accounts.forms.fields import IdNumberField, PersonNameField
from accounts.privacy import consents


class ReadingForm(forms.Form):
    """Why a member of staff has to see a whole identity number; its owner will read it."""

    reason = forms.CharField(
        label="查看原因", min_length=4, max_length=150, help_text="客户能看到这条记录；请不要在原因里填写号码。"
    )


class ClaimForm(forms.Form):
    """姓名和身份证号, with the separate consent to sensitive data where it is still to be given."""

    name = PersonNameField(label="真实姓名", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    id_number = IdNumberField(label="身份证号", help_text="18 位，最后一位可能是 X。")
    consent = forms.BooleanField(
        label=consents.TEXTS[ConsentKind.SENSITIVE].body,
        error_messages={"required": "处理身份证件号码须经您单独同意，请阅读后勾选。"},
    )

    def __init__(self, *args, consented, **kwargs):
        super().__init__(*args, **kwargs)
        if consented:
            del self.fields["consent"]


class RejectForm(forms.Form):
    reason = forms.CharField(label="未通过原因", min_length=4, max_length=150, help_text="客户会看到；请写明怎样改正。")


class NameForm(forms.Form):
    """更正姓名: before the real-name check only."""

    name = PersonNameField(label="真实姓名", widget=forms.TextInput(attrs={"autocomplete": "name"}))
