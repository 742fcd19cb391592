"""The inbox, what leaves the house of it and how, and which rooms are open in front of people; imports enums only."""

from notifications.models.delivery import Delivery, Preference, PushSubscription
from notifications.models.notification import Notification
from notifications.models.open_room import OpenRoom

__all__ = ["Delivery", "Notification", "OpenRoom", "Preference", "PushSubscription"]
