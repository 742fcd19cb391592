"""Limits and the working-day calendar: supervisors edit them, and the open orders' due dates follow."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import ChoiceField, ModelChoiceField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.admin.rights import SupervisorOnly
from accounts.requests import UserRequest
from accounts.staff.pages import desk_context
from bandian.db.locks import atomic
from workorders.enums import State, SupplyMode
from workorders.forms.calendar_form import CalendarListForm
from workorders.limits import deadlines, rules
from workorders.limits.calendar import Calendar
from workorders.models import CalendarDay, Limit, Promise, ServiceArea
from workorders.models.service_choices import Owed


class MovesDueDates(SupervisorOnly):
    """After every change that was kept, all due dates are set anew; the page says how many changed."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        recompute_after_commit(request)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        recompute_after_commit(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        super().delete_queryset(request, queryset)
        recompute_after_commit(request)


class DaysAdmin(MovesDueDates, admin.ModelAdmin):
    """Rows of working days by unit, supply mode and voltage, above them what holds without any."""

    list_filter = ["area"]
    list_select_related = ["area"]
    change_list_template = "admin/workorders/limit/change_list.html"

    @admin.display(description="供电单位", ordering="area")
    def where(self, row: Limit | Promise) -> "ServiceArea | str":
        return row.area or "全部供电单位"

    @admin.display(description="供电方式", ordering="supply_mode")
    def mode(self, row: Limit | Promise) -> str:
        return row.get_supply_mode_display() or "不限"

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> ChoiceField | None:
        if db_field.name == "supply_mode":
            kwargs["choices"] = [("", "不限"), *SupplyMode.choices]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        return super().formfield_for_foreignkey(db_field, request, empty_label="全部供电单位", **kwargs)

    @property
    def defaults(self) -> dict[str, Any]:
        """Return what the list shows above its rows."""
        raise NotImplementedError

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, self.defaults | (extra_context or {}))


@admin.register(Limit)
class LimitAdmin(DaysAdmin):
    list_display = ["state", "where", "mode", "min_voltage", "days", "default"]
    ordering = ["state", "area", "min_voltage", "supply_mode"]
    fields = ["area", "state", "supply_mode", "min_voltage", "days"]

    @admin.display(description="系统默认（工作日）")
    def default(self, limit: Limit) -> int | None:
        return rules.default(limit.state, limit.supply_mode)

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> ChoiceField | None:
        if db_field.name == "state":
            limited = [*(state for state in State if state.days), *Owed]
            kwargs["choices"] = [("", "请选择"), *((each.value, each.label) for each in limited)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @property
    def defaults(self) -> dict[str, Any]:
        rows = [(state.label, state.days) for state in State if state.days]
        label = f"{State.SURVEYING.label}（双电源、多电源）"
        rows += [(label, rules.PLAN_LIMIT_WITH_SECOND_SOURCE), *((each.label, each.days) for each in Owed)]
        return {"defaults": rows, "what": "环节", "counted": "收到次日起算，轮到客户时停计"}


@admin.register(Promise)
class PromiseAdmin(DaysAdmin):
    """总时限: what is promised for all turns of the utility together."""

    list_display = ["where", "mode", "min_voltage", "days", "default"]
    list_display_links = ["where", "mode"]
    ordering = ["area", "min_voltage", "supply_mode"]
    fields = ["area", "supply_mode", "min_voltage", "days"]

    @admin.display(description="系统默认（工作日）")
    def default(self, row: Promise) -> int:
        return rules.default_promise(row.supply_mode)

    @property
    def defaults(self) -> dict[str, Any]:
        second = f"{SupplyMode.DOUBLE.label}、{SupplyMode.MULTIPLE.label}"
        rows = [(SupplyMode.SINGLE.label, rules.PROMISE), (second, rules.PROMISE_WITH_SECOND_SOURCE)]
        return {"defaults": rows, "what": "供电方式", "counted": "各环节合计，轮到客户和补正期间停计"}


@admin.register(CalendarDay)
class CalendarDayAdmin(MovesDueDates, admin.ModelAdmin):
    list_display = ["day", "works", "note"]
    list_filter = ["is_working"]
    date_hierarchy = "day"
    change_list_template = "admin/workorders/calendarday/change_list.html"

    @admin.display(description="上班", ordering="is_working")
    def works(self, row: CalendarDay) -> str:
        return "上班" if row.is_working else "放假"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        this_year, calendar = timezone.localdate().year, Calendar.current()
        years = [(year, calendar.is_settled(year)) for year in (this_year, this_year + 1)]
        return super().changelist_view(request, {"years": years} | (extra_context or {}))

    def get_readonly_fields(self, request: HttpRequest, obj: CalendarDay | None = None) -> list[str]:
        # The date is the key: another date is another row.
        return ["day"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(import_days)
        return [path("import/", view, name="workorders_calendarday_import"), *super().get_urls()]


@require_http_methods(["GET", "POST"])
def import_days(request: UserRequest) -> HttpResponse:
    """导入全年名单: paste or upload a year's list."""
    if not admin.site.get_model_admin(CalendarDay).has_change_permission(request):
        raise PermissionDenied
    form = CalendarListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        years = _keep_days(request, form)
        messages.success(request, f"已导入 {len(form.cleaned_data['rows'])} 天。")
        _name_open_years(request, years)
        return redirect("admin:workorders_calendarday_changelist")
    context = desk_context(request, CalendarDay._meta, "导入全年名单", form=form)
    return render(request, "admin/workorders/calendarday/import.html", context)


@atomic
def _keep_days(request: HttpRequest, form: CalendarListForm) -> list[int]:
    years = form.save()
    recompute_after_commit(request)
    return years


def recompute_after_commit(request: HttpRequest) -> None:
    """Set the open orders' due dates anew once the change is kept, and say how many changed."""
    transaction.on_commit(partial(_recompute, request))


def _recompute(request: HttpRequest) -> None:
    messages.info(request, f"已重新计算在办工单和待答复意见的时限，{deadlines.recompute()} 个有变化。")


def _name_open_years(request: UserRequest, years: Iterable[int]) -> None:
    calendar = Calendar.current()
    for year in years:
        if not calendar.is_settled(year):
            text = f"{year} 年的名单不完整（没有元旦或国庆节），这一年的时限仍显示为“暂估”。"
            messages.warning(request, text)
