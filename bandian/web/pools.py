"""Places in the sandbox, and who pays for the time in them: no person has more than a share of either.

A person's share of a pool's places and of its queue holds in each process, the seconds for all processes together.
"""

import contextlib
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase

from bandian.db.pooled import give_back_connections
from bandian.web import rates
from bandian.web.rates import Rate

# Of one person's jobs: a form of 80 photos takes a minute, whoever sends what costs most is stopped at the tenth file.
SECONDS = Rate("sandbox-seconds", 240, timedelta(minutes=10))
_MILLI = 1000
# Of a queue, for one person.
_QUEUE_SHARE = 4


class Busy(ValidationError):
    """No place came free in time; nothing was done, and the same file may be sent again."""

    RETRY_SECONDS = 30

    def __init__(self, words: str = f"现在处理文件的人太多，这个文件还没有处理，请过 {RETRY_SECONDS} 秒再试。") -> None:
        super().__init__(words, code="busy")
        if account := _account.get():
            account.refusal = self


class Spent(Busy):
    """A person's files took all the time there is for one person."""

    RETRY_SECONDS = SECONDS.seconds

    def __init__(self) -> None:
        minutes = self.RETRY_SECONDS // 60
        super().__init__(f"您最近 {minutes} 分钟内的文件太费处理时间，这一个还没有处理，请过 {minutes} 分钟再试。")


class Account:
    """Whom the jobs of a request are charged to, and with what they were refused, if they were."""

    def __init__(self, whose: Callable[[], str]) -> None:
        self._whose = whose
        self.refusal: Busy | None = None

    @property
    def whose(self) -> str:
        """Return the person's id, or the subscriber's address; asked for by requests that have jobs only."""
        return self._whose()

    def check(self) -> None:
        """Raise Spent where the person's time is over."""
        if rates.count(SECONDS, self.whose, 0) >= SECONDS.most * _MILLI:
            raise Spent

    def charge(self, seconds: float) -> None:
        rates.count(SECONDS, self.whose, math.ceil(seconds * _MILLI))


_account: ContextVar[Account | None] = ContextVar("account", default=None)


@contextlib.contextmanager
def charged_to(whose: Callable[[], str]) -> Iterator[Account]:
    """Charge the block's jobs to somebody."""
    account = Account(whose)
    token = _account.set(account)
    try:
        yield account
    finally:
        _account.reset(token)


@contextlib.contextmanager
def charged() -> Iterator[None]:
    """Charge the time of the block, a job or what costs like one, to whom the request is of; raises Spent before it.

    What no request asks for is free.
    """
    account, started = _account.get(), time.monotonic()
    if account:
        account.check()
    try:
        yield
    finally:
        if account:
            account.charge(time.monotonic() - started)


class Pool:
    """How many jobs run at once, how many wait for how long, and what each may cost (seconds).

    Beyond `cpu` a file is too much; beyond `wall` the machine is too busy to tell.
    One person has half of the places at most, so that others' files go on whatever theirs are.
    """

    def __init__(self, *, places: int, queue: int, patience: float, cpu: int, wall: int, nice: int) -> None:
        self.places, self.queue, self.patience = places, queue, patience
        self.cpu, self.wall, self.nice = cpu, wall, nice
        self.open()

    def open(self) -> None:
        """Set out all places anew."""
        self._changed = threading.Condition()
        self._running: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()  # who runs or waits

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for the block; raises Busy. Who waits leaves the connection to the database to others."""
        account = _account.get()
        whose = account.whose if account else ""
        with self._entered(whose):
            give_back_connections()
            with self._changed:
                if not self._changed.wait_for(lambda: self._is_free(whose), self.patience):
                    raise Busy
                self._running[whose] += 1
            try:
                yield
            finally:
                with self._changed:
                    self._running[whose] -= 1
                    self._changed.notify_all()

    @contextlib.contextmanager
    def _entered(self, whose: str) -> Iterator[None]:
        with self._changed:
            is_much = whose and self._inside[whose] >= max(self.queue // _QUEUE_SHARE, 1)
            if is_much or self._inside.total() >= self.places + self.queue:
                raise Busy
            self._inside[whose] += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside[whose] -= 1
                self._inside, self._running = +self._inside, +self._running  # forgets those with none

    def _is_free(self, whose: str) -> bool:
        is_in_share = not whose or self._running[whose] < max(self.places // 2, 1)
        return is_in_share and self._running.total() < self.places


_PLACES = max(2, os.cpu_count() or 2)
HOUSE = Pool(places=_PLACES, queue=200, patience=30, cpu=30, wall=90, nice=0)
# What is only looked at: admission, freeze and signing never wait for it.
PREVIEWS = Pool(places=_PLACES, queue=200, patience=30, cpu=5, wall=15, nice=10)
STRANGERS = Pool(places=1, queue=64, patience=10, cpu=5, wall=15, nice=15)
ALL = (HOUSE, PREVIEWS, STRANGERS)


class ChargeMiddleware:
    """Charge a request's jobs to its person, or its address; answer 503 with the time to wait where one was refused.

    A form that shows the refusal beside its file is such an answer too: what was typed stays on the page.
    """

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with charged_to(lambda: _whose(request)) as account:
            response = self.get_response(request)
        if account.refusal and response.status_code in (200, 422, 503):
            response.status_code = 503
            response["Retry-After"] = account.refusal.RETRY_SECONDS
        return response


def _whose(request: HttpRequest) -> str:
    return request.session.get(SESSION_KEY) or rates.subscriber(request.META.get("REMOTE_ADDR", ""))
