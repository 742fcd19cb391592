"""How often something may be done in the chat: all its rates, and the two ways in which they are counted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from django.utils import timezone

from accounts.models import User
from bandian.web.rates import Rate, is_within
from chat.exceptions import ChatError

# Of one person, counted in the cache by `check`.
SYNC = Rate("sync", 40, timedelta(seconds=10))
HISTORY = Rate("history", 60, timedelta(seconds=10))
SEARCH = Rate("search", 30, timedelta(minutes=1))
FILES = Rate("files", 30, timedelta(minutes=1))
# Counted by their rows with `seconds_to_wait`: of one person in one room, and of one room.
MESSAGES = Rate("messages", 10, timedelta(seconds=10))
INVITATIONS = Rate("invitations", 10, timedelta(hours=1))


def check(rate: Rate, user: User) -> None:
    """Count one request of the user; raises ChatError beyond the rate."""
    if not is_within(rate, user.pk.hex):
        raise ChatError("too_fast", f"操作太频繁，请 {rate.seconds} 秒后再试。", wait=rate.seconds)


def seconds_to_wait(rate: Rate, times: Iterable[datetime]) -> int:
    """Return after how many seconds one more keeps to the rate, 0 where it does now.

    `times` are those of all that was done within the rate's time or longer, the oldest first; whoever asks holds the
    lock under which they are written.
    """
    now = timezone.now()
    recent = [at for at in times if at > now - rate.within][-rate.most :]
    return ceil((recent[0] + rate.within - now).total_seconds()) if len(recent) == rate.most else 0
