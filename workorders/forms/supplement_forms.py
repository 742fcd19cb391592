from typing import Any

from django import forms
from django.utils import timezone

from bandian.text.fields import PlainField, formfield
from workorders.enums import RequestKind
from workorders.limits import deadlines
from workorders.models import SupplementRequest

# Working days that a customer has by default.
USUAL_DAYS = 5


class AskForm(forms.ModelForm):
    class Meta:
        model = SupplementRequest
        formfield_callback = formfield
        fields = ["kind", "attachment_kind", "text", "due_on", "pauses"]
        widgets = {
            "kind": forms.RadioSelect,
            "text": forms.Textarea(attrs={"rows": 4}),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "text": "客户会看到全文：缺什么、为什么、怎么补",
            "attachment_kind": "要求补充资料时选择",
            "pauses": "没有它就办不下去时勾选；可以容缺后补的不要勾选",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = RequestKind.choices
        self.fields["kind"].initial = RequestKind.PAPER
        self.fields["due_on"].initial = deadlines.add_working_days(timezone.localdate(), USUAL_DAYS)[0]


class NoteForm(forms.Form):
    text = PlainField(
        label="内部备注",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="只有供电企业看得到；写入工作痕迹，不能修改",
    )


class CancelForm(forms.Form):
    reason = PlainField(label="取消原因", max_length=200, help_text="客户会看到")


class AnswerForm(forms.Form):
    text = PlainField(
        label="说明",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
