"""Forms of the customer's steps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.fields import PersonNameField, PhoneField
from accounts.models import User
from accounts.validators import PERSON_LENGTH
from bandian.text import plain
from bandian.text.fields import PlainField, formfield
from signing.marks.handwriting import Strokes, Typed
from workorders import inputs
from workorders.enums import BasicCharge, Stage
from workorders.forms.step_form import InputForm
from workorders.models import Submission

PARTNERS = {Stage.DESIGN: "设计", Stage.COMPLETION: "施工"}


class ReasonForm(InputForm):
    makes = inputs.Reason

    reason = PlainField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明原因，对方据此处理。"},
    )


class SurveyForm(InputForm):
    """意向勘察时间; a change also says why."""

    makes = inputs.SurveyWish

    intended_survey_at = forms.DateTimeField(
        label="意向勘察时间",
        help_text=f"工作日 {inputs.SURVEY_HOURS_WORDS}，最早为明天",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": "请选择意向勘察时间。", "invalid": "请按“年-月-日 时:分”填写时间。"},
    )

    def __init__(self, *args: Any, is_change: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_change:
            self.fields["reason"] = PlainField(
                label="变更原因",
                max_length=200,
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"required": "请写明变更原因，方便客户经理安排。"},
            )


class SubmissionForm(forms.ModelForm):
    """A stage's fields: those the stage does not know are not there."""

    contact_name = PersonNameField(label="企业联系人姓名")
    contact_phone = PhoneField(label="企业联系人电话")
    partner_name = PersonNameField()
    partner_phone = PhoneField()
    # Files stand ahead of the declaration, or last.
    files_before = "declared"
    declared = forms.BooleanField(error_messages={"required": "请勾选确认后再提交。"})

    class Meta:
        model = Submission
        formfield_callback = formfield
        fields = [
            "intended_connection_on",
            "contact_name",
            "contact_phone",
            "partner_name",
            "partner_phone",
            "basic_charge",
            "contract_demand",
            "declared",
        ]
        widgets = {
            "intended_connection_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "basic_charge": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stage = Stage(self.instance.stage)
        self.fields["intended_connection_on"].required = True
        self.fields["intended_connection_on"].help_text = "客户经理建议的时间已填好，可以修改"
        if partner := PARTNERS.get(stage):
            self.fields["partner_name"].label = f"{partner}联系人姓名"
            self.fields["partner_phone"].label = f"{partner}联系人电话"
        else:
            del self.fields["partner_name"], self.fields["partner_phone"]
        if stage.declaration:
            self.fields["declared"].label = stage.declaration
        else:
            del self.fields["declared"]
            self.files_before = ""
        if stage == Stage.COMPLETION and self.instance.order.chooses_basic_charge:
            self.fields["basic_charge"].required = True
            self.fields["basic_charge"].choices = BasicCharge.choices
            self.fields["contract_demand"].help_text = "单位 kW，选择“按合同最大需量”时填写"
            self.fields["contract_demand"].hide_optional = True
        else:
            del self.fields["basic_charge"], self.fields["contract_demand"]

    def _post_clean(self) -> None:
        super()._post_clean()
        if not (self.has_error("basic_charge") or self.has_error("contract_demand")):
            try:
                self.instance.settle_basic_charge()
            except ValidationError as error:
                self.add_error(None, error)


class SignForm(forms.Form):
    """A signature and the hash of the file that the signer saw; `strokes` becomes the handwriting or the typed name."""

    strokes = forms.CharField(label="手写签名", widget=forms.HiddenInput, required=False)
    typed = PlainField(
        label="键入本人姓名",
        required=False,
        max_length=PERSON_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"max_length": "姓名太长，请键入您实名登记的姓名。"},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label="我已阅读全文，确认签署", error_messages={"required": "请阅读文件并勾选确认后再签字。"}
    )

    def __init__(self, *args: Any, signer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signer = signer
        self.fields["typed"].hide_optional = True
        self.fields["typed"].help_text = "须与您实名登记的姓名一致，签署处将注明“键入签名”。"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "typed" not in cleaned:
            return cleaned
        drawn, typed = cleaned.get("strokes", ""), cleaned["typed"]
        try:
            cleaned["strokes"] = self._typed(typed, drawn) if typed else Strokes.parse(drawn)
        except ValidationError as error:
            self.add_error("typed" if typed else "strokes", error)
        return cleaned

    def _typed(self, name: str, drawn: str) -> Typed:
        if drawn:
            raise ValidationError("手写和键入只能选一种：请点【重写】清空手写签名，或删去键入的姓名。", code="both")
        if _compared(name) != _compared(str(self.signer)):
            raise ValidationError(
                "键入的姓名与您登记的姓名不一致，请键入本人姓名；登记有误请到【我的】中更正。", code="other_name"
            )
        return Typed(str(self.signer))

    def given(self, client: inputs.Client) -> inputs.Signing:
        answers = self.cleaned_data
        return inputs.Signing(sha256=answers["sha256"], hand=answers["strokes"], client=client)


def _compared(name: str) -> str:
    return plain.key(plain.name(name)).replace(" ", "")
