"""A form that is sent twice acts once: the second click ends where the first did.

Told apart by what is sent and by the moment the page was made, so that the same words on a new page are a new form.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from accounts.keeping import form_token
from bandian.db.pooled import give_back_connections
from bandian.web.posting import is_script

MOMENTS = timedelta(minutes=10)
PATIENCE_SECONDS = 30
_STEP_SECONDS = 0.1
_RUNNING = "running"

_View = TypeVar("_View", bound=Callable)
logger = logging.getLogger(__name__)


def acts_each_time(view: _View) -> _View:
    """Let a view act as often as it is asked: what it ends may have begun anew since the first click."""
    view.acts_each_time = True  # type: ignore[attr-defined]
    return view


def is_taken_once(view: Callable) -> bool:
    return not getattr(view, "acts_each_time", False)


def key_of(request: HttpRequest) -> str:
    """Return what tells this form from all others; "" for what scripts send, which has numbers of its own."""
    token = form_token.read(request) if request.method == "POST" and not is_script(request) else None
    if token is None or not token.owner or not token.is_of(request):
        return ""
    files = [(name, file.name, file.size) for name, found in request.FILES.lists() for file in found]
    sent = [request.path, token.nonce, sorted(request.POST.lists()), files]
    return f"repeat:{token.owner}:{hashlib.sha256(json.dumps(sent).encode()).hexdigest()}"


def first_answer(key: str) -> dict | None:
    """Return how the same form was answered before, {"to": address, "said": [(level, text)]}; None: it is the first.

    Waits while the first is still under way. Whoever got None calls `answered` in any case.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        while not cache.add(key, _RUNNING, PATIENCE_SECONDS):
            found = cache.get(key)
            if found and found != _RUNNING:
                return json.loads(found)
            if time.monotonic() > until:
                return None
            give_back_connections()
            time.sleep(_STEP_SECONDS)
    except RedisError as error:
        logger.warning("Redis is away, repetitions are found by the rows only: %s", type(error).__name__)
    return None


def remember_page(request: HttpRequest) -> None:
    """Remember that a form of this page did something, for whoever comes back to the page."""
    token = form_token.read(request)
    pages = {request.path, urlsplit(token.page).path if token else request.path}
    with suppress(RedisError):
        cache.set_many({_page_key(request, page): True for page in pages}, int(MOMENTS.total_seconds()))


def is_way_back(request: HttpRequest) -> bool:
    """Whether a form of this page did something for its reader a moment ago."""
    with suppress(RedisError):
        return bool(cache.get(_page_key(request, request.path)))
    return False


def answered(key: str, to: str, said: list[tuple[int, str]]) -> None:
    """Remember where a form led that did something; with no address, it did nothing and may be sent again."""
    try:
        if to:
            cache.set(key, json.dumps({"to": to, "said": said}), int(MOMENTS.total_seconds()))
        else:
            cache.delete(key)
    except RedisError as error:
        logger.warning("Redis is away, repetitions are found by the rows only: %s", type(error).__name__)


def _page_key(request: HttpRequest, page: str) -> str:
    return f"sent-page:{form_token.owner_of(request)}:{hashlib.sha256(page.encode()).hexdigest()}"
