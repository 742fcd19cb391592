from django.contrib import admin

from accounts.enums import Role
from accounts.models import User
from workorders.models import AreaRegion, ServiceArea


class AreaRegionInline(admin.TabularInline):
    model = AreaRegion
    extra = 1


@admin.register(ServiceArea)
class ServiceAreaAdmin(admin.ModelAdmin):
    """Supply units, the regions they serve and their managers: for supervisors."""

    list_display = ["name", "code", "company", "phone"]
    search_fields = ["name", "code"]
    inlines = [AreaRegionInline]
    filter_horizontal = ["managers"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = User.objects.filter(role__in=Role.staff_roles, is_active=True)
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
