from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.requests import UserRequest
from workorders import hooks
from workorders.admin import (
    bulk_admin,
    countersign_admin,
    desk_admin,
    export_admin,
    overview_admin,
    placing_admin,
    plan_term_admin,
    reveal_admin,
    step_admin,
    supplement_admin,
)
from workorders.contract import countersigning
from workorders.journey import progress
from workorders.journey.flow import steps_for
from workorders.limits import deadlines, promise
from workorders.models import WorkOrder
from workorders.requests import plan_term, supplements
from workorders.rights import is_manager, looks_after
from workorders.trace import chain


@admin.register(WorkOrder)
class WorkOrderAdmin(admin.ModelAdmin):
    """The queue and the order page; nothing is edited here, orders move by their steps only."""

    view_on_site = False
    change_form_template = "admin/workorders/workorder/order.html"

    def get_queryset(self, request: UserRequest) -> QuerySet[WorkOrder]:
        return super().get_queryset(request).visible_to(request.user)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("bulk/", view(bulk_admin.bulk), name="workorders_workorder_bulk"),
            path("handover/", view(bulk_admin.handover), name="workorders_workorder_handover"),
            path("export/<slug:ending>/", view(export_admin.export), name="workorders_workorder_export"),
            path("overview/", view(overview_admin.overview_page), name="workorders_workorder_overview"),
            path("reviews/", view(overview_admin.reviews_page), name="workorders_workorder_reviews"),
            path("<uuid:pk>/step/<slug:name>/", view(step_admin.step), name="workorders_workorder_step"),
            path("<uuid:pk>/step/<slug:name>/preview/", view(step_admin.preview), name="workorders_workorder_preview"),
            path("draft/<uuid:draft>/<int:page>/", view(placing_admin.page), name="workorders_workorder_draft_page"),
            path("<uuid:pk>/id-number/", view(reveal_admin.id_number), name="workorders_workorder_id_number"),
            path("<uuid:pk>/extension/", view(plan_term_admin.answer), name="workorders_workorder_extension"),
            path("<uuid:pk>/ask/", view(supplement_admin.ask), name="workorders_workorder_ask"),
            path("<uuid:pk>/note/", view(supplement_admin.note), name="workorders_workorder_note"),
            path("<uuid:pk>/remind/", view(supplement_admin.remind), name="workorders_workorder_remind"),
            path(
                "<uuid:pk>/requests/<uuid:supplement>/close/",
                view(supplement_admin.close),
                name="workorders_workorder_close_request",
            ),
            path(
                "<uuid:pk>/requests/<uuid:supplement>/cancel/",
                view(supplement_admin.cancel),
                name="workorders_workorder_cancel_request",
            ),
            path("<uuid:pk>/assign/", view(step_admin.assign), name="workorders_workorder_assign"),
            path(
                "<uuid:pk>/countersign/", view(countersign_admin.countersign), name="workorders_workorder_countersign"
            ),
            path(
                "<uuid:pk>/countersign/<uuid:seal>/picture/",
                view(countersign_admin.picture),
                name="workorders_workorder_countersign_picture",
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: UserRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return desk_admin.queue(request)

    def change_view(
        self, request: UserRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        return super().change_view(request, object_id, form_url, self._order_context(request, order))

    def _order_context(self, request: UserRequest, order: WorkOrder | None) -> dict[str, Any]:
        if order is None:
            return {}
        term = plan_term.term(order)
        return {
            "links": hooks.links(order, request.user),
            "term": term,
            "can_extend": term is not None and term.pending is not None and is_manager(order, request.user),
            "steps": progress.sort_steps(order, steps_for(order, request.user)),
            "can_assign": request.user.is_supervisor and order.manager_id is None,
            "can_countersign": countersigning.is_due(order) and looks_after(order, request.user),
            "remaining": deadlines.remaining(order),
            "total": promise.total(order),
            "is_manager": is_manager(order, request.user),
            "can_ask": is_manager(order, request.user) and order.state in supplements.STATES,
            "can_remind": supplements.may_remind(order),
            "requests": order.requests.all(),
            "events": order.events.select_related("by"),
            "broken": chain.check(order),
            "papers": order.papers.with_signed(),
            "submissions": order.submissions.listed(),
        }

    def get_fields(self, request: HttpRequest, obj: WorkOrder | None = None) -> list[str]:
        return []

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.is_active and request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: WorkOrder | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WorkOrder | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WorkOrder | None = None) -> bool:
        return False

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        # The trace on the order page is the history; Django's own log holds nothing of it.
        return TemplateResponse(request, "404.html", status=404)
