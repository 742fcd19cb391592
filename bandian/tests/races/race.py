"""What a race needs: calls that have read a row as it was and wait for its lock, or that go on side by side."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import connection, transaction

from conftest import PATIENCE

# Between the first statements of a call, so that another comes to its own meanwhile.
_STEP_SECONDS, _STEPS = 0.002, 150
# After which a request that does nothing waits for one that waits for a lock, as a message for its room's other one.
_STILL_SECONDS = 30


def race(held, *jobs):
    """Call `held` in a transaction, and the jobs in threads; commit once each of these waits for a lock, or for
    one that does, or has ended.

    The jobs come to their locks in their order. What `held` returns, if it can be called, is called before the commit.
    Return what each job returned, or its exception.
    """
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = []
        with transaction.atomic():
            check = held()
            for job in jobs:
                running.append(pool.submit(_run, job))
                _until_all_wait(running)
            if callable(check):
                check()
        return [each.result() for each in running]


def at_once(*jobs):
    """Call the jobs in threads that start together and take turns statement by statement; return as `race` does."""
    together = Barrier(len(jobs))
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(_run, partial(_in_turns, job, together)) for job in jobs]
        return [each.result() for each in running]


def _in_turns(job, together):
    steps = iter(range(_STEPS))

    def paused(execute, sql, params, many, context):
        try:
            return execute(sql, params, many, context)
        finally:
            if next(steps, None) is not None:
                time.sleep(_STEP_SECONDS)

    with connection.execute_wrapper(paused):
        together.wait(PATIENCE)
        return job()


def _run(job):
    try:
        return job()
    except Exception as error:
        return error
    finally:
        connection.close()


def _until_all_wait(running):
    started, moved, before = time.monotonic(), time.monotonic(), None
    while (count := sum(not each.done() for each in running)) and (waiting := _waiting()) < count:
        now = time.monotonic()
        assert now < started + PATIENCE, "A request neither ends nor waits for a lock."
        if (count, waiting) != before:
            before, moved = (count, waiting), now
        if waiting and now > moved + _STILL_SECONDS:
            return
        time.sleep(0.005)


def _waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]
