"""Many at once, on the real PostgreSQL: one wins, the others are told."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from workorders import inputs
from workorders.demo import driver
from workorders.enums import PaperKind, State
from workorders.journey import flow
from workorders.models import DailyCounter, WorkOrder

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def at_once(count, job):
    """Run a job in threads with connections of their own; return what each returned, or its exception."""

    def run(number):
        try:
            return job(number)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_wf_02_fifty_threads_firing_one_step_give_one_event(make_order, manager):
    order = make_order(State.SUBMITTED)

    results = at_once(
        50, lambda _: flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager, seen=1)
    )

    assert sum(isinstance(result, WorkOrder) for result in results) == 1
    assert sum(isinstance(result, flow.Conflict) for result in results) == 49
    assert order.events.filter(name="accept").count() == 1


def test_wf_03_two_managers_with_different_steps_one_wins(make_order, manager):
    order = make_order(State.SUBMITTED)
    steps = [("accept", inputs.Acceptance(manager=manager)), ("return_for_correction", inputs.Reason(reason="请补正"))]

    results = at_once(2, lambda n: flow.advance(order, *steps[n], by=manager, seen=1))

    assert sum(isinstance(result, flow.Conflict) for result in results) == 1
    assert order.events.count() == 2


def test_wf_09_withdrawal_against_acceptance_ends_in_one_of_both(make_order, manager, customer):
    order = make_order(State.SUBMITTED)
    jobs = [
        lambda: flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager, seen=1),
        lambda: flow.advance(order, "withdraw", inputs.Reason(reason="不办了"), by=customer, seen=1),
    ]

    results = at_once(2, lambda n: jobs[n]())

    assert sum(isinstance(result, flow.Conflict) for result in results) == 1
    assert WorkOrder.objects.get(pk=order.pk).state in (State.ACCEPTED, State.TERMINATED)


def test_ten_signatures_at_once_make_one(make_order, customer):
    order = make_order(State.PLAN_ISSUED)
    signing = driver.signing(order.paper(PaperKind.SUPPLY_PLAN).document)

    results = at_once(10, lambda _: flow.advance(order, "sign_supply_plan", signing, by=customer))

    assert sum(isinstance(result, WorkOrder) for result in results) == 1
    assert order.paper(PaperKind.SUPPLY_PLAN).document.revisions.count() == 2


def test_numbers_drawn_at_once_are_gapless(db):
    from django.db import transaction

    def draw(_):
        with transaction.atomic():
            return DailyCounter.draw("order")

    numbers = sorted(int(number[-6:]) for number in at_once(20, draw))

    assert numbers == list(range(1, 21))
