"""UP-32: no one person holds the sandbox, whatever their files cost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bandian.web import pools
from files import sandbox
from files.tests import jobs


def entered(pool, whose):
    """Hold a place for somebody and let it go; return what came in the way."""
    with pools.charged_to(lambda: whose):
        try:
            with pool.place():
                return None
        except pools.Busy as error:
            return error


def test_up_32_one_person_has_half_of_the_places_and_the_others_go_on():
    pool = pools.Pool(places=2, queue=8, patience=0.05, cpu=1, wall=1, nice=0)

    with ThreadPoolExecutor(1) as elsewhere, pools.charged_to(lambda: "one"), pool.place():
        again = elsewhere.submit(entered, pool, "one").result()
        other = elsewhere.submit(entered, pool, "other").result()

    assert again
    assert other is None
    assert entered(pool, "one") is None


def test_up_32_one_person_has_a_quarter_of_the_queue():
    pool = pools.Pool(places=4, queue=4, patience=60, cpu=1, wall=1, nice=0)

    with ThreadPoolExecutor(1) as elsewhere, pools.charged_to(lambda: "one"), pool.place():
        assert elsewhere.submit(entered, pool, "one").result()
        assert elsewhere.submit(entered, pool, "other").result() is None


def test_up_32_a_persons_seconds_come_to_an_end_and_nobody_elses(monkeypatch):
    monkeypatch.setattr(pools, "SECONDS", replace(pools.SECONDS, most=1))
    with pools.charged_to(lambda: "one") as account:
        sandbox.run(jobs.reverse, b"ab")
        account.charge(1)

        with pytest.raises(pools.Spent, match="10 分钟"):
            sandbox.run(jobs.reverse, b"ab")
        assert account.refusal.RETRY_SECONDS == 600

    with pools.charged_to(lambda: "other"):
        assert sandbox.run(jobs.reverse, b"ab")[1] == b"ba"
    assert sandbox.run(jobs.reverse, b"ab")[1] == b"ba"  # what no request asks for, as the worker's tasks


def test_up_32_looking_at_pages_takes_no_place_of_admission_and_signing(monkeypatch):
    monkeypatch.setattr(sandbox.HOUSE, "patience", 0.05)

    with ThreadPoolExecutor(pools.PREVIEWS.places) as elsewhere:
        looking = [
            elsewhere.submit(sandbox.run, jobs.nap, b"", pool=pools.PREVIEWS) for _ in range(pools.PREVIEWS.places)
        ]
        assert sandbox.run(jobs.reverse, b"ab")[1] == b"ba"
        assert not any(each.done() for each in looking)
    assert pools.PREVIEWS.cpu <= 5
    assert pools.PREVIEWS.nice > sandbox.HOUSE.nice
