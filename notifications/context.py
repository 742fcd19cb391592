"""What every page knows about the inbox."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.models import Notification


def unread(request: HttpRequest) -> dict[str, SimpleLazyObject]:
    """Return the number of unread messages as unread_count; it is counted when a template first uses it."""

    def count() -> int:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return 0
        return Notification.objects.visible_to(user).unread().count()

    return {"unread_count": SimpleLazyObject(count)}
