"""Rights on the admin site by role."""

from django.db.models import Model
from django.http import HttpRequest


def _may_manage(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and (user.is_superuser or (user.is_authenticated and user.is_supervisor))


class SupervisorOnly:
    """Rights by role, in place of the stock permission tables."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_manage(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may_manage(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may_manage(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may_manage(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
