"""Who may open a page, by the kind of account."""

from functools import wraps

from django.core.exceptions import PermissionDenied


def customers_only(view):
    """Refuse staff and contacts: only customers file applications and hold seals."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_customer:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
