"""What every page knows of the login it was made in, and of what was typed for it."""

from typing import Any

from django.http import HttpRequest

from accounts.keeping import kept
from accounts.login import sessions


def session(request: HttpRequest) -> dict[str, Any]:
    """How many seconds of the session are left, for the page to warn in time; None for a stranger."""
    user = getattr(request, "user", None)
    return {"session_seconds": sessions.seconds_left(request) if user is not None and user.is_authenticated else None}


def written(request: HttpRequest) -> dict[str, Any]:
    """What somebody wrote in a form that failed, asked for by the pages of failures only."""
    return {"written": lambda: kept.words(request)}
