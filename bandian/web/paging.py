"""Pages by key: the next page starts behind the last row shown, however long the list is."""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

PAGE_SIZE = 20

_Row = TypeVar("_Row", bound=Model)


def page(queryset: QuerySet[_Row], after: str = "") -> tuple[list[_Row], str]:
    """Return (rows, id to continue after or "") of a queryset ordered by -created_at, -id.

    An `after` that is no id of the queryset starts at the beginning.
    """
    try:
        last: Any = queryset.filter(pk=after).first() if after else None
    except ValidationError:
        last = None
    if last:
        queryset = queryset.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))
    rows = list(queryset[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].pk) if len(rows) > PAGE_SIZE else ""
