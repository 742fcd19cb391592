"""印章审核: a supervisor compares an application with its papers and decides; nothing else is edited here."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.admin.review_admin import ReviewAdmin
from accounts.forms.identity_forms import LicenceForm
from accounts.requests import UserRequest
from accounts.staff.pages import desk_context
from bandian.web.posting import posted
from files.serving import send, send_page
from signing.enums import SealState
from signing.forms.seal_forms import ReasonForm, SupplierSealForm
from signing.models import Seal, SealPaper
from signing.seals import lifecycle

# Pages of one paper that the review links to.
PAGES = 30


@admin.register(Seal)
class SealAdmin(ReviewAdmin):
    list_display = ["__str__", "enterprise", "state", "origin", "applied_by", "applied_at"]
    list_filter = ["state", "kind", "origin"]
    list_select_related = ["enterprise", "applied_by"]
    search_fields = ["text__plain__contains", "enterprise__name__plain__contains", "enterprise__credit_code"]
    change_form_template = "admin/signing/seal/review.html"
    change_list_template = "admin/signing/seal/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seal]:
        return super().get_queryset(request).select_related("enterprise", "applied_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/approve/", view(self.approve), name="signing_seal_approve"),
            path("<uuid:pk>/reject/", view(self.reject), name="signing_seal_reject"),
            path("<uuid:pk>/cancel/", view(self.cancel), name="signing_seal_cancel"),
            path("papers/<uuid:paper>/<int:page>/", view(self.paper_page), name="signing_seal_paper"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def add_view(
        self, request: UserRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """为供电企业生成印章: for companies that stand behind a supply unit and have no customers here."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = SupplierSealForm(posted(request))
        if form.is_valid():
            try:
                seal = form.save(by=request.user)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                self.log_addition(request, seal, "生成印章")
                messages.success(request, f"已生成：{seal}（{seal.get_state_display()}）。")
                return redirect("admin:signing_seal_change", seal.pk)
        context = desk_context(request, self.opts, "为供电企业生成印章", form=form)
        return render(request, "admin/signing/seal/generate.html", context)

    def review_context(self, seal: Seal) -> dict[str, Any]:
        return {
            "facts": lifecycle.facts(seal),
            "seen": lifecycle.shown(seal),
            "words": lifecycle.words(seal.enterprise, seal.kind),
            "papers": [(paper, range(1, paper.pages + 1)[:PAGES]) for paper in seal.papers.all()],
            "trace": seal.events.select_related("by").order_by("-number")[:50],
            "is_valid": seal.is_usable,
            "is_pending": seal.state == SealState.PENDING,
            "licence_form": self._licence_form(seal),
            "reject_form": ReasonForm(),
            "cancel_form": ReasonForm(auto_id="cancel_%s"),
        }

    @method_decorator(require_POST)
    def approve(self, request: UserRequest, pk: UUID) -> HttpResponse:
        form = self._licence_form(self.found(request, pk), request.POST)
        return self.decide(request, pk, lifecycle.decide, trace=_outcome, forms={"licence_form": form})

    @method_decorator(require_POST)
    def reject(self, request: UserRequest, pk: UUID) -> HttpResponse:
        form = ReasonForm(request.POST)
        return self.decide(request, pk, lifecycle.decide, trace=_outcome, forms={"reject_form": form})

    @method_decorator(require_POST)
    def cancel(self, request: UserRequest, pk: UUID) -> HttpResponse:
        form = ReasonForm(request.POST, auto_id="cancel_%s")
        return self.decide(request, pk, lifecycle.cancel, trace=_outcome, forms={"cancel_form": form})

    def _licence_form(self, seal: Seal, data: QueryDict | None = None) -> LicenceForm:
        """Ask about the code where the approval verifies the enterprise too."""
        enterprise = seal.enterprise
        return LicenceForm(data, doubt=not enterprise.verified_at and enterprise.code_doubt)

    @method_decorator(require_safe)
    def paper_page(self, request: UserRequest, paper: UUID, page: int) -> HttpResponseBase:
        """Send one page of a paper as an image; that it was looked at stands in the seal's trace."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(SealPaper.objects.select_related("seal"), pk=paper)
        if not 1 <= page <= row.pages:
            raise Http404
        lifecycle.record_read(row.seal, row, by=request.user)
        if row.content_type != "application/pdf":
            return send(request, row, row.content_type, row.original_name)
        return send_page(row, page)


def _outcome(seal: Seal) -> str:
    return f"{seal.get_state_display()}{seal.reason and f'：{seal.reason}'}"
