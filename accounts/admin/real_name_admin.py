"""实名审核: a supervisor compares a claim with the papers and decides; nothing else is edited here."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.admin.rights import SupervisorOnly
from accounts.forms.identity_forms import ReadingForm, RejectForm
from accounts.identity import claims
from accounts.models import RealName

# Seconds after which a page with a whole number leaves by itself.
SHOWN_SECONDS = 30


def number_page(request, number, *, back, **context):
    """Answer with a whole identity number on a page of its own that goes `back` after SHOWN_SECONDS."""
    context = admin.site.each_context(request) | context | {"number": number, "back": back, "seconds": SHOWN_SECONDS}
    response = render(request, "admin/id_number.html", context)
    response["Refresh"] = f"{SHOWN_SECONDS}; url={back}"
    return response


@admin.register(RealName)
class RealNameAdmin(SupervisorOnly, admin.ModelAdmin):
    list_display = ["name", "masked_number", "phone", "status", "provider", "submitted_at", "decided_by"]
    list_filter = ["status", "provider"]
    list_select_related = ["user", "decided_by"]
    search_fields = ["name", "user__phone"]
    show_full_result_count = False
    actions = None
    change_form_template = "admin/accounts/realname/review.html"

    @admin.display(description="身份证号")
    def masked_number(self, record):
        return record.masked_id_number

    @admin.display(description="手机号")
    def phone(self, record):
        return record.user.masked_phone

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return []

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/approve/", view(self.approve), name="accounts_realname_approve"),
            path("<uuid:pk>/reject/", view(self.reject), name="accounts_realname_reject"),
            path("<uuid:pk>/enterprise/", view(self.verify_enterprise), name="accounts_realname_enterprise"),
            path("<uuid:pk>/number/", view(self.show_number), name="accounts_realname_number"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        record = self.get_object(request, object_id)
        context = {"reject_form": RejectForm(), "reading_form": ReadingForm()}
        if record:
            context |= {"enterprise": record.user.enterprise, "readings": record.user.identity_readings.all()[:20]}
        return super().change_view(request, object_id, form_url, context)

    @method_decorator(require_POST)
    def approve(self, request, pk):
        return self._decide(request, self._record(request, pk))

    @method_decorator(require_POST)
    def reject(self, request, pk):
        record, form = self._record(request, pk), RejectForm(request.POST)
        if form.is_valid():
            return self._decide(request, record, reason=form.cleaned_data["reason"])
        messages.error(request, f"未通过原因：{form.errors['reason'][0]}")
        return redirect("admin:accounts_realname_change", record.pk)

    @method_decorator(require_POST)
    def verify_enterprise(self, request, pk):
        record = self._record(request, pk)
        enterprise = record.user.enterprise
        if enterprise and request.POST.get("credit_code") == enterprise.credit_code:
            claims.verify_enterprise(enterprise, by=request.user)
            self.log_change(request, record, f"核验企业：{enterprise}")
            messages.success(request, "企业信息已核验。")
        else:
            messages.error(request, "企业信息刚刚有变化，请重新核对。")
        return redirect("admin:accounts_realname_change", record.pk)

    @method_decorator(require_POST)
    def show_number(self, request, pk):
        """Answer with the whole number on a page of its own that leaves after SHOWN_SECONDS."""
        record, form = self._record(request, pk), ReadingForm(request.POST)
        if not form.is_valid():
            messages.error(request, f"查看原因：{form.errors['reason'][0]}")
            return redirect("admin:accounts_realname_change", record.pk)
        reason = form.cleaned_data["reason"]
        number = claims.read_id_number(record, by=request.user, reason=reason)
        self.log_change(request, record, f"查看证件号码：{reason}")
        back = reverse("admin:accounts_realname_change", args=[record.pk])
        context = {"opts": self.opts, "title": "身份证号", "label": "身份证号"}
        return number_page(request, number, owner=record.name, back=back, **context)

    def _record(self, request, pk):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(RealName.objects.select_related("user__enterprise"), pk=pk)

    def _decide(self, request, record, reason=""):
        try:
            record = claims.decide(record, by=request.user, seen=request.POST.get("seen", ""), reason=reason)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            self.log_change(request, record, f"{record.get_status_display()}{reason and f'：{reason}'}")
            messages.success(request, f"已办理：{record}。")
        return redirect("admin:accounts_realname_change", record.pk)
