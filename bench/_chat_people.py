"""People, rooms and sessions for the measurements of the chat; Django has to be ready."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from accounts.enums import Role
from accounts.models import User
from accounts.models.session import SessionStore
from chat.enums import MemberRole
from chat.models import Membership, Room
from workorders.enums import State
from workorders.models import Application, ServiceArea, WorkOrder


def make_people(count: int, first: int = 0) -> list:
    """Make managers, who need no real-name check to speak."""
    users = [User(phone=f"199{first + n:08}", name="演示经理", role=Role.MANAGER) for n in range(count)]
    for user in users:
        user.set_unusable_password()
    return User.objects.bulk_create(users)


def make_rooms(groups: list, *, muted=False) -> list:
    """Make a room for each group of people, with an order of its own; muted: nobody wants notices of its messages."""
    area, _ = ServiceArea.objects.get_or_create(code="33999", defaults={"name": "演示区", "company": "演示供电公司"})
    area.managers.add(*(user for group in groups for user in group))
    taken = WorkOrder.objects.count()
    orders = WorkOrder.objects.bulk_create(
        WorkOrder(
            customer=group[0], manager=group[-1], service_area=area, state=State.SURVEYING,
            number=f"{900000000000 + taken + n}", account_number=f"{9000000000000 + taken + n}",
        )
        for n, group in enumerate(groups)
    )  # fmt: skip
    Application.objects.bulk_create(
        Application(order=order, company="演示精密制造有限公司", has_transformer=True) for order in orders
    )
    rooms = Room.objects.bulk_create(Room(order=order) for order in orders)
    Membership.objects.bulk_create(
        Membership(room=room, user=user, role=MemberRole.MANAGER, muted=muted)
        for room, group in zip(rooms, groups, strict=True)
        for user in group
    )
    return rooms


def log_in(user) -> str:
    """Open a session; return its cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
