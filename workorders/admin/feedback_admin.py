"""The supervisors' side of 意见与投诉 and of the ratings: read, and answer once."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.admin.rights import SupervisorOnly
from accounts.keeping import kept
from accounts.models import User
from accounts.requests import UserRequest
from workorders.forms.feedback_forms import AnswerForm
from workorders.models import Feedback, Rating
from workorders.requests import feedback_box


class ReadOnly(SupervisorOnly):
    """Customers write these; the desk reads."""

    actions = None
    view_on_site = False  # that page is the customer's
    show_full_result_count = False
    list_per_page = 30

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


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["number", "kind", "state", "due", "by", "order", "created_at"]
    list_filter = ["state", "kind"]
    list_select_related = ["by", "order"]
    search_fields = ["number", "text__plain__contains", "by__phone"]
    ordering = [F("answered_at").asc(nulls_first=True), "due_on"]
    fields = ["number", "kind", "text", "order", "by", "created_at", "due", "state", "answer", "answered_by"]
    change_form_template = "admin/workorders/feedback/answer.html"

    @admin.display(description="答复期限", ordering="due_on")
    def due(self, feedback: Feedback) -> str:
        return feedback.due_words

    def get_urls(self) -> list[URLPattern]:
        answer = self.admin_site.admin_view(self.answer)
        return [path("<uuid:pk>/answer/", answer, name="workorders_feedback_answer"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {"answer_form": AnswerForm()})

    @method_decorator(require_POST)
    def answer(self, request: UserRequest, pk: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found, form = get_object_or_404(Feedback, pk=pk), AnswerForm(request.POST)
        if not form.is_valid():
            messages.error(request, f"答复：{form.errors['answer'][0]}")
            return redirect(kept.keep(request) or reverse("admin:workorders_feedback_change", args=[found.pk]))
        try:
            feedback_box.answer(found, text=form.cleaned_data["answer"], by=request.user)
            messages.success(request, "已答复，客户会收到通知。")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(kept.keep(request) or reverse("admin:workorders_feedback_change", args=[found.pk]))
        return redirect("admin:workorders_feedback_change", found.pk)
