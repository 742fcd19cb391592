"""The queue: tabs, filters, search and pages by key, in place of the stock list, which counts and skips."""

from typing import Any, TypedDict
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import UserRequest
from bandian.web.searching import SEARCH, SearchField, sealed, to_results
from workorders import search
from workorders.admin.desk_pages import page_context
from workorders.desk import tabs
from workorders.models import ServiceArea, WorkOrder


class Chosen(TypedDict):
    """What a list is asked for."""

    tab: tabs.Tab
    state: str
    area: ServiceArea | None
    q: str
    after: WorkOrder | None


class DeskForm(forms.Form):
    """What the address of a list may say; what it should not is left out."""

    tab = forms.ChoiceField(choices=[(tab.key, tab.label) for tab in tabs.TABS], required=False)
    state = forms.ChoiceField(choices=[("", "全部状态"), *tabs.STATES], required=False, label="状态")
    area = forms.ModelChoiceField(
        ServiceArea.objects.none(), required=False, label="供电单位", empty_label="全部供电单位"
    )
    q = SearchField(required=False, max_length=search.LONGEST, label="搜索")
    after = forms.ModelChoiceField(WorkOrder.objects.none(), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = ServiceArea.objects.all() if user.is_supervisor else user.service_areas.all()
        self.fields["area"].queryset = areas
        self.fields["after"].queryset = WorkOrder.objects.visible_to(user)
        self.fields[SEARCH].whose = user.pk
        for name in ("state", "area"):  # the line of the search shows no labels
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def chosen(self, user: User) -> Chosen:
        """Return what is asked for; nonsense counts as nothing."""
        self.is_valid()
        data = self.cleaned_data
        state, q = data.get("state") or "", data.get("q") or ""
        # A search looks everywhere, unless a tab is named with it.
        fallback = tabs.BY_KEY["all"] if q or state else tabs.default_tab(user)
        tab = tabs.BY_KEY.get(data.get("tab") or "", fallback)
        return Chosen(tab=tab, state=state, area=data.get("area"), q=q, after=data.get("after"))


def listed(user: User, chosen: Chosen) -> QuerySet[WorkOrder]:
    """Return the orders of a list that a user may see, unsorted."""
    orders = chosen["tab"].choose(WorkOrder.objects.visible_to(user), user)
    orders = tabs.narrow(orders, state=chosen["state"], area=chosen["area"])
    return search.find(orders, chosen["q"]) if chosen["q"] else orders


@require_safe
def queue(request: UserRequest) -> HttpResponse:
    if not (request.user.is_active and request.user.is_staff):
        raise PermissionDenied
    if answer := to_results(request):
        return answer
    form = DeskForm(request.GET, user=request.user)
    chosen = form.chosen(request.user)
    rows, has_more = tabs.page(listed(request.user, chosen), chosen["tab"], chosen["after"])
    mine = WorkOrder.objects.visible_to(request.user)
    context = page_context(request, "办电工单", form=form)
    context |= {
        "rows": rows,
        "tab": chosen["tab"],
        "tabs": [(tab, tabs.count(tab.choose(mine, request.user)) if tab.by else "") for tab in tabs.TABS],
        "q": chosen["q"],
        "is_narrowed": bool(chosen["q"] or chosen["state"] or chosen["area"]),
        "query": _query(chosen, request.user),
        "next_query": _query(chosen, request.user, after=rows[-1].pk) if has_more else "",
        "can_assign": request.user.is_supervisor,
    }
    return render(request, "admin/workorders/workorder/desk.html", context)


def _query(chosen: Chosen, user: User, **more: Any) -> str:
    area = chosen["area"].pk if chosen["area"] else ""
    values = {
        "tab": chosen["tab"].key,
        "state": chosen["state"],
        "area": area,
        SEARCH: sealed(chosen["q"], whose=user.pk),
        **more,
    }
    return urlencode({name: value for name, value in values.items() if value})
