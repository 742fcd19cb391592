"""What a review page showed comes back with the decision: a keyed hash per fact, so that a difference has a name."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare, salted_hmac

_LENGTH = 24


class Changed(ValidationError):
    """What is to be decided on is not what the page showed; the answer is 409."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(
            f"您打开页面之后，{'、'.join(names)}刚刚有变化，没有办理。请核对下面现在的内容再决定。", code="stale"
        )


def token(facts: Mapping[str, str]) -> str:
    """Return what a page that shows these facts, {name: text}, sends back with its decision."""
    return ".".join(_digest(name, text) for name, text in facts.items())


def check(facts: Mapping[str, str], seen: str) -> None:
    """Raise Changed, with the names of what differs, where `seen` is not the token of these facts."""
    if names := differing(facts, seen):
        raise Changed(names)


def differing(facts: Mapping[str, str], seen: str) -> list[str]:
    """Return the names of the facts of which `seen` is not the token; all of them where it is of other facts."""
    before = seen.split(".")
    if len(before) != len(facts):
        return [*facts]
    now = zip(facts.items(), before, strict=True)
    return [name for (name, text), held in now if not constant_time_compare(_digest(name, text), held)]


def _digest(name: str, text: str) -> str:
    return salted_hmac("bandian.web.review", f"{name}={text}", algorithm="sha256").hexdigest()[:_LENGTH]
