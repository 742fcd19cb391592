"""Forms of the manager's steps; the row of each step names its form."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from accounts.validators import PERSON_LENGTH
from bandian.text.fields import PlainField
from workorders import inputs
from workorders.enums import ContractMethod
from workorders.forms import customer_forms
from workorders.forms.paper_forms import ContractForm, OpinionForm, SupplyPlanForm
from workorders.forms.step_form import StepForm
from workorders.requests import plan_term

__all__ = [
    "AcceptForm",
    "ArchiveForm",
    "ConfirmForm",
    "ContractForm",
    "DispatchForm",
    "OpinionForm",
    "ReasonForm",
    "SupplyPlanForm",
]


class ConfirmForm(StepForm):
    """Nothing to fill in."""


class ReasonForm(customer_forms.ReasonForm, StepForm):
    """A reason that the customer will read; there already, where the order's supply plan has run out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        term = plan_term.term(self.order)
        if term and term.is_over:
            self.fields["reason"].initial = plan_term.LAPSED


class AcceptForm(StepForm):
    makes = inputs.Acceptance

    manager = forms.ModelChoiceField(User.objects.none(), label="客户经理", empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = self.order.service_area.managers.filter(is_active=True)
        self.fields["manager"].initial = self.user
        if doubt := self.order.application.code_doubt:
            code = self.order.application.credit_code
            self.fields["code_confirmed"] = forms.BooleanField(
                label=f"已对照营业执照逐位核对统一社会信用代码 {code}：{doubt}，执照上就是这样",
                error_messages={"required": "请对照营业执照核对代码；与执照不一致的，请退回补正。"},
            )


class DispatchForm(StepForm):
    makes = inputs.Dispatch

    survey_at = forms.DateTimeField(
        label="预计上门时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    surveyor = PlainField(label="勘察人员", max_length=PERSON_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey_at"].initial = self.order.intended_survey_at
        self.fields["surveyor"].initial = self.user.name


class ArchiveForm(StepForm):
    makes = inputs.Archiving

    energised_on = forms.DateField(label="送电日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    meter_reading = forms.DecimalField(label="电能表示数（kWh）", max_digits=12, decimal_places=2, min_value=0)
    remarks = PlainField(label="备注", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["energised_on"].initial = timezone.localdate()
        if self.order.contract_method == ContractMethod.SCAN:
            self.fields["scan_checked"] = forms.BooleanField(
                label="已核对客户上传的盖章合同扫描件：各页齐全、印章与户名一致",
                error_messages={"required": "请先核对盖章扫描件；不合格请退回。"},
            )
