"""The supervisors' side of 意见与投诉 and of the ratings: read, answer, keep out whom a complaint is about."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from accounts.admin.rights import SupervisorOnly
from accounts.keeping import kept
from accounts.models import User
from accounts.requests import UserRequest
from workorders.complaints import deciders, feedback_box
from workorders.forms.feedback_forms import AccusedForm, AnswerForm, CloseForm
from workorders.models import Feedback, Rating, WorkOrder
from workorders.models.service_choices import FeedbackState


class ReadOnly(SupervisorOnly):
    """Customers write these; the desk reads what is not about the reader."""

    actions = None
    view_on_site = False  # that page is the customer's
    show_full_result_count = False
    list_per_page = 30

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Refuse by the role before the row is looked for, as the other pages do."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def found(self, request: UserRequest, pk: UUID) -> Any:
        """Return what a page of ours is about; raises PermissionDenied and Http404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Rating)
class RatingAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["order", "manager", "stars", "text", "at"]
    list_filter = ["stars"]
    list_select_related = ["order__manager"]
    search_fields = ["order__number", "order__manager__name__plain__contains"]
    fields = ["order", "stars", "text", "by", "at", "changed_at"]

    @admin.display(description="客户经理", ordering="order__manager__name")
    def manager(self, rating: Rating) -> User | None:
        return rating.order.manager


class MineFilter(admin.SimpleListFilter):
    """What waits for the reader's own answer."""

    title, parameter_name = "处理", "mine"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("1", "待我答复")]

    def queryset(self, request: UserRequest, queryset: QuerySet) -> QuerySet:
        mine = Feedback.objects.awaiting(request.user).order_by().values("pk")
        return queryset.filter(pk__in=mine) if self.value() == "1" else queryset


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, admin.ModelAdmin):
    # Nothing that tells who wrote an anonymous one: neither columns to sort by, nor a search by phone.
    list_display = ["number", "kind", "about", "standing", "due", "writer", "its_order", "created_at"]
    list_filter = [MineFilter, "state", "kind", "about", "level"]
    list_select_related = ["by", "order"]
    search_fields = ["number", "turns__text__plain__contains"]
    ordering = ["-since"]
    change_form_template = "admin/workorders/feedback/page.html"

    @admin.display(description="状态", ordering="state")
    def standing(self, feedback: Feedback) -> str:
        return feedback.state_words

    @admin.display(description="答复期限", ordering="due_on")
    def due(self, feedback: Feedback) -> str:
        if feedback.state != FeedbackState.WAITING:
            return "—"
        late = "（已超期）" if feedback.is_late else ""
        return format_html('<span class="due due--{}">{}{}</span>', "overdue" if late else "ok",
                           feedback.due_words, late)  # fmt: skip

    @admin.display(description="提交人")
    def writer(self, feedback: Feedback) -> str:
        return feedback.writer

    @admin.display(description="相关工单")
    def its_order(self, feedback: Feedback) -> WorkOrder | str:
        return "—" if feedback.is_anonymous or not feedback.order else feedback.order

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse what Django allows of every foreign key, which would find the writer or the order by its id."""
        return lookup.split("__")[0] in (MineFilter.parameter_name, "state", "kind", "about", "level")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/answer/", view(self.answer), name="workorders_feedback_answer"),
            path("<uuid:pk>/close/", view(self.close), name="workorders_feedback_close"),
            path("<uuid:pk>/accused/", view(self.accused), name="workorders_feedback_accused"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        return super().change_view(request, object_id, form_url, found and self._context(request, found))

    def _context(self, request: HttpRequest, found: Feedback) -> dict[str, Any]:
        people = deciders.deciders(found)
        may, is_waiting = request.user in people, found.state == FeedbackState.WAITING
        may_close = may and found.is_complaint and found.state == FeedbackState.ANSWERED
        return {
            "turns": found.turns.select_related("by", "feedback__by"),
            "accused": "、".join(map(str, found.accused.all())),
            "answer_form": AnswerForm() if may and is_waiting else None,
            "close_form": CloseForm() if may_close and feedback_box.is_silent(found) else None,
            "accused_form": AccusedForm() if found.is_complaint and found.state != FeedbackState.SETTLED else None,
            "waits_for": "、".join(map(str, people)) if is_waiting and not may else "",
            "has_nobody": is_waiting and not people,
        }

    @method_decorator(require_POST)
    def answer(self, request: UserRequest, pk: UUID) -> HttpResponse:
        found, form = self.found(request, pk), AnswerForm(request.POST)
        return self._act(request, found, form, feedback_box.answer, {"text": "answer"}, "已答复，客户会收到通知。")

    @method_decorator(require_POST)
    def close(self, request: UserRequest, pk: UUID) -> HttpResponse:
        found, form = self.found(request, pk), CloseForm(request.POST)
        return self._act(request, found, form, feedback_box.close, {"text": "reason"}, "已办结，客户会收到通知。")

    @method_decorator(require_POST)
    def accused(self, request: UserRequest, pk: UUID) -> HttpResponse:
        found, form = self.found(request, pk), AccusedForm(request.POST)
        done = "已登记，此人看不到、也不能处理这条投诉。"
        return self._act(request, found, form, feedback_box.name_accused, {"person": "person"}, done)

    def _act(
        self, request: UserRequest, found: Feedback, form: Form, service: Callable[..., Feedback],
        takes: dict[str, str], done: str,
    ) -> HttpResponse:  # fmt: skip
        """Call the service with what it takes of the form, by field; what is refused stands on the page again."""
        if form.is_valid():
            try:
                service(found, by=request.user, **{name: form.cleaned_data[field] for name, field in takes.items()})
                messages.success(request, done)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                if self.get_queryset(request).filter(pk=found.pk).exists():
                    return redirect("admin:workorders_feedback_change", found.pk)
                return redirect("admin:workorders_feedback_changelist")  # who named oneself sees it no more
        else:
            name, errors = next(iter(form.errors.items()))
            messages.error(request, f"{form.fields[name].label}：{errors[0]}")
        return redirect(kept.keep(request) or found.get_desk_url())
