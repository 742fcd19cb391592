"""回访 at the desk: who is to be called, the call with its questions, and a sample of a month."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from accounts.keeping import kept
from accounts.models import User
from accounts.requests import UserRequest
from accounts.staff.pages import desk_context
from workorders.admin.service.feedback_admin import ReadOnly
from workorders.complaints import follow_ups
from workorders.forms.follow_up_forms import CallForm, SampleForm
from workorders.models import FollowUp
from workorders.models.service_choices import FollowUpState


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["order", "company", "manager", "state", "due", "attempts", "archived_at"]
    list_filter = ["state"]
    list_select_related = ["order__application", "order__manager"]
    search_fields = ["order__number", "order__application__company__plain__contains"]
    ordering = ["ended_at", "due_on"]
    change_list_template = "admin/workorders/followup/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("calls")

    @admin.display(description="户名")
    def company(self, follow_up: FollowUp) -> str:
        return follow_up.order.application.company

    @admin.display(description="客户经理")
    def manager(self, follow_up: FollowUp) -> User | None:
        return follow_up.order.manager

    @admin.display(description="回访期限", ordering="due_on")
    def due(self, follow_up: FollowUp) -> str:
        if follow_up.state != FollowUpState.WAITING:
            return "—"
        late = "（已超期）" if follow_up.is_late else ""
        return format_html('<span class="due due--{}">{}{}</span>', "overdue" if late else "ok",
                           follow_up.due_words, late)  # fmt: skip

    @admin.display(description="次数")
    def attempts(self, follow_up: FollowUp) -> int:
        return len(follow_up.calls.all())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("sample/", view(self.sample), name="workorders_followup_sample"),
            path("<uuid:pk>/call/", view(self.call), name="workorders_followup_call"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the order's facts, the calls so far and the form of the next; all is written by `call`."""
        found = self.get_object(request, object_id)
        if found is None or request.method == "POST":
            return super().change_view(request, object_id, form_url, extra_context)
        application = found.order.application
        contact = {"contact_name": application.handler_name, "contact_phone": application.handler_phone}
        return self._page(request, found, CallForm(initial=contact | {"seen": found.calls.count()}))

    def _page(self, request: HttpRequest, found: FollowUp, form: CallForm) -> HttpResponse:
        context = desk_context(request, FollowUp._meta, str(found), original=found, form=form)
        context |= {"application": found.order.application, "calls": found.calls.select_related("by")}
        return render(request, "admin/workorders/followup/page.html", context)

    @method_decorator(require_POST)
    def call(self, request: UserRequest, pk: UUID) -> HttpResponse:
        """Keep a call; what is not complete stands on the page again, filled in."""
        found, form = self.found(request, pk), CallForm(request.POST)
        if not form.is_valid():
            return self._page(request, found, form)
        try:
            opened = follow_ups.call(found, by=request.user, **form.said())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(kept.keep(request) or found.get_desk_url())
        messages.success(request, "已登记这次回访。")
        for complaint in opened:
            messages.warning(request, f"客户反映的问题已登记为投诉 {complaint.number}，由主管答复。")
        return redirect("admin:workorders_followup_change", found.pk)

    @method_decorator(require_safe)
    def sample(self, request: UserRequest) -> HttpResponse:
        """抽查名单: a share of a month's orders, the same whoever draws it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form, rows, count = SampleForm.of(request.GET), [], 0
        if form.is_valid():
            rows, count = follow_ups.sample(**form.cleaned_data)
        shown = [row for row in rows if row.order.manager_id != request.user.pk]
        context = desk_context(
            request, FollowUp._meta, "回访抽查名单", form=form, rows=shown, drawn=len(rows), count=count
        )
        return render(request, "admin/workorders/followup/sample.html", context)
