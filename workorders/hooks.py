"""Apps above this one that go along with an order, named in the setting ORDER_HOOKS.

Each is a module with these functions; none may do anything for an order that does not concern it:
`event_added(event)` within the transaction of a step, with the order locked; `links(order, user)` returns what the
order's pages lead to, `news(user)` what the start page does; `last_words(orders)` returns {order id: Words} for the
desk's rows; `dossier_parts(order)` yields (path, content or row with a file, what it is) for the 卷宗;
`after_submission(submission, by)` returns the address of a page to show next, or ""; `demo(orders, contact, wait)`
adds demo data, where `wait(minutes)` lets time pass.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from accounts.models import User
from files.serving import Stored

if TYPE_CHECKING:
    from workorders.models import Event, Submission, WorkOrder

# Its path, what stands in it or the row whose file it is, and what it is.
DossierPart = tuple[str, "bytes | Stored", str]


@dataclass(frozen=True)
class Link:
    """A way from the order's page to what goes along with it; `count` is what is new there, `note` tells it from
    others with the same label.
    """

    label: str
    url: str
    icon: str
    count: int = 0
    note: str = ""


@dataclass(frozen=True)
class Words:
    """What was last said about an order, by whom and when; `is_waiting` where it waits for the utility's answer."""

    text: str
    by: str
    at: datetime
    url: str
    is_waiting: bool


def event_added(event: "Event") -> None:
    for app in _hooked():
        app.event_added(event)


def links(order: "WorkOrder", user: User) -> list[Link]:
    return [link for app in _hooked() for link in app.links(order, user)]


def news(user: User) -> list[Link]:
    return [link for app in _hooked() for link in app.news(user)]


def dossier_parts(order: "WorkOrder") -> Iterator[DossierPart]:
    for app in _hooked():
        yield from app.dossier_parts(order)


def last_words(orders: Sequence["WorkOrder"]) -> dict[UUID, Words]:
    return {pk: words for app in _hooked() for pk, words in app.last_words(orders).items()}


def after_submission(submission: "Submission", by: User) -> str:
    """Return the page that comes after papers were handed in; empty where there is none but the list."""
    return next((url for app in _hooked() if (url := app.after_submission(submission, by))), "")


def demo(orders: Sequence["WorkOrder"], contact: User, wait: Callable[[int], None]) -> None:
    for app in _hooked():
        app.demo(orders, contact, wait)


def _hooked() -> list[ModuleType]:
    return [import_module(path) for path in settings.ORDER_HOOKS]
