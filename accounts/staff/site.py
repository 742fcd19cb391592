"""The admin site, with one way in and out: the site's own pages, which know of locks, codes and the second factor."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from accounts.login.redirects import to_next, to_step
from accounts.staff.editing import ShowsBoth
from accounts.staff.searching import SealedSearch
from accounts.views import login_pages


class Desk(AdminSite):
    def register(self, model_or_iterable: Any, admin_class: type | None = None, **options: Any) -> None:
        """Register models of ours and of others alike: searches leave nothing in addresses, edits overwrite nothing."""
        admin_class = admin_class or ModelAdmin
        super().register(
            model_or_iterable, type(admin_class.__name__, (SealedSearch, ShowsBoth, admin_class), {}), **options
        )

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_step(request, "accounts:login")
        if not self.has_permission(request):
            raise PermissionDenied
        return to_next(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return login_pages.logout(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("accounts:password")
