"""Who may open a page, by the kind of account."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse


def customers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse staff and contacts: only customers file applications and hold seals."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_customer:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
