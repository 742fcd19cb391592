"""The questions of a 回访, and which sample of them a supervisor looks at."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms.fields import PersonNameField, PhoneField
from bandian.text.fields import PlainField
from workorders.models.service_choices import CallOutcome, Satisfaction

_YES_NO = [("no", "没有"), ("yes", "有")]
_QUESTIONS = ("speed", "attitude", "was_designated", "was_charged")
_WORDS = {"was_designated": "designated", "was_charged": "charged"}


class CallForm(forms.Form):
    contact_name = PersonNameField(label="受访人")
    contact_phone = PhoneField(label="受访人电话")
    outcome = forms.ChoiceField(
        label="结果", choices=CallOutcome, widget=forms.RadioSelect, error_messages={"required": "请选择结果。"}
    )
    speed = forms.ChoiceField(
        label="您对办理时长满意吗", choices=Satisfaction, required=False, widget=forms.RadioSelect
    )
    attitude = forms.ChoiceField(
        label="您对工作人员的态度满意吗", choices=Satisfaction, required=False, widget=forms.RadioSelect
    )
    was_designated = forms.ChoiceField(
        label="有没有人指定设计、施工或供货单位", choices=_YES_NO, required=False, widget=forms.RadioSelect
    )
    designated = PlainField(label="谁指定了哪家单位", required=False, max_length=500, help_text="会登记为投诉“三指定”")
    was_charged = forms.ChoiceField(
        label="有没有规定以外的收费", choices=_YES_NO, required=False, widget=forms.RadioSelect
    )
    charged = PlainField(label="谁收了什么费用", required=False, max_length=500, help_text="会登记为投诉“乱收费”")
    advice = PlainField(label="建议和备注", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    # How many calls the page showed.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        is_reached = cleaned.get("outcome") == CallOutcome.REACHED
        for name in _QUESTIONS:
            if not is_reached:
                cleaned[name] = ""
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "请按客户的回答选择。")
        for question, name in _WORDS.items():
            if cleaned.get(question) != "yes":
                cleaned[name] = ""
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, "请写明客户说的人、单位和经过。")
        return cleaned

    def said(self) -> dict[str, Any]:
        """Return what a valid form says, as columns of FollowUpCall, with how many calls its page showed."""
        answers = {"yes": True, "no": False, "": None}
        return self.cleaned_data | {name: answers[self.cleaned_data[name]] for name in _WORDS}


class SampleForm(forms.Form):
    month = forms.DateField(
        label="归档月份",
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={"invalid": "请按“2026-11”的样子填写月份。"},
    )
    share = forms.IntegerField(label="抽取比例（%）", min_value=1, max_value=100)

    @classmethod
    def of(cls, data: Mapping[str, str]) -> "SampleForm":
        """Return the form for what an address says; without anything, a tenth of this month."""
        today = timezone.localdate()
        return cls(data or {"month": f"{today:%Y-%m}", "share": "10"})

    def clean_month(self) -> date:
        month = self.cleaned_data["month"]
        if not 2000 <= month.year <= 9998:
            raise forms.ValidationError("请填写 2000 年以后的月份。")
        return month
