"""Rights on the admin site by role."""


def _may_manage(request):
    user = request.user
    return user.is_active and (user.is_superuser or (user.is_authenticated and user.is_supervisor))


class SupervisorOnly:
    """Rights by role, in place of the stock permission tables."""

    def has_module_permission(self, request):
        return _may_manage(request)

    def has_view_permission(self, request, obj=None):
        return _may_manage(request)

    def has_add_permission(self, request, obj=None):
        return _may_manage(request)

    def has_change_permission(self, request, obj=None):
        return _may_manage(request)

    def has_delete_permission(self, request, obj=None):
        return False
