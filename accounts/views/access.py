"""Who may open a page, by the kind of account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from accounts.requests import UserRequest


def customers_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse staff and contacts: only customers file applications and hold seals."""

    @wraps(view)
    def guarded(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_customer:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
