"""Who answers what was said: supervisors, and of a complaint nobody whom it is about, nor the same person twice on the
way up. What a single supervisor is shown follows the same rules as queries (workorders.models.feedback).
"""

from uuid import UUID

from accounts.enums import Role
from accounts.models import User
from workorders.models import Feedback
from workorders.models.service_choices import FeedbackState, Level, TurnKind


def deciders(feedback: Feedback, level: int | None = None) -> list[User]:
    """Return who may answer at a level, by default the one that it has come to."""
    level = level or feedback.level
    people = User.objects.filter(role=Role.SUPERVISOR, is_active=True)
    if not feedback.is_complaint:
        return list(people)
    below = feedback.turns.filter(kind=TurnKind.ANSWERED, level__lt=level)
    spent = {*about(feedback), *below.values_list("by", flat=True)}
    if level == Level.HEAD:
        head = feedback.area and feedback.area.head_id
        people = people.filter(pk=head) if head else people.none()
    return list(people.exclude(pk__in=spent))


def about(feedback: Feedback) -> set[UUID]:
    """Return the ids of those whom a complaint is about: who was named, and the order's manager of today."""
    manager = {feedback.order.manager_id} if feedback.order and feedback.order.manager_id else set()
    return manager | set(feedback.accused.values_list("pk", flat=True))


def next_level(feedback: Feedback) -> int | None:
    """Return the lowest level above at which somebody may answer; None: the house has nobody more."""
    if not feedback.is_complaint:
        return None
    for level in Level:
        # Where nobody has answered yet, a second supervisor is one beside the one who did not.
        needed = 2 if level == Level.SECOND and feedback.state == FeedbackState.WAITING else 1
        if level > feedback.level and len(deciders(feedback, level)) >= needed:
            return level
    return None


def may_reopen(feedback: Feedback) -> bool:
    """Whether the customer may say that the answer, or the house's own end of it, does not do."""
    return feedback.is_complaint and (feedback.state == FeedbackState.ANSWERED or is_closed_by_house(feedback))


def may_raise(feedback: Feedback) -> bool:
    """Whether the customer may ask for the next level: after an answer, or where one is overdue."""
    return (may_reopen(feedback) or feedback.is_late) and next_level(feedback) is not None


def is_closed_by_house(feedback: Feedback) -> bool:
    """Whether it ended without the customer's word."""
    last = feedback.turns.last()
    return feedback.state == FeedbackState.SETTLED and last is not None and last.kind == TurnKind.SETTLED


def staff_called(named: str) -> list[User]:
    """Return the members of staff who bear a name or an employee number, as a customer knows them."""
    if not named:
        return []
    staff = User.objects.filter(role__in=Role.staff_roles)
    return list((staff.filter(name=named) | staff.filter(card__employee_number=named)).distinct())
