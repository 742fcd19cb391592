"""待签文件: supervisors see which documents have a problem or wait for somebody; nothing is edited here."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from accounts.admin.rights import SupervisorOnly
from signing.models import Document

_PATIENCE = timedelta(days=1)


class StateFilter(admin.SimpleListFilter):
    title = "情况"
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("problem", "有问题"), ("proposed", "待确认签章（超过一天）"), ("unsigned", "未签")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> QuerySet[Document]:
        chosen = {
            "problem": ~Q(problem=""),
            "proposed": Q(proposals__created_at__lt=timezone.now() - _PATIENCE),
            "unsigned": Q(fields__isnull=False, fields__signature=None),
        }.get(self.value() or "")
        return queryset.filter(chosen).distinct() if chosen else queryset


@admin.register(Document)
class DocumentAdmin(SupervisorOnly, admin.ModelAdmin):
    list_display = ["title", "state", "problem", "created_by", "created_at", "checked_at"]
    list_filter = [StateFilter]
    list_select_related = ["created_by"]
    search_fields = ["title__plain__contains", "code"]
    fields = ["title", "state", "problem", "checked_at", "check_page", "parties", "waiting", "revisions"]
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        return super().get_queryset(request).prefetch_related("fields__signature__signer", "proposals__by", "revisions")

    @admin.display(description="签署")
    def state(self, document: Document) -> str:
        signed = [field for field in document.fields.all() if hasattr(field, "signature")]
        return f"{len(signed)} / {len(document.fields.all())} 方"

    @admin.display(description="核验页面")
    def check_page(self, document: Document) -> str:
        return format_html('<a href="{}">{}</a>', reverse("check:document", args=[document.code]), document.code)

    @admin.display(description="各方")
    def parties(self, document: Document) -> str:
        return _lines(
            (field.get_role_display(), str(field.signature) if hasattr(field, "signature") else "尚未签署")
            for field in document.fields.all()
        )

    @admin.display(description="待确认签章")
    def waiting(self, document: Document) -> str:
        return _lines(
            (str(proposal.by), f"{timezone.localtime(proposal.created_at):%Y-%m-%d %H:%M}")
            for proposal in document.proposals.all()
        )

    @admin.display(description="各版本")
    def revisions(self, document: Document) -> str:
        ordered = sorted(document.revisions.all(), key=lambda revision: revision.number)
        return _lines((f"第 {revision.number} 版", revision.sha256) for revision in ordered)


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return format_html_join("", "<div>{}：{}</div>", pairs) or "无"
