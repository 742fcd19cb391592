"""What visitors of the public check page send: a file, or a code."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator

from bandian.text import plain
from bandian.text.fields import PlainField
from bandian.web.rates import Rate, is_within, subscriber

PER_ADDRESS = 20
_CHECKS = Rate("check", PER_ADDRESS, timedelta(minutes=10))
_MB = 1024 * 1024


class FileForm(forms.Form):
    file = forms.FileField(
        label="PDF 文件",
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "还没有选择文件，请选择要核验的 PDF。",
            "empty": "所选文件是空的，请重新选择。",
            "invalid": "文件没有传上来，请重新选择。",
        },
    )

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address, self.most_bytes = address, settings.PDF_MAX_BYTES
        self.fields["file"].help_text = f"最大 {settings.PDF_MAX_BYTES // _MB} MB。只用于核验，核验后立即删除。"

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > settings.PDF_MAX_BYTES:
            raise ValidationError("文件太大。" + self.fields["file"].help_text, code="size")
        return file

    def clean(self) -> None:
        """Count the check, one that is about to be made; raise ValidationError beyond PER_ADDRESS in ten minutes."""
        if "file" in self.cleaned_data and not is_within(_CHECKS, subscriber(self.address)):
            raise ValidationError(f"核验过于频繁（每 10 分钟最多 {PER_ADDRESS} 次），请稍后再试。", code="limit")


class CheckCodeField(PlainField):
    """Sixteen signs, however they were typed or copied from the foot of a paper."""

    default_validators = [
        RegexValidator(
            r"\A[2-9A-HJ-NP-Z]{16}\Z",
            "核验码是 16 位字母和数字，不含 0、1、I、O。请对照文件最后一页重新输入。",
            code="form",
        )
    ]

    def make_plain(self, value: str) -> str:
        return plain.code(value)


class CodeForm(forms.Form):
    code = CheckCodeField(
        label="核验码",
        help_text="印在文件最后一页，16 位字母和数字，空格可以不输。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请输入核验码。"},
    )
