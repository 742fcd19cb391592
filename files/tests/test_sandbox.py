import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError

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
