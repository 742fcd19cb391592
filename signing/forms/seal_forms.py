"""印章申请: what the seal looks like, who says so, and the papers that prove it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Enterprise, User
from bandian.text import plain
from bandian.text.fields import PlainField
from bandian.web.posting import with_defaults
from files import checks
from signing.enums import SealKind, SealOrigin, SealPaperKind
from signing.models import Seal
from signing.seals import images, known_papers, lifecycle

_PAPERS = "可以是照片、扫描件或 PDF。"
_MINE = "您就是法定代表人时不用提供。"
_HELP = {
    SealPaperKind.LICENCE: f"须加盖公章或为原件照片。{_PAPERS}",
    SealPaperKind.LEGAL_ID: f"身份证人像面和国徽面，或者护照、通行证等的资料页。{_PAPERS}",
    SealPaperKind.HANDLER_ID: f"即您本人的身份证件。{_MINE}",
    SealPaperKind.AUTHORISATION: f"写明由您申请和使用印章，并由法定代表人签字或盖章。{_MINE}",
}
# Papers that only one who acts for the representative brings.
_OF_HANDLER = (SealPaperKind.HANDLER_ID, SealPaperKind.AUTHORISATION)
_SIZES = [(42, "42 mm（国有、股份制企业常用）"), (40, "40 mm（有限责任公司常用）")]


class NumberField(PlainField):
    """The 13 digits on a seal, however they were typed."""

    default_validators = [RegexValidator(r"\A[0-9]{13}\Z", "印章编码应为 13 位数字，请核对；没有编码请留空。")]

    def make_plain(self, value: str) -> str:
        return plain.code(value)


class LookForm(forms.Form):
    """What the system needs to draw a seal."""

    kind = forms.ChoiceField(label="印章类型", choices=SealKind, widget=forms.RadioSelect)
    size_mm = forms.TypedChoiceField(
        label="直径",
        choices=_SIZES,
        coerce=int,
        initial=42,
        empty_value=42,  # type: ignore[arg-type]  # text only, say the stubs
        required=False,
        widget=forms.RadioSelect,
    )
    number = NumberField(
        label="印章编码",
        required=False,
        help_text="公安机关备案的 13 位编码，刻在印章下方；没有就不填。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.data = with_defaults(self)
        for name in ("kind", "size_mm", "origin", "image"):
            if name in self.fields:
                self.fields[name].hide_optional = True

    def look(self) -> dict[str, Any]:
        """Return what `seals.sketch` and `seals.apply` take besides the enterprise."""
        return {name: self.cleaned_data[name] for name in ("kind", "size_mm", "number")}


class PaperField(forms.FileField):
    """One paper; cleaned it is a `seals.Paper`, or None."""

    def __init__(self, kind: SealPaperKind, *, by: User, known: known_papers.Known | None = None) -> None:
        attrs = {"accept": "image/*,application/pdf"}
        super().__init__(
            label=kind.label,
            help_text=_known_words(known) if known else _HELP[kind],
            required=False,
            allow_empty_file=True,  # filecheck says what is wrong with it
            widget=forms.FileInput(attrs=attrs),
        )
        self.kind, self.by, self.known = kind, by, known

    def clean(self, data: Any, initial: Any = None) -> lifecycle.Paper | None:
        upload = super().clean(data, initial)
        if not upload:
            return self.known.paper() if self.known else None
        checks.check_rate(self.by.pk, upload.size)
        return lifecycle.Paper(self.kind, checks.shown_name(upload.name), checks.check(upload))


def _known_words(known: known_papers.Known) -> str:
    day = timezone.localdate(known.at)
    return f"已有您 {day.month}月{day.day}日上传的“{escape(known.name)}”，不必再传；重新选择会替换它。"


class SealForm(LookForm):
    """An application by one of the enterprise's people."""

    origin = forms.ChoiceField(
        label="生成方式", choices=SealOrigin, initial=SealOrigin.GENERATED, widget=forms.RadioSelect
    )
    image = forms.FileField(
        label="印章图片",
        required=False,
        allow_empty_file=True,
        help_text=(
            "PNG 格式、背景透明、不超过 120 KB，长宽 150 至 2000 像素；"
            "不是方形的画布会自动裁齐。图片由供电公司审核后才能使用。"
        ),
        widget=forms.FileInput(attrs={"accept": "image/png,.png"}),
    )
    agreed = forms.BooleanField(
        label="本人有权代表本企业申请和使用这枚印章，所填内容和所传材料真实有效",
        error_messages={"required": "请确认您有权代表企业申请印章。"},
    )

    field_order = ["kind", "origin", "image", "size_mm", "number", *SealPaperKind.values, "agreed"]

    def __init__(self, *args: Any, user: User, enterprise: Enterprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.enterprise = user, enterprise
        known = known_papers.of(user)
        for kind in SealPaperKind:
            self.fields[kind.value] = PaperField(kind, by=user, known=known.get(kind))
            self.fields[kind.value].hide_optional = True
        self.order_fields(self.field_order)

    @property
    def papers(self) -> list[forms.BoundField]:
        """The fields of the papers, for the page."""
        return [self[kind.value] for kind in SealPaperKind]

    def clean_kind(self) -> str:
        kind = self.cleaned_data["kind"]
        try:
            lifecycle.check_kind_is_free(self.enterprise, kind)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return kind

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        cleaned = self.cleaned_data
        is_legal = plain.key(self.user.name) == plain.key(self.enterprise.legal_representative)
        for kind in SealPaperKind:
            needed = not (is_legal and kind in _OF_HANDLER)
            if needed and not cleaned.get(kind.value) and kind.value not in self.errors:
                self.add_error(kind.value, f"请上传{kind.label}。")
        self._clean_image(cleaned)
        return cleaned

    def _clean_image(self, cleaned: dict[str, Any]) -> None:
        """Turn the upload into the bytes that are kept; its rules depend on the kind of seal."""
        upload, cleaned["image"] = cleaned.get("image"), b""
        if cleaned.get("origin") == SealOrigin.UPLOADED:
            try:
                if not upload:
                    raise ValidationError("请选择印章图片，或改选“系统自动生成”。")
                if upload.size > images.MAX_BYTES:
                    raise images.refusal("too_large")
                checks.check_rate(self.user.pk, upload.size)
                cleaned["image"] = images.check(upload.read(), is_round=cleaned.get("kind") != SealKind.LEGAL)
            except ValidationError as error:
                self.add_error("image", error)
        elif upload:
            self.add_error("image", "系统自动生成印章时不要上传图片：请改选“上传印章图片”，或取消所选图片。")

    def save(self) -> Seal:
        papers = [paper for kind in SealPaperKind if (paper := self.cleaned_data[kind.value])]
        return lifecycle.apply(
            self.enterprise, by=self.user, image=self.cleaned_data["image"], papers=papers, **self.look()
        )


class ReasonForm(forms.Form):
    """Why a seal is cancelled or an application is rejected; the enterprise's people read it."""

    reason = PlainField(label="原因", min_length=2, max_length=150, widget=forms.TextInput(attrs={"size": "60"}))


class SupplierSealForm(LookForm):
    """A seal for a company that puts seals on papers but has no customers here: a supply enterprise."""

    enterprise = forms.ModelChoiceField(Enterprise.objects.filter(users=None), label="供电企业", empty_label="请选择")

    field_order = ["enterprise", "kind", "size_mm", "number"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned.get("enterprise") and cleaned.get("kind"):
            lifecycle.check_kind_is_free(cleaned["enterprise"], cleaned["kind"])
        return cleaned

    def save(self, *, by: User) -> Seal:
        return lifecycle.apply(self.cleaned_data["enterprise"], by=by, **self.look())
