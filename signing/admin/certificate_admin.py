"""证书: who has which, for supervisors to look at and to revoke; certificates are only issued by signing."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path

from accounts.admin.rights import SupervisorOnly
from accounts.staff.pages import desk_context
from bandian.text.fields import PlainField
from bandian.web.posting import posted
from signing.models import Certificate
from signing.pki import keys


class RevokeForm(forms.Form):
    reason = PlainField(
        label="吊销原因",
        max_length=Certificate._meta.get_field("revocation_reason").max_length,
        help_text="例如：企业注销、授权终止、密钥疑似泄露。",
    )


@admin.register(Certificate)
class CertificateAdmin(SupervisorOnly, admin.ModelAdmin):
    list_display = ["name", "serial", "holder", "not_before", "not_after", "revoked_at"]
    fields = ["serial", "holder", "name", "not_before", "not_after", "revoked_at", "revocation_reason"]
    readonly_fields = ["holder"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["name__plain__contains", "serial", "subject_id"]
    show_full_result_count = False
    actions = None
    change_form_template = "admin/signing/certificate/change_form.html"

    @admin.display(description="持有人类型", ordering="subject_id")
    def holder(self, certificate: Certificate) -> str:
        kind = certificate.subject_id.partition("-")[0]
        return {"enterprise": "企业", "user": "个人", "platform": "平台"}.get(kind, "其他")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Certificate | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(self.revoke)
        return [path("<str:pk>/revoke/", revoke, name="signing_certificate_revoke"), *super().get_urls()]

    def revoke(self, request: HttpRequest, pk: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        certificate = get_object_or_404(Certificate, pk=pk)
        form = RevokeForm(posted(request))
        if form.is_valid():
            try:
                keys.revoke(pk, reason=form.cleaned_data["reason"])
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                self.log_change(request, certificate, f"吊销：{form.cleaned_data['reason']}")
                messages.success(request, f"已吊销证书 {certificate}。持有人下次签署时自动换发新证书。")
            return redirect("admin:signing_certificate_change", pk)
        context = desk_context(request, self.opts, "吊销证书", form=form, certificate=certificate)
        return render(request, "admin/signing/certificate/revoke.html", context)
