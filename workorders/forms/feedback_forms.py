from typing import Any

from django import forms

from accounts.models import User
from bandian.text.fields import PlainField
from workorders.enums import FeedbackKind
from workorders.models import WorkOrder


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
    order = forms.ModelChoiceField(
        WorkOrder.objects.none(), label="相关工单", required=False, empty_label="与具体工单无关"
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


class AnswerForm(forms.Form):
    answer = PlainField(
        label="答复", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}), help_text="客户会收到通知并看到全文"
    )
