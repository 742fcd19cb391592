"""企业新装: the form of the application; as a draft everything may be left open."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from accounts.enums import IdDocument
from accounts.forms.fields import CompanyField, CreditCodeField, KnownDocumentNumberField, PersonNameField, PhoneField
from bandian.db.locks import atomic
from bandian.text.fields import formfield
from bandian.web.posting import with_defaults
from workorders import regions
from workorders.enums import TransformerDuty
from workorders.models import Application, ServiceArea, Transformer

# Customary ratings in kVA (R10 series), offered as suggestions; any other may be typed.
CAPACITIES = (
    30, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000,
    6300, 8000, 10000, 12500, 16000, 20000, 25000, 31500,
)  # fmt: skip


class RegionForm(forms.Form):
    """Province, city and district; with JS the lists follow one another, without it the page comes back in between."""

    province = forms.ChoiceField(label="省（自治区、直辖市）")
    city = forms.ChoiceField(label="市（州）", required=False)
    district = forms.ChoiceField(label="区县", required=False)
    # The region that the page said nobody serves, and that is wanted all the same.
    unserved = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, region: str = "", **kwargs: Any) -> None:
        start = dict(zip(("province", "city", "district"), regions.parents(region), strict=False))
        super().__init__(data, initial=start, **kwargs)
        above = ""
        levels = ((name, self.fields[name]) for name in ("province", "city", "district"))
        for level, (name, field) in enumerate(levels):
            options = regions.children(above) if above or level == 0 else []
            field.choices = [("", "请选择"), *options]
            field.widget.attrs["data-level"] = level
            field.hide_optional = True
            chosen = (data.get(name) if data is not None else start.get(name)) or ""
            above = chosen if chosen in dict(options) else ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors and not regions.is_district(cleaned.get("district", "")):
            missing = "district" if cleaned.get("city") else "city"
            self.add_error(missing, "请继续选择，直到区县。")
        return cleaned

    @property
    def is_settled(self) -> bool:
        """Whether a unit serves the chosen region, or the customer goes on though the page said that none does."""
        chosen = self.cleaned_data["district"]
        return self.cleaned_data["unserved"] == chosen or ServiceArea.objects.serves(chosen)

    @property
    def warning(self) -> str:
        """What the page says of a valid choice that nobody serves yet."""
        if not self.is_bound or not self.is_valid() or self.is_settled:
            return ""
        name = regions.full_name(self.cleaned_data["district"])
        way_on = "仍可提交申请，由主管人工派发，用时会更长；急需用电请拨打 95598 或到当地营业厅。"
        return f"{name}还没有供电单位在线受理。{way_on}"


class ApplicationForm(forms.ModelForm):
    """The declaration; with `draft=True` only what was filled in is checked."""

    ID_NUMBERS = ("legal_id_number", "handler_id_number")

    # As the page has them.
    field_order = (
        "company", "credit_code", "industry", "postal_address", "email", "address", "usage_category", "has_transformer",
        "applied_capacity", "voltage", "own_generation", "supply_mode", "load_grade", "is_critical", "nonlinear_load",
        "wants_vat_invoice", "intended_connection_on", "handler_name", "handler_phone", "handler_id_kind",
        "handler_id_number", "legal_name", "legal_phone", "legal_id_kind", "legal_id_number", "remarks",
    )  # fmt: skip
    formset_before, files_before = "applied_capacity", "remarks"

    class Meta:
        model = Application
        formfield_callback = formfield
        fields = [
            "company", "credit_code", "address", "postal_address", "email", "usage_category", "industry",
            "has_transformer", "applied_capacity", "voltage", "supply_mode", "load_grade", "is_critical",
            "own_generation", "nonlinear_load", "wants_vat_invoice", "intended_connection_on", "legal_name",
            "legal_id_kind", "legal_id_number", "legal_phone", "handler_name", "handler_id_kind", "handler_id_number",
            "handler_phone", "remarks",
        ]  # fmt: skip
        widgets = {
            "has_transformer": forms.RadioSelect,
            "supply_mode": forms.RadioSelect,
            "load_grade": forms.RadioSelect,
            "intended_connection_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "remarks": forms.Textarea(attrs={"rows": 3}),
        }
        field_classes = {
            "company": CompanyField,
            "credit_code": CreditCodeField,
            "legal_name": PersonNameField,
            "legal_id_number": KnownDocumentNumberField,
            "legal_phone": PhoneField,
            "handler_name": PersonNameField,
            "handler_id_number": KnownDocumentNumberField,
            "handler_phone": PhoneField,
        }

    def __init__(self, *args: Any, draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name in Application.NEEDED and not draft
            field.error_messages["required"] = f"请{'选择' if hasattr(field, 'choices') else '填写'}{field.label}。"
        for name in ("usage_category", "industry", "voltage"):
            self.fields[name].choices = [("", "请选择"), *self.fields[name].choices[1:]]
        for name in ("has_transformer", "supply_mode", "load_grade"):
            self.fields[name].choices = self.fields[name].choices[1:]  # no button for "nothing chosen"
        for name in self.ID_NUMBERS:
            self.fields[name].known = getattr(self.instance, name)
        for person in Application.PEOPLE:
            kind = self.fields[f"{person}_id_kind"]
            kind.empty_value, kind.hide_optional = IdDocument.RESIDENT, True

    def keep_id_numbers(self, *, but: Collection[str] = ()) -> None:
        """Keep the right identity numbers of a form that comes back, so that the page need not repeat them whole."""
        names = [name for name in self.ID_NUMBERS if name not in but]
        right = {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}
        if right:
            Application.objects.filter(pk=self.instance.pk).update(**right)
        for name, number in right.items():
            self.fields[name].known = number


class TransformerForm(forms.ModelForm):
    """One kind of transformer; a row without a capacity says nothing, wherever it stands."""

    class Meta:
        model = Transformer
        fields = ["capacity", "count", "kind", "duty"]
        widgets = {
            "capacity": forms.NumberInput(attrs={"list": "capacities", "data-sum-capacity": True}),
            "count": forms.NumberInput(attrs={"data-sum-count": True}),
            "duty": forms.Select(attrs={"data-sum-skip": TransformerDuty.STANDBY}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True
        self.use_required_attribute = False
        self.data = with_defaults(self)

    def has_changed(self) -> bool:
        return bool(self["capacity"].value())


class BaseTransformerFormSet(BaseFormSet):
    def __init__(self, *args: Any, initial: Sequence[dict[str, Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial, **kwargs)
        self.extra = 0 if initial else 1

    @property
    def kept(self) -> list[dict[str, Any]]:
        """What the rows say that are filled in, right, and not struck out."""
        rows = [form.cleaned_data for form in self.forms if form.is_valid()]
        return [row for row in rows if row.get("capacity") and not row.get("DELETE")]

    @property
    def total(self) -> int:
        """Sum of the main transformers in kVA as typed."""
        return sum(row["capacity"] * row["count"] for row in self.kept if row["duty"] == TransformerDuty.MAIN)

    @atomic
    def save(self, application: Application) -> None:
        """Replace the application's transformers; none are kept where none is to be installed."""
        application.transformers.all().delete()
        if application.has_transformer is not False:
            names = TransformerForm.Meta.fields
            rows = [{name: row[name] for name in names} for row in self.kept]
            Transformer.objects.bulk_create(Transformer(application=application, **row) for row in rows)


TransformerFormSet: type[BaseTransformerFormSet] = formset_factory(
    TransformerForm, BaseTransformerFormSet, max_num=20, validate_max=True, can_delete=True
)


def check_transformers(form: ApplicationForm, formset: BaseTransformerFormSet) -> bool:
    """Add the errors that concern the form and its transformers together; return whether all is well.

    The main transformers' sum must equal the applied capacity: standby ones do not count.
    """
    if form.cleaned_data.get("has_transformer") is not True:
        return True
    applied = form.cleaned_data.get("applied_capacity")
    if not formset.total:
        form.add_error("has_transformer", "选择安装变压器时，请至少填写一台主用变压器的容量和台数。")
    elif applied and formset.total != applied:
        form.add_error(
            "applied_capacity",
            f"变压器容量合计 {formset.total} kVA，与申请用电容量 {applied} kVA 不一致，请核对后修改其中一项。",
        )
    return form.is_valid()


class DeclarationForm(forms.Form):
    """The declaration at the foot of the registration form (高压客户用电登记表)."""

    declared = forms.BooleanField(
        label="本单位已核对以上信息及附件，保证提供的资料真实、合法、有效",
        error_messages={"required": "请核对后勾选确认，再提交申请。"},
    )
