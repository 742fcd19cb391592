from django.contrib import admin
from django.db.models import F
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from workorders import deadlines, progress
from workorders.admin import reveal, steps
from workorders.enums import State
from workorders.flow import steps_for
from workorders.models import WorkOrder


class StateFilter(admin.SimpleListFilter):
    """Where the order stands: whose turn first, then each state."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        turns = [("utility", "待我方办理"), ("customer", "待客户办理"), ("overdue", "已超期")]
        return turns + [choice for choice in State.choices if choice[0] != State.DRAFT]

    def queryset(self, request, queryset):
        value = self.value()
        if value in ("utility", "customer"):
            return queryset.awaiting(value)
        if value == "overdue":
            return queryset.filter(due_on__lt=timezone.localdate())
        return queryset.filter(state=value) if value else queryset


class AreaFilter(admin.RelatedFieldListFilter):
    """Supply units, only those whose orders the user may see."""

    def field_choices(self, field, request, model_admin):
        areas = field.related_model.objects.all()
        if not request.user.is_supervisor:
            areas = request.user.service_areas.all()
        return [(area.pk, str(area)) for area in areas]


@admin.register(WorkOrder)
class WorkOrderAdmin(admin.ModelAdmin):
    """The queue and the order page; nothing is edited here, orders move by their steps only."""

    list_display = ["__str__", "company", "address", "state", "whose_turn", "time_left", "manager", "service_area"]
    list_filter = [StateFilter, ("service_area", AreaFilter)]
    list_select_related = ["application", "manager", "service_area"]
    list_per_page = 30
    show_full_result_count = False
    view_on_site = False
    ordering = [F("due_on").asc(nulls_last=True), "-created_at"]
    search_fields = ["number", "application_number", "application__company", "application__address", "customer__phone"]
    search_help_text = "工单编号、申请编号、户名、地址、客户手机号"
    change_form_template = "admin/workorders/workorder/order.html"

    @admin.display(description="户名", ordering="application__company")
    def company(self, order):
        return order.application.company

    @admin.display(description="用电地址")
    def address(self, order):
        return order.application.full_address

    @admin.display(description="轮到")
    def whose_turn(self, order):
        return order.turn.label

    @admin.display(description="时限", ordering="due_on")
    def time_left(self, order):
        left = deadlines.remaining(order)
        return left.text if left else "—"

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/step/<slug:name>/", view(steps.step), name="workorders_workorder_step"),
            path("<uuid:pk>/step/<slug:name>/preview/", view(steps.preview), name="workorders_workorder_preview"),
            path("<uuid:pk>/id-number/", view(reveal.id_number), name="workorders_workorder_id_number"),
            path("<uuid:pk>/assign/", view(steps.assign), name="workorders_workorder_assign"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        order = self.get_object(request, object_id)
        return super().change_view(request, object_id, form_url, self._order_context(request, order))

    def _order_context(self, request, order):
        if order is None:
            return {}
        return {
            "steps": progress.sort_steps(order, steps_for(order, request.user)),
            "can_assign": request.user.is_supervisor and order.manager_id is None,
            "remaining": deadlines.remaining(order),
            "events": order.events.select_related("by"),
            "papers": order.papers.with_signed(),
            "submissions": order.submissions.listed(),
        }

    def get_fields(self, request, obj=None):
        return []

    def has_module_permission(self, request):
        return request.user.is_authenticated and request.user.is_active and request.user.is_staff

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def history_view(self, request, object_id, extra_context=None):
        # The trace on the order page is the history; Django's own log holds nothing of it.
        return TemplateResponse(request, "404.html", status=404)
