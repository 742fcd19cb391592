"""Ratings of archived orders: for the customer and the supervisors, not a line of the trace."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from workorders.enums import State
from workorders.journey import flow
from workorders.locks import lock_order
from workorders.models import Rating, WorkOrder

# How long a rating can be changed.
CHANGEABLE = timedelta(days=7)


def may_rate(order: WorkOrder, user: User) -> bool:
    """Whether the user may rate the order now, or change the rating."""
    rating = Rating.objects.filter(order=order).first()
    fresh = rating is None or timezone.now() - rating.at < CHANGEABLE
    return order.customer_id == user.pk and order.state == State.ARCHIVED and fresh


def shown_to(order: WorkOrder, user: User) -> Rating | None:
    """Return the order's rating where the user may read it: the customer's own, and the supervisors'."""
    ratings = Rating.objects.filter(order=order)
    return (ratings if order.customer_id == user.pk else ratings.visible_to(user)).first()


@atomic
def rate(order: WorkOrder, *, stars: int, text: str, by: User) -> Rating:
    """Keep the customer's rating of 1 to 5 stars; raises Conflict where it is not (any more) time for one."""
    order = lock_order(order)
    if not may_rate(order, by):
        raise flow.Conflict(order)
    values = {"stars": stars, "text": text, "by": by}
    return Rating.objects.update_or_create(order=order, defaults=values)[0]
