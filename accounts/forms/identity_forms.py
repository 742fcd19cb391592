"""Forms of the real-name check."""

from django import forms
from django.conf import settings

from accounts.enums import ConsentKind, IdentityProvider
from accounts.forms.fields import IdNumberField, PersonNameField
from accounts.identity import id_photos
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
    photo = forms.FileField(
        label="证件照片（有照片的一面）",
        help_text="四角完整、字迹清楚。加密保存，只给审核人核对，审核后立即删除。",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        error_messages={"required": "请上传证件照片，审核时与姓名和号码核对。"},
    )
    consent = forms.BooleanField(
        label=consents.TEXTS[ConsentKind.SENSITIVE].body,
        error_messages={"required": "处理身份证件号码须经您单独同意，请阅读后勾选。"},
    )

    def __init__(self, *args, consented, has_photo=False, **kwargs):
        super().__init__(*args, **kwargs)
        if consented:
            del self.fields["consent"]
        if settings.IDENTITY_PROVIDER != IdentityProvider.REVIEW:
            del self.fields["photo"]
        elif has_photo:
            self.say_photo_is_kept()

    def say_photo_is_kept(self) -> None:
        """Ask for no photo where there is one."""
        self.fields["photo"].required = False
        self.fields["photo"].hide_optional = True
        words = "照片已上传，不必再选；重新选择会替换它。"
        self.fields["photo"].help_text = self["photo"].help_text = words

    def clean_photo(self) -> bytes:
        """Return the photo as it may be kept; nothing where the one that is kept stays."""
        upload = self.cleaned_data["photo"]
        return id_photos.prepare(upload) if upload else b""

    @property
    def right_photo(self) -> bytes:
        """The new photo, where it is right and may be kept though another answer is wrong."""
        may_keep = "consent" not in self.fields or bool(self.cleaned_data.get("consent"))
        return self.cleaned_data.get("photo") or b"" if may_keep else b""


class RejectForm(forms.Form):
    reason = forms.CharField(label="未通过原因", min_length=4, max_length=150, help_text="客户会看到；请写明怎样改正。")


class NameForm(forms.Form):
    """更正姓名: before the real-name check only."""

    name = PersonNameField(label="真实姓名", widget=forms.TextInput(attrs={"autocomplete": "name"}))
