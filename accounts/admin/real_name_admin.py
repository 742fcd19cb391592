"""实名审核: a supervisor compares a claim with the papers and decides; nothing else is edited here."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.admin.review_admin import ReviewAdmin
from accounts.forms.identity_forms import LicenceForm, ReadingForm, RejectForm
from accounts.identity import claims, id_photos
from accounts.models import RealName
from accounts.requests import UserRequest

# Seconds after which a page with a whole number leaves by itself.
SHOWN_SECONDS = 30
COMPARED_SECONDS = 300


def number_page(request: UserRequest, number: str, *, back: str, **context: Any) -> HttpResponse:
    """Answer with a whole identity number on a page of its own that goes `back` after SHOWN_SECONDS."""
    context = admin.site.each_context(request) | context | {"number": number, "back": back, "seconds": SHOWN_SECONDS}
    response = render(request, "admin/id_number.html", context)
    response["Refresh"] = f"{SHOWN_SECONDS}; url={back}"
    return response


@admin.register(RealName)
class RealNameAdmin(ReviewAdmin):
    list_display = ["name", "document", "phone", "status", "provider", "submitted_at", "decided_by"]
    list_filter = ["status", "id_kind", "provider"]
    list_select_related = ["user", "decided_by"]
    search_fields = ["name__plain__contains", "user__phone"]
    change_form_template = "admin/accounts/realname/review.html"

    @admin.display(description="证件")
    def document(self, record: RealName) -> str:
        return record.document

    @admin.display(description="手机号")
    def phone(self, record: RealName) -> str:
        return record.user.masked_phone

    def has_add_permission(self, request: HttpRequest, obj: RealName | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RealName]:
        return super().get_queryset(request).select_related("user__enterprise", "decided_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/approve/", view(self.approve), name="accounts_realname_approve"),
            path("<uuid:pk>/reject/", view(self.reject), name="accounts_realname_reject"),
            path("<uuid:pk>/enterprise/", view(self.verify_enterprise), name="accounts_realname_enterprise"),
            path("<uuid:pk>/compare/", view(self.compare), name="accounts_realname_compare"),
            path("<uuid:pk>/number/", view(self.show_number), name="accounts_realname_number"),
            *super().get_urls(),
        ]

    def review_context(self, record: RealName) -> dict[str, Any]:
        enterprise = record.user.enterprise
        return {
            "facts": claims.facts(record),
            "seen": claims.shown(record),
            "enterprise_waits": enterprise and not enterprise.verified_at,
            "readings": record.user.identity_readings.select_related("by")[:20],
            "licence_form": LicenceForm(doubt=enterprise and enterprise.code_doubt),
            "reject_form": RejectForm(),
            "reading_form": ReadingForm(),
        }

    def page(self, request: UserRequest, record: RealName, **more: Any) -> HttpResponse:
        compared = id_photos.was_compared(record, by=request.user)
        return super().page(request, record, **{"compared": compared, **more})

    @method_decorator(require_POST)
    def approve(self, request: UserRequest, pk: UUID) -> HttpResponse:
        return self.decide(request, pk, claims.decide, trace=_outcome)

    @method_decorator(require_POST)
    def reject(self, request: UserRequest, pk: UUID) -> HttpResponse:
        form = RejectForm(request.POST)
        return self.decide(request, pk, claims.decide, trace=_outcome, forms={"reject_form": form})

    @method_decorator(require_POST)
    def verify_enterprise(self, request: UserRequest, pk: UUID) -> HttpResponse:
        enterprise = self.found(request, pk).user.enterprise
        form = LicenceForm(request.POST, doubt=enterprise and enterprise.code_doubt)
        return self.decide(request, pk, claims.approve_enterprise, trace=_verified, forms={"licence_form": form})

    @method_decorator(require_POST)
    def compare(self, request: UserRequest, pk: UUID) -> HttpResponse:
        """Answer with the photo and the whole number beside the name, for as long as it takes to compare them."""
        record = self.found(request, pk)
        if not record.is_pending:
            return self.page(request, record, problem="这条申请已经审核过了，证件照片已删除。")
        photo, number = id_photos.show(record, by=request.user)
        self.log_change(request, record, id_photos.COMPARING)
        back = reverse("admin:accounts_realname_change", args=[record.pk])
        response = self.page(request, record, photo=photo, number=number)
        response["Refresh"] = f"{COMPARED_SECONDS}; url={back}"
        return response

    @method_decorator(require_POST)
    def show_number(self, request: UserRequest, pk: UUID) -> HttpResponse:
        """Answer with the whole number on a page of its own that leaves after SHOWN_SECONDS."""
        record, form = self.found(request, pk), ReadingForm(request.POST)
        if not form.is_valid():
            return self.page(request, record, reading_form=form)
        reason = form.cleaned_data["reason"]
        number = claims.read_id_number(record, by=request.user, reason=reason)
        self.log_change(request, record, f"查看证件号码：{reason}")
        back = reverse("admin:accounts_realname_change", args=[record.pk])
        context = {"opts": self.opts, "title": "证件号码", "label": f"{record.get_id_kind_display()}号码"}
        return number_page(request, number, owner=record.name, back=back, **context)


def _outcome(record: RealName) -> str:
    return f"{record.get_status_display()}{record.reason and f'：{record.reason}'}"


def _verified(record: RealName) -> str:
    enterprise = record.user.enterprise
    confirmed = f"（代码{enterprise.code_doubt}，已对照营业执照确认）" if enterprise.code_doubt else ""
    return f"核验企业：{enterprise}{confirmed}"
