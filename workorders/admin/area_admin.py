from django import forms
from django.contrib import admin
from django.forms import CheckboxSelectMultiple

from accounts.admin.rights import SupervisorOnly
from accounts.enums import Role
from accounts.models import User
from workorders import regions
from workorders.models import AreaRegion, ServiceArea


class AreaRegionForm(forms.ModelForm):
    class Meta:
        model = AreaRegion
        fields = ["prefix", "min_voltage"]
        help_texts = {"prefix": "2 位省、4 位市、6 位区县、9 位街道代码（GB/T 2260）"}

    def clean_prefix(self):
        prefix = self.cleaned_data["prefix"]
        if not regions.full_name(prefix):
            raise forms.ValidationError(f"没有代码为 {prefix} 的地区，请填写 2、4、6 或 9 位行政区划代码。")
        return prefix


class AreaRegionInline(SupervisorOnly, admin.TabularInline):
    model = AreaRegion
    form = AreaRegionForm
    extra = 1

    def has_delete_permission(self, request, obj=None):
        return self.has_view_permission(request)


@admin.register(ServiceArea)
class ServiceAreaAdmin(admin.ModelAdmin):
    """Supply units, the regions they serve and their managers: for supervisors."""

    list_display = ["name", "code", "company", "phone"]
    search_fields = ["name", "code"]
    inlines = [AreaRegionInline]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = User.objects.filter(role__in=Role.staff_roles, is_active=True).order_by("name", "phone")
        # Django's two-column chooser speaks English.
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_authenticated and request.user.is_supervisor

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        # Orders point to their area for good; inline rules must stay removable.
        return obj is not None and self.has_module_permission(request) and not obj.orders.exists()
