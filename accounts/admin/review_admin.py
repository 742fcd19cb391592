"""A page on which a supervisor decides: nothing is edited there, and what was shown is what is decided on."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.admin.rights import SupervisorOnly
from accounts.requests import UserRequest
from accounts.staff.pages import desk_context
from bandian.web.review import Changed


class ReviewAdmin(SupervisorOnly, admin.ModelAdmin):
    """`change_form_template` is given what `review_context` returns; forms in it post to views that call `decide`."""

    change_form_template: str
    show_full_result_count = False
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def review_context(self, row: Any) -> dict[str, Any]:
        """Return all that the page shows of a row, with its forms unbound."""
        raise NotImplementedError

    def change_view(
        self, request: UserRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self.page(request, row)

    def page(self, request: HttpRequest, row: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        context = desk_context(request, self.opts, str(row), original=row, **self.review_context(row) | more)
        context["list_url"] = self._url("changelist")
        context["history_url"] = self._url("history", row.pk)
        return render(request, self.change_form_template, context, status=status)

    def found(self, request: HttpRequest, pk: Any) -> Any:
        """Return the row that a decision is about; raises PermissionDenied for all but supervisors."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def decide(
        self,
        request: HttpRequest,
        pk: Any,
        act: Callable[..., Any],
        *,
        trace: Callable[[Any], str],
        forms: dict[str, Form] | None = None,
    ) -> HttpResponse:
        """Take a decision and go back to its page; a refused one shows the page as it is now, with what was typed.

        `forms` is the posted form by its name in the template, whose answers `act` is given besides `by` and `seen`;
        `trace` returns what the log says of the row. Raises PermissionDenied for all but supervisors. Answers 409
        where something is not as the page showed it.
        """
        row, seen = self.found(request, pk), request.POST.get("seen", "")
        problem, status = "", 200
        forms = forms or {}
        if all(form.is_valid() for form in forms.values()):
            typed = {name: value for form in forms.values() for name, value in form.cleaned_data.items()}
            try:
                done = act(row, by=request.user, seen=seen, **typed)
            except ValidationError as error:
                problem, status = " ".join(error.messages), 409 if isinstance(error, Changed) else 200
            else:
                self.log_change(request, done, trace(done))
                messages.success(request, f"已办理：{trace(done)}。")
                return redirect(self._url("change", row.pk))
        return self.page(request, self.get_queryset(request).get(pk=row.pk), status=status, problem=problem, **forms)

    def _url(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)
