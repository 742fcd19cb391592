import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from files import sandbox
from files.tests import jobs


def test_a_job_runs_in_another_process_and_answers_with_note_and_body():
    note, body = sandbox.run(jobs.reverse, b"abc")

    assert body == b"cba"
    assert note["length"] == 3
    assert note["process"] != os.getpid()


def test_large_data_goes_both_ways():
    data = os.urandom(1024) * 20_000

    assert sandbox.run(jobs.reverse, data)[1] == data[::-1]


@pytest.mark.parametrize("job", [jobs.crash, jobs.swell, jobs.write])
def test_a_job_that_breaks_its_limits_is_a_refusal_and_the_next_one_runs(job):
    with pytest.raises(ValidationError):
        sandbox.run(job, b"")

    assert sandbox.run(jobs.reverse, b"ab")[1] == b"ba"


def test_an_unexpected_error_is_logged_and_refused_in_plain_words(caplog):
    with pytest.raises(ValidationError, match="无法处理"):
        sandbox.run(jobs.stumble, b"")

    assert "KeyError" in caplog.text


def test_a_refusal_keeps_its_words_and_code():
    with pytest.raises(ValidationError, match="不行") as caught:
        sandbox.run(jobs.refuse, b"")

    assert caught.value.code == "no"


def test_secrets_stay_outside(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")

    assert "SECRET_KEY" not in sandbox.run(jobs.look_around, b"")[0]


def test_a_server_that_died_is_replaced():
    sandbox.run(jobs.reverse, b"")
    sandbox._server.process.kill()
    sandbox._server.process.wait()

    assert sandbox.run(jobs.reverse, b"ab")[1] == b"ba"


def test_jobs_run_side_by_side():
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: sandbox.run(jobs.reverse, b"%d" % number)[1], range(60)))

    assert answers == [(b"%d" % number)[::-1] for number in range(60)]


def refused(job, **options):
    with pytest.raises(ValidationError) as caught:
        sandbox.run(job, b"", **options)
    return caught.value.code


def test_up_26_while_strangers_wait_for_a_bounded_time_the_house_goes_on(monkeypatch):
    monkeypatch.setattr(sandbox.STRANGERS, "patience", 0.05)

    with sandbox.for_a_stranger(), ThreadPoolExecutor(1) as elsewhere:
        with pytest.raises(sandbox.Busy, match="请过 30 秒再试"):
            elsewhere.submit(sandbox.for_a_stranger().__enter__).result()
        assert elsewhere.submit(sandbox.run, jobs.reverse, b"ab").result()[1] == b"ba"

    with sandbox.for_a_stranger():
        assert sandbox.run(jobs.reverse, b"ab")[1] == b"ba"


def test_up_26_the_queue_of_a_pool_has_an_end():
    pool = sandbox.Pool(places=1, queue=0, patience=60, cpu=1, wall=1, nice=0)

    with pool.place(), pytest.raises(sandbox.Busy), pool.place():
        pass


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_up_26_who_waits_for_a_place_leaves_the_connection_to_others():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    with sandbox.STRANGERS.place():
        assert connection.connection is None


def test_up_26_a_strangers_job_has_little_time(monkeypatch):
    assert sandbox.STRANGERS.cpu == 5
    monkeypatch.setattr(sandbox.STRANGERS, "cpu", 1)

    with sandbox.for_a_stranger():
        assert refused(jobs.spin) == "complex"


def test_a_job_that_was_kept_from_computing_blames_the_load_and_not_the_file(monkeypatch):
    monkeypatch.setattr(sandbox.HOUSE, "wall", 1)

    assert refused(jobs.spin) == "busy"


def test_up_29_what_comes_back_from_a_job_has_a_limit_too(settings):
    assert refused(jobs.answer_much, most_bytes=1 << 20) == "too_large"
    settings.PDF_MAX_BYTES = 1 << 20
    assert refused(jobs.answer_much) == "too_large"
    assert len(sandbox.run(jobs.answer_much, b"", most_bytes=2 << 20)[1]) == 2 << 20
