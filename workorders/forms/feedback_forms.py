from typing import Any

from django import forms

from accounts.enums import Role
from accounts.models import User
from accounts.validators import PERSON_LENGTH
from bandian.text.fields import PlainField
from workorders.models import WorkOrder
from workorders.models.service_choices import FeedbackKind, Grievance


class RatingForm(forms.Form):
    stars = forms.TypedChoiceField(
        label="您对这次办电满意吗",
        coerce=int,
        choices=[(5, "★★★★★ 非常满意"), (4, "★★★★ 满意"), (3, "★★★ 一般"), (2, "★★ 不满意"), (1, "★ 非常不满意")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择满意度。"},
    )
    text = PlainField(label="想说的话", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class FeedbackForm(forms.Form):
    kind = forms.ChoiceField(
        label="类型", choices=FeedbackKind, widget=forms.RadioSelect, error_messages={"required": "请选择类型。"}
    )
    about = forms.ChoiceField(
        label="投诉事项", choices=Grievance, widget=forms.RadioSelect, error_messages={"required": "请选择投诉事项。"}
    )
    order = forms.ModelChoiceField(
        WorkOrder.objects.none(), label="相关工单", required=False, empty_label="与具体工单无关"
    )
    named = PlainField(
        label="被投诉人姓名或工号",
        required=False,
        max_length=PERSON_LENGTH,
        help_text="您写的人，以及相关工单的客户经理，看不到这条投诉，也不参与处理",
    )
    is_anonymous = forms.BooleanField(
        label="匿名提交",
        required=False,
        help_text="供电企业任何人都看不到您的姓名和电话；选了相关工单，处理投诉的主管能由工单推知您的企业",
    )
    text = PlainField(
        label="内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请写明内容，方便我们核实和答复。"},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The latest are enough: who writes about an older order names it in the text.
        latest = user.orders.exclude(application_number=None).order_by("-created_at").values("pk")[:50]
        self.fields["order"].queryset = WorkOrder.objects.filter(pk__in=list(latest.values_list("pk", flat=True)))

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("kind") != FeedbackKind.COMPLAINT:  # nothing else is about any of these
            self.errors.pop("about", None)
            cleaned["about"] = ""
        return cleaned


class WordForm(forms.Form):
    """The customer's word on an answer; whoever is content need not write any."""

    text = PlainField(label="您的意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, must_say: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.must_say = must_say

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if self.must_say and not text:
            raise forms.ValidationError("请写明还有什么没有解决，方便我们处理。")
        return text


class AnswerForm(forms.Form):
    answer = PlainField(
        label="答复", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}), help_text="客户会收到通知并看到全文"
    )


class CloseForm(forms.Form):
    reason = PlainField(
        label="办结说明",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="客户会看到，并且仍可要求继续处理",
    )


class AccusedForm(forms.Form):
    person = forms.ModelChoiceField(
        User.objects.filter(role__in=Role.staff_roles).order_by("name", "phone"),
        label="被投诉人",
        empty_label="请选择",
        help_text="登记后此人看不到这条投诉，也不能处理；您自己应回避时选您自己",
    )
