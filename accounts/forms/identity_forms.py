"""Forms of the real-name check."""

from typing import Any

from django import forms
from django.conf import settings

from accounts import documents
from accounts.enums import ConsentKind, IdDocument, IdentityProvider
from accounts.forms.fields import DocumentKindField, DocumentNumberField, PersonNameField
from accounts.identity import id_photos
from accounts.models import User
from accounts.privacy import consents
from bandian.text.fields import PlainField


class ReadingForm(forms.Form):
    """Why a member of staff has to see a whole identity number; its owner will read it."""

    reason = PlainField(
        label="查看原因", min_length=4, max_length=150, help_text="客户能看到这条记录；请不要在原因里填写号码。"
    )


class ClaimForm(forms.Form):
    """姓名和证件, with the separate consent to sensitive data where it is still to be given."""

    name = PersonNameField(label="真实姓名", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    id_kind = DocumentKindField(label="证件类型", help_text="居民身份证以外的证件，由工作人员核对证件照片后通过。")
    id_number = DocumentNumberField(label="证件号码", help_text="按证件填写；居民身份证号码 18 位，最后一位可能是 X。")
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

    def __init__(self, *args: Any, by: User, consented: bool, has_photo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if consented:
            del self.fields["consent"]
        self.has_photo = has_photo
        if has_photo:
            self.say_photo_is_kept()
        elif settings.IDENTITY_PROVIDER != IdentityProvider.REVIEW:
            self.fields["photo"].required = False
            self.fields["photo"].help_text += "居民身份证联网核验，不用上传。"

    def say_photo_is_kept(self) -> None:
        """Ask for no photo where there is one."""
        self.fields["photo"].required = False
        self.fields["photo"].hide_optional = True
        words = "照片已上传，不必再选；重新选择会替换它。"
        self.fields["photo"].help_text = self["photo"].help_text = words

    def clean_photo(self) -> bytes:
        """Return the photo as it may be kept; nothing where the one that is kept stays."""
        upload = self.cleaned_data["photo"]
        return id_photos.prepare(upload, by=self.by) if upload else b""

    @property
    def right_photo(self) -> bytes:
        """The new photo, where it is right and may be kept though another answer is wrong."""
        may_keep = "consent" not in self.fields or bool(self.cleaned_data.get("consent"))
        return self.cleaned_data.get("photo") or b"" if may_keep else b""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name, check in (("name", documents.validate_name), ("id_number", documents.validate)):
            if cleaned.get(name) and cleaned.get("id_kind"):
                try:
                    check(cleaned["id_kind"], cleaned[name])
                except forms.ValidationError as error:
                    self.add_error(name, error)
        is_other = cleaned.get("id_kind") != IdDocument.RESIDENT
        if is_other and not (self.has_photo or cleaned.get("photo") or "photo" in self.errors):
            self.add_error("photo", self.fields["photo"].error_messages["required"])
        return cleaned


class LicenceForm(forms.Form):
    """That a doubtful credit code stands on the licence as it was typed; without a doubt there is nothing to say."""

    code_confirmed = forms.BooleanField(
        label="已对照营业执照逐位核对，执照上的统一社会信用代码就是这样",
        error_messages={"required": "代码的校验码不符，请对照营业执照逐位核对，勾选确认后再通过。"},
    )

    def __init__(self, *args: Any, doubt: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not doubt:
            del self.fields["code_confirmed"]


class RejectForm(forms.Form):
    reason = PlainField(label="未通过原因", min_length=4, max_length=150, help_text="客户会看到；请写明怎样改正。")


class NameForm(forms.Form):
    """更正姓名: before the real-name check only."""

    name = PersonNameField(label="真实姓名", widget=forms.TextInput(attrs={"autocomplete": "name"}))
