"""Pages by key: the next page starts behind the last row shown, however long the list is."""

from django.core.exceptions import ValidationError
from django.db.models import Q

PAGE_SIZE = 20


def page(queryset, after=""):
    """Return (rows, id to continue after or "") of a queryset ordered by -created_at, -id.

    An `after` that is no id of the queryset starts at the beginning.
    """
    try:
        last = queryset.filter(pk=after).first() if after else None
    except ValidationError:
        last = None
    if last:
        queryset = queryset.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))
    rows = list(queryset[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
