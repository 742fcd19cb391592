"""Accounts on the admin site: for supervisors; account managers see none of it. Nobody deletes a user."""

from contextlib import suppress
from functools import partial
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import services
from accounts.admin.access_admin import AccessActions
from accounts.admin.rights import SupervisorOnly
from accounts.enums import Role
from accounts.forms.staff_forms import ManagerCardForm, StaffAddForm, UserForm
from accounts.login import sessions
from accounts.models import Enterprise, ManagerCard, User
from accounts.requests import UserRequest
from bandian.db.locks import locking
from bandian.text.fields import OVERRIDES

# Its stock pages show secrets and leave no way to say who may; supervisors reset the second factor of a user.
admin.site.unregister(TOTPDevice)
# Rights follow the role: groups would only seem to give some.
admin.site.unregister(Group)


class ManagerCardInline(SupervisorOnly, admin.StackedInline):
    formfield_overrides = OVERRIDES
    model = ManagerCard
    form = ManagerCardForm
    fields = ["company", "employee_number", "mobile", "philosophy", "photo", "current_photo"]
    readonly_fields = ["current_photo"]
    can_delete = False

    @admin.display(description="当前照片")
    def current_photo(self, card: ManagerCard) -> str:
        if not card.photo:
            return "无"  # None would be written as such
        return format_html('<img src="{}" alt="" width="96">', reverse("accounts:manager_photo", args=[card.user_id]))


@admin.register(User)
class UserAdmin(AccessActions, SupervisorOnly, StockUserAdmin):
    form, add_form, add_form_template = UserForm, StaffAddForm, None  # Django's own speaks of a password
    fieldsets = [
        (None, {"fields": ["phone", "name", "role", "enterprise", "is_active"]}),
        ("时间", {"fields": ["date_joined", "consented_at", "last_login", "access_changed_at"]}),
    ]
    add_fieldsets = [(None, {"classes": ["wide"], "fields": ["phone", "name", "role"]})]
    list_display = ["name", "masked_phone", "role", "enterprise", "state", "date_joined"]
    list_filter = ["role", "is_active"]
    list_select_related = ["enterprise"]
    search_fields = ["name__plain__contains", "phone"]
    ordering = ["-date_joined", "id"]
    filter_horizontal = []
    # Not autocomplete_fields: its widget fails on a forged value that is no UUID.
    raw_id_fields = ["enterprise"]
    show_full_result_count = False
    actions = None

    @admin.display(description="状态", ordering="is_active")
    def state(self, user: User) -> str:
        return "启用" if user.is_active else "已停用"

    @admin.display(description="手机号")
    def masked_phone(self, user: User) -> str:
        return user.masked_phone

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Keep supervisors from taking over a superuser's account."""
        return super().has_change_permission(request, obj) and (
            request.user.is_superuser or not (obj and obj.is_superuser)
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        times = ["date_joined", "consented_at", "last_login", "access_changed_at"]
        return [*times, "role", "is_active"] if obj and obj.pk == request.user.pk else times

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[ManagerCardInline]]:
        return [ManagerCardInline] if obj and obj.role in Role.staff_roles else []

    def lock_before(self, request: HttpRequest) -> None:
        """Lock the enterprise that somebody is put into: nobody changes it as one without people meanwhile."""
        with suppress(ValueError):
            locking(Enterprise.objects).filter(pk=UUID(request.POST.get("enterprise", ""))).first()

    def save_model(self, request: UserRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Save what was changed of a user; of what lets them in, it ends their sessions, and both phones learn of a new
        one. Somebody new is sent where to set a password.
        """
        if not change:
            super().save_model(request, obj, form, change)
            services.send_reset(obj)
            return
        before = locking(User.objects).select_related("enterprise").get(pk=obj.pk)
        changed = {name for name in form.changed_data if getattr(before, name) != getattr(obj, name)}
        if "phone" in changed:
            obj.access_changed_at = timezone.now()
            services.tell_phones(before.phone, obj.phone)
        obj.save(update_fields=[*changed, *(["access_changed_at"] if "phone" in changed else [])])
        if "enterprise" in changed:
            services.tell_of_move(obj, before.enterprise, by=request.user)
        if changed & {"is_active", "role", "phone"}:
            sessions.end_all(obj)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        """Save the card; a photo that another one replaced leaves the disk after commit."""
        replaced = [card_form.initial.get("photo") for card_form in formset if "photo" in card_form.changed_data]
        super().save_formset(request, form, formset, change)
        for photo in filter(None, replaced):
            transaction.on_commit(partial(photo.storage.delete, photo.name), robust=True)
