"""供电单位: the units with the regions they serve and their managers; for supervisors."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import ForeignKey, ManyToManyField, Q, QuerySet
from django.forms import BaseModelFormSet, ModelChoiceField, ModelForm
from django.forms.widgets import CheckboxSelectMultiple, Script
from django.http import HttpRequest

from accounts.admin.rights import SupervisorOnly
from accounts.enums import Role
from accounts.forms.fields import CompanyField, CreditCodeField, PersonNameField
from accounts.models import Enterprise, User
from bandian.text.fields import OVERRIDES, formfield
from workorders.forms.region_select import RegionField
from workorders.models import AreaRegion, ServiceArea


class AreaRegionForm(forms.ModelForm):
    prefix = RegionField(label="地区", error_messages={"required": "请选择地区。"})

    class Meta:
        model = AreaRegion
        formfield_callback = formfield
        fields = ["prefix", "min_voltage"]


class AreaRegionInline(SupervisorOnly, admin.TabularInline):
    model = AreaRegion
    form = AreaRegionForm
    formfield_overrides = OVERRIDES
    extra = 1

    class Media:
        js = [Script("workorders/region.js", type="module")]

    def has_delete_permission(self, request: HttpRequest, obj: ServiceArea | None = None) -> bool:
        return self.has_view_permission(request)


class ManagersField(forms.ModelMultipleChoiceField):
    """Account managers to choose from, each with whether customers can read who that is."""

    widget = CheckboxSelectMultiple

    def label_from_instance(self, user: User) -> str:
        card = "" if hasattr(user, "card") else " · 还没有名片，客户看不到介绍和电话"
        role = "" if user.is_manager else f"（{user.get_role_display()}）"
        return f"{user.name}{role} {user.masked_phone}{card}"


class ServiceAreaForm(forms.ModelForm):
    class Meta:
        model = ServiceArea
        fields = [
            "name",
            "code",
            "company",
            "credit_code",
            "address",
            "phone",
            "representative",
            "head",
            "enterprise",
            "managers",
        ]
        formfield_callback = formfield
        field_classes = {
            "company": CompanyField,
            "credit_code": CreditCodeField,
            "representative": PersonNameField,
        }


@admin.register(ServiceArea)
class ServiceAreaAdmin(admin.ModelAdmin):
    form = ServiceAreaForm
    list_display = ["name", "code", "served", "company", "phone"]
    search_fields = ["name__plain__contains", "code"]
    inlines = [AreaRegionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceArea]:
        return super().get_queryset(request).prefetch_related("regions")

    @admin.display(description="服务地区")
    def served(self, area: ServiceArea) -> str:
        return "、".join(str(rule) for rule in area.regions.all()) or "未设置，不接收申请"

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name == "head":
            kwargs["queryset"] = User.objects.filter(role=Role.SUPERVISOR, is_active=True).order_by("name", "phone")
            kwargs["empty_label"] = "没有，投诉由主管答复"
        if db_field.name == "enterprise":  # whose seal stands for the supplier: no customer's
            wanted = Q(users=None)
            if area := request.resolver_match.kwargs.get("object_id"):
                wanted |= Q(service_areas=area)  # what stands there already can be kept
            kwargs["queryset"] = Enterprise.objects.filter(wanted).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> ManagersField:
        wanted = Q(role=Role.MANAGER, is_active=True)
        if area := request.resolver_match.kwargs.get("object_id"):
            wanted |= Q(role__in=Role.staff_roles, service_areas=area)  # who is there already can be taken out
        people = User.objects.filter(wanted)
        people = people.select_related("card").order_by("name", "phone").distinct()
        return ManagersField(people, label=db_field.verbose_name, required=not db_field.blank)

    def save_related(
        self, request: HttpRequest, form: ModelForm, formsets: Sequence[BaseModelFormSet], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        for user in form.instance.managers.filter(card=None):
            messages.warning(request, f"{user} 还没有名片：客户看不到姓名旁的工号、电话和服务理念，请到“用户”中填写。")
        if not form.instance.managers.exists():
            messages.warning(request, "还没有客户经理：这个供电单位收到的申请没有人能受理。")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_authenticated and request.user.is_supervisor

    def has_view_permission(self, request: HttpRequest, obj: ServiceArea | None = None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: ServiceArea | None = None) -> bool:
        # Orders point to their area for good; inline rules must stay removable.
        return obj is not None and self.has_module_permission(request) and not obj.orders.exists()
