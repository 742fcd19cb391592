"""企业: supervisors add supply enterprises, which have no people here, and correct or change them with a reason."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts import services
from accounts.admin.rights import SupervisorOnly
from accounts.forms.account_forms import EnterpriseForm, SupplierEnterpriseForm
from accounts.forms.staff_forms import EnterpriseChangeForm
from accounts.models import Enterprise
from accounts.requests import UserRequest
from accounts.staff.pages import desk_context
from bandian.web import review, versions
from bandian.web.posting import posted


@admin.register(Enterprise)
class EnterpriseAdmin(SupervisorOnly, admin.ModelAdmin):
    """An enterprise with people is theirs to change, under 企业信息: its page shows it, no more."""

    list_display = ["name", "credit_code", "legal_representative", "verified_at", "created_at"]
    form = EnterpriseForm
    search_fields = ["name__plain__contains", "credit_code"]
    show_full_result_count = False

    def get_form(
        self, request: HttpRequest, obj: Enterprise | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm]:
        """Ask about the code of a new enterprise; of one that is only shown there is nothing to ask."""
        if obj is None:
            kwargs["form"] = SupplierEnterpriseForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: UserRequest, obj: Enterprise, form: ModelForm, change: bool) -> None:
        obj.verified_at, obj.verified_by = timezone.now(), request.user
        obj.code_confirmed_at = obj.verified_at if obj.code_doubt else None
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Enterprise | None = None) -> bool:
        return False

    def change_view(
        self, request: UserRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        enterprise = self.get_object(request, object_id)
        if enterprise is None or not self.has_view_permission(request) or enterprise.users.exists():
            return super().change_view(request, object_id, form_url, extra_context)
        stored = Enterprise.objects.get(pk=enterprise.pk)
        facts = versions.facts_of(stored, services.ENTERPRISE_FACTS)
        form = EnterpriseChangeForm(posted(request), instance=enterprise)
        if form.is_bound and (stale := versions.changed_elsewhere(facts, form, needed=True)):
            versions.show_both(form, stored, stale)
        if form.is_valid() and (answer := self._change(request, form, review.token(facts))):
            return answer
        more = {"form": form, "original": stored, "changes": stored.changes.select_related("by")}
        facts = versions.facts_of(Enterprise.objects.get(pk=enterprise.pk), services.ENTERPRISE_FACTS)
        more["version"] = review.token(facts)
        context = desk_context(request, self.opts, f"更改企业：{stored}", **more)
        return render(request, "admin/accounts/enterprise/change.html", context)

    def _change(self, request: UserRequest, form: ModelForm, seen: str) -> HttpResponse | None:
        """Save the change and return the way back; None where it was refused, the reasons then stand on the form."""
        data = form.cleaned_data
        dated = {"reason": data["reason"], "effective_on": data.get("effective_on"), "seen": seen}
        enterprise = form.save(commit=False)
        try:
            services.change_enterprise(enterprise, by=request.user, **dated)
        except review.Changed as changed:
            versions.show_both(form, Enterprise.objects.get(pk=enterprise.pk), changed.names)
            return None
        except ValidationError as error:
            form.add_error(None, error)
            return None
        self.log_change(request, enterprise, f"{enterprise.changes.first().words}（{data['reason']}）")
        messages.success(request, f"已更改：{enterprise}。印文与新名称不一致的印章不能再用，请注销后重新生成。")
        return redirect("admin:accounts_enterprise_change", enterprise.pk)
