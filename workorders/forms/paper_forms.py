"""Forms of the manager's steps that issue a paper."""

from contextlib import suppress
from typing import Any

from django import forms

from bandian.text.fields import PlainField, formfield
from files import checks, previews, scanner
from signing import drafts
from signing.drafts import Confirmed
from signing.pdf import intake
from signing.pdf.intake import Admitted
from workorders import inputs
from workorders.enums import PaperKind, Sealing, Verdict
from workorders.forms.step_form import StepForm
from workorders.journey.supplier_seals import seal_for
from workorders.models import SupplyPlan, WorkOrder


class PaperForm(StepForm):
    """Steps that issue a paper: the manager's own PDF, or one made from the order; with the supplier's seal or not."""

    kind: PaperKind | None = None

    sealing = forms.BooleanField(label="加盖供电企业印章", required=False, initial=True)
    pdf = forms.FileField(
        label="自备 PDF",
        required=False,
        help_text="不上传则由系统按工单生成；文中的“客户签字”“签收”等字样处为签署位置，没有时自动附签署页",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    # The manager's own PDF that was looked at before: a browser does not send the file again.
    own = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = None
        self.file_name = ""
        self.seal = seal_for(self.order, self.kind)
        self._offer_seal()

    def _offer_seal(self) -> None:
        if self.seal:
            self.fields["sealing"].help_text = f"签发时盖上“{self.seal}”，客户随后签字"
        else:
            del self.fields["sealing"]

    def clean_sealing(self) -> Sealing:
        return Sealing.NOW if self.cleaned_data["sealing"] else Sealing.NONE

    def clean_pdf(self) -> Admitted | None:
        """Admit the manager's own PDF, once for all that follows."""
        upload = self.cleaned_data["pdf"]
        if not upload:
            return None
        checks.check_rate(self.user.pk, upload.size)
        self.file_name = checks.shown_name(upload.name)
        content = upload.read()
        scanner.scan(content)
        admitted = intake.admit(content)
        previews.check(admitted.content)  # what cannot be shown cannot be signed
        return admitted

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned.get("own") and not cleaned.get("pdf"):
            self.find_own(str(cleaned["own"]))
            if self.kept:
                cleaned["pdf"] = drafts.read(self.kept)
            else:
                self.add_error("pdf", "上次预览的文件已过期，请重新选择文件。")
        return cleaned

    def find_own(self, pk: str) -> None:
        """Find the manager's own PDF that was looked at before, also where the page is made anew after a login."""
        with suppress(forms.ValidationError):  # no UUID
            self.kept = drafts.find(pk, by=self.user) if pk else None
        if self.kept:
            self.file_name = self.kept.name

    def keep_file(self) -> None:
        """Keep the manager's own PDF where something else is wrong: a browser does not send it again."""
        paper = getattr(self, "cleaned_data", {}).get("pdf")
        if paper is None or self.kept is not None:
            return
        try:
            self.kept = drafts.keep(paper, by=self.user, name=self.file_name)
        except forms.ValidationError as error:
            self.add_error("pdf", error)

    def given(self, confirmed: Confirmed | None = None, **more: Any) -> inputs.Issue:
        """Return the input; what was confirmed under a preview takes the place of the manager's file."""
        paper = confirmed.paper if confirmed else self.cleaned_data.get("pdf")
        given = super().given(own=paper, placed=confirmed.placed if confirmed else None, **more)
        if not isinstance(given, inputs.Issue):
            raise TypeError(f"{self.makes} issues no paper")
        return given


class SupplyPlanForm(PaperForm, forms.ModelForm):
    makes = inputs.SupplyPlanIssue

    needs_design_review = forms.BooleanField(label="需要设计文件审核", required=False)
    needs_mid_inspection = forms.BooleanField(label="需要中间检查", required=False)
    suggested_connection_on = forms.DateField(
        label="建议接电时间", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    remarks = PlainField(label="补充说明", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    class Meta:
        model = SupplyPlan
        formfield_callback = formfield
        fields = [
            "capacity",
            "voltage",
            "supply_mode",
            "source",
            "demarcation",
            "metering",
            "tariff",
            "power_factor",
            "fees",
        ]
        widgets = {
            name: forms.TextInput(attrs={"class": "vLargeTextField"}) for name in ("source", "demarcation", "fees")
        }

    field_order = [
        *Meta.fields,
        "needs_design_review",
        "needs_mid_inspection",
        "suggested_connection_on",
        "remarks",
        "sealing",
        "pdf",
    ]

    def __init__(self, *args: Any, order: WorkOrder, **kwargs: Any) -> None:
        declared = order.application
        initial = {
            "capacity": declared.applied_capacity,
            "voltage": declared.voltage,
            "supply_mode": declared.supply_mode,
            "tariff": declared.usual_tariff,
            "power_factor": "0.90",
            "needs_design_review": True,
            "needs_mid_inspection": True,
            "suggested_connection_on": declared.intended_connection_on,
        }
        plan = SupplyPlan.objects.filter(order=order).first()
        initial = self._flags(order) if plan else initial
        super().__init__(*args, order=order, instance=plan or SupplyPlan(order=order), initial=initial, **kwargs)

    @staticmethod
    def _flags(order: WorkOrder) -> dict[str, Any]:
        names = ("needs_design_review", "needs_mid_inspection", "suggested_connection_on")
        return {name: getattr(order, name) for name in names}

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.check_terms(needs_design_review=self.cleaned_data["needs_design_review"])
            except forms.ValidationError as error:
                self.add_error(None, error)


class OpinionForm(PaperForm):
    makes = inputs.Opinion

    verdict = forms.TypedChoiceField(label="结论", choices=Verdict, coerce=Verdict, widget=forms.RadioSelect)
    remarks = PlainField(label="意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))
    mend_by = forms.DateField(
        label="整改期限",
        required=False,
        help_text="不合格时填写",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    field_order = ["verdict", "remarks", "mend_by", "sealing", "pdf"]


class ContractForm(PaperForm):
    makes = inputs.ContractIssue

    term_years = forms.IntegerField(label="合同有效期（年）", initial=3, min_value=1, max_value=10)
    sign_place = PlainField(label="签订地点", max_length=60)

    sealing = forms.ChoiceField(label="供电企业盖章", choices=Sealing, required=False, widget=forms.RadioSelect)
    cross_page = forms.BooleanField(
        label="加盖骑缝章",
        required=False,
        initial=True,
        help_text="签发时盖章的多页合同，在各页右侧边缘加盖；每 20 页一组",
    )

    kind = PaperKind.CONTRACT
    field_order = ["term_years", "sign_place", "sealing", "cross_page", "pdf"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sign_place"].initial = self.order.service_area.address

    def _offer_seal(self) -> None:
        if self.seal:
            self.fields["sealing"].initial = Sealing.NOW
            self.fields["sealing"].help_text = f"将使用“{self.seal}”"
        else:
            self.fields["sealing"].choices = [(Sealing.NONE, Sealing.NONE.label)]
            self.fields["sealing"].initial = Sealing.NONE
            self.fields["sealing"].help_text = "本供电单位没有可用的印章，请主管先为用印企业生成印章"
            del self.fields["cross_page"]

    def clean_sealing(self) -> Sealing:
        return Sealing(self.cleaned_data["sealing"] or Sealing.NONE)
