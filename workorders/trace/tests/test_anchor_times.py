"""The daily anchor with the time of an authority outside: whoever rewrites both cannot have it dated back."""

import fcntl
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from conftest import PATIENCE
from signing.pki import timestamps
from signing.pki.tests import tsa
from workorders import tasks
from workorders.trace import anchors
from workorders.trace.tests.test_trace import run


@pytest.fixture
def order(make_order):
    return make_order()


@pytest.fixture
def authority(tmp_path, settings):
    timestamps._service.cache_clear()
    folder = tsa.make(tmp_path / "authority")
    settings.ANCHOR_DIR = tmp_path / "anchors"
    with tsa.running(folder) as (settings.TSA_URL, answers):
        settings.TSA_ROOT, settings.TSA_TIMEOUT = str(folder / "root.pem"), 5
        yield answers


def test_authority_vouches_for_the_time_of_the_anchor_of_a_day(order, authority, tmp_path):
    tasks.anchor_trace.delay()
    tasks.anchor_trace.delay()

    [token], [path] = (tmp_path / "anchors").glob("*.tst"), (tmp_path / "anchors").glob("*.json")
    assert authority.asked == 1
    assert run(anchors=True)[1]
    command = ["openssl", "ts", "-verify", "-token_in", "-in", token, "-data", path, "-CAfile", "authority/root.pem"]
    assert "Verification: OK" in subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout


def test_anchor_is_written_while_the_authority_is_away_and_timestamped_later(order, authority, tmp_path):
    authority.mode = "error"
    call_command("anchor_trace")
    assert not list((tmp_path / "anchors").glob("*.tst"))

    authority.mode = "good"
    call_command("anchor_trace")

    assert list((tmp_path / "anchors").glob("*.tst"))


def test_sg_15_token_of_another_anchor_or_of_a_later_day_is_found(order, authority, tmp_path):
    for day in (timezone.localdate() - timedelta(days=3), timezone.localdate()):
        anchors.make(day)
        assert anchors.stamp(day)
    early, late = sorted((tmp_path / "anchors").glob("*.tst"))

    assert f"{early.name}: made {timezone.localdate()}, long after the day of the anchor" in run(anchors=True)[0]
    late.chmod(0o600)
    late.write_bytes(early.read_bytes())
    assert f"{late.name}: not the authority's token over this anchor" in run(anchors=True)[0]


def test_wf_19_of_two_anchors_at_once_one_is_written_and_the_other_is_content(settings, tmp_path, db, capsys):
    settings.ANCHOR_DIR = tmp_path
    day = timezone.localdate()
    with ThreadPoolExecutor(1) as pool:
        with (tmp_path / ".lock").open("w") as first:
            fcntl.flock(first, fcntl.LOCK_EX)
            second = pool.submit(anchors.make, day)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.3)
            (tmp_path / f"{day}.json").write_text("{}")
        with pytest.raises(anchors.AlreadyAnchored):
            second.result(timeout=PATIENCE)

    assert not list(tmp_path.glob("*.gz"))
    call_command("anchor_trace")
    assert "is there already" in capsys.readouterr().out
