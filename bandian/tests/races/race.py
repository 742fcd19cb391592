"""What a race needs: requests that have read a row as it was, and wait for the lock under which it changes."""

import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from conftest import PATIENCE


def race(held, *jobs):
    """Call `held` in a transaction, and the jobs in threads; commit once each of these waits for a lock, or has ended.

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


def _run(job):
    try:
        return job()
    except Exception as error:
        return error
    finally:
        connection.close()


def _until_all_wait(running):
    deadline = time.monotonic() + PATIENCE
    while (count := sum(not each.done() for each in running)) and _waiting() < count:
        assert time.monotonic() < deadline, "A request neither ends nor waits for a lock."
        time.sleep(0.001)


def _waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]
