"""WF-17: every page that writes what belongs to an order is raced against every other, on the real PostgreSQL; WF-18:
every service that takes locks, side by side with every other.

The order's row and its room's are held until both requests wait for one of them, or have ended: so each has read all
that it reads before the lock, and the first takes it first. One pair in STRIDE is raced here; with RACES=n in the
environment (dev.py bench races n) all of them, n times, or the PORTION of them.
"""

import os
import time
from collections import Counter
from functools import partial

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client

from bandian.tests import matrix
from bandian.tests.races import actions, invariants, orders, services
from bandian.tests.races.race import at_once, race
from chat.exceptions import ChatError, NotFound
from chat.models import Room
from signing.services import AlreadySigned, Superseded
from workorders.desk.dispatch import Refused
from workorders.locks import Conflict, lock_order
from workorders.trace.anchors import AlreadyAnchored

ROUNDS = int(os.environ.get("RACES", 0))
# From one pair to before another, as 0:120: all of them take longer than one may want to wait.
PORTION = slice(*map(int, os.environ.get("RACES_PORTION", "0:1000000").split(":")))
STRIDE = 29
PAIRS = list(actions.meetings())
SERVICES = [(first, second, state) for first, second, state in actions.meetings(services.SERVICES)
            if services.SERVICES.index(first) <= services.SERVICES.index(second)]  # fmt: skip
# What a service says where another was faster, or the rules are against it.
REFUSALS = (ValidationError, PermissionDenied, Conflict, ChatError, NotFound, AlreadySigned, Superseded)
REFUSALS += (AlreadyAnchored, Refused)


def test_wf_17_every_page_that_writes_to_an_order_has_its_row():
    rows = {action.page for action in actions.ACTIONS}

    assert actions.posting_pages(matrix.read()) - actions.ELSEWHERE == rows, "Add or drop rows in races/actions.py."


class Races:
    """Runs requests at once on fresh orders, and keeps what they broke."""

    def __init__(self):
        self.cast = orders.make_cast()
        names = {action.by for action in actions.ACTIONS}
        self.browsers = [{name: browser(getattr(self.cast, name)) for name in names} for _ in range(2)]
        self.broken, self.answers = [], Counter()

    def run(self, state, *raced):
        """Race the actions in a state of the order; return their status codes."""
        cache.clear()  # what counts how often somebody asks
        row, order = f"{' × '.join(map(str, raced))}, {state}", orders.fresh(self.cast, state)
        pairs = zip(raced, self.browsers, strict=False)
        jobs = [action.job(order, self.cast, mine[action.by]) for action, mine in pairs]
        before = invariants.handed_in(order)
        responses = race(partial(self._hold, order, row), *jobs)
        for each in responses:
            getattr(each, "close", lambda: None)()
        codes = [getattr(each, "status_code", repr(each)) for each in responses]
        self.answers.update(codes)
        wrong = [f"answer {code}" for code in codes if code not in range(200, 500)]
        self.broken += [f"{row}: {each}" for each in (*wrong, *invariants.broken(order, state, before))]
        return codes

    def call(self, state, *raced):
        """Call services at once in a state of the order; return what each raised, None where it did its work."""
        cache.clear()
        row, order = f"{' × '.join(map(str, raced))}, {state}", orders.fresh(self.cast, state)
        jobs = [service.job(order, self.cast) for service in raced]
        before = invariants.handed_in(order)
        raised = [each if isinstance(each, Exception) else None for each in at_once(*jobs)]
        self.answers.update(type(each).__name__ for each in raised)
        wrong = [f"raised {each!r}" for each in raised if each and not isinstance(each, REFUSALS)]
        self.broken += [f"{row}: {each}" for each in (*wrong, *invariants.broken(order, state, before))]
        return raised

    def _hold(self, order, row):
        """Lock an order and its room; return a function that notes what was written meanwhile."""
        lock_order(order)
        Room.objects.select_for_update().filter(pk=order.pk).first()
        return partial(self._compare, order, row, invariants.written(order))

    def _compare(self, order, row, before):
        if invariants.written(order) != before:
            self.broken.append(f"{row}: written without the lock")


def browser(user):
    """Return a client logged in as the user, in which codes were asked for."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["code_browser"] = "A"
    session.save()
    return client


def deadlocks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_wf_17_no_two_requests_at_once_break_an_order():
    races, met = Races(), deadlocks()

    chosen = PAIRS[PORTION] * ROUNDS if ROUNDS else PAIRS[::STRIDE]
    answers = [(first, races.run(state, first, second)[0]) for first, second, state in chosen]
    proven = {str(first) for first, answer in answers if answer == first.answer}
    others = [action for action in actions.ACTIONS if str(action) not in proven]
    alone = {str(action): races.run(action.states[0], action) for action in others}

    print(f"{len(chosen)} races of {len(PAIRS)} pairs in {time.process_time():.0f} s of CPU, answers {races.answers}")
    print(f"deadlocks {deadlocks() - met}, broken invariants {len(races.broken)}")
    assert alone == {str(action): [action.answer] for action in others}  # so that what is raced writes
    assert not races.broken, "\n".join(races.broken)
    assert deadlocks() == met


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_wf_18_no_two_services_at_once_meet_in_a_deadlock(settings, tmp_path):
    settings.ANCHOR_DIR = tmp_path
    races, met = Races(), deadlocks()

    refused = {str(each): races.call(each.states[0], each)[0] for each in services.SERVICES}
    chosen = SERVICES[PORTION] * ROUNDS if ROUNDS else SERVICES[::STRIDE]
    for first, second, state in chosen:
        races.call(state, first, second)

    print(f"{len(chosen)} races of {len(SERVICES)} pairs of services, answers {races.answers}")
    print(f"deadlocks {deadlocks() - met}, broken invariants {len(races.broken)}")
    assert {name for name, why in refused.items() if why} == {"personal_data.close"}, refused
    assert not races.broken, "\n".join(races.broken)
    assert deadlocks() == met
