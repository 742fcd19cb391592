"""Apps above this one that go along with an order, named in the setting ORDER_COMPANIONS.

Each is a module with these functions; none may do anything for an order that does not concern it:
`event_added(event)` within the transaction of a step, with the order locked; `links(order, user)` returns what the
order's pages lead to, `news(user)` what the start page does; `last_words(orders)` returns {order id: Words} for the
desk's rows; `dossier_parts(order)` yields (path, content or row with a file, what it is) for the 卷宗;
`after_submission(submission, by)` returns the address of a page to show next, or ""; `demo(orders, contact)` adds
demo data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from uuid import UUID

from django.conf import settings


@dataclass(frozen=True)
class Link:
    """A way from the order's page to what goes along with it; `count` is what is new there."""

    label: str
    url: str
    icon: str
    count: int = 0


@dataclass(frozen=True)
class Words:
    """What was last said about an order, by whom and when; `is_waiting` where it waits for the utility's answer."""

    text: str
    by: str
    at: datetime
    url: str
    is_waiting: bool


def event_added(event) -> None:
    for companion in _companions():
        companion.event_added(event)


def links(order, user) -> list[Link]:
    return [link for companion in _companions() for link in companion.links(order, user)]


def news(user) -> list[Link]:
    return [link for companion in _companions() for link in companion.news(user)]


def dossier_parts(order) -> Iterator[tuple]:
    for companion in _companions():
        yield from companion.dossier_parts(order)


def last_words(orders) -> dict[UUID, Words]:
    return {pk: words for companion in _companions() for pk, words in companion.last_words(orders).items()}


def after_submission(submission, by) -> str:
    """Return the page that comes after papers were handed in; empty where there is none but the list."""
    return next((url for companion in _companions() if (url := companion.after_submission(submission, by))), "")


def demo(orders, contact) -> None:
    for companion in _companions():
        companion.demo(orders, contact)


def _companions():
    return [import_module(path) for path in settings.ORDER_COMPANIONS]
