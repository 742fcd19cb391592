import os
import signal
import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from socket import create_server

import pytest

import dev

SERVER = "import os, time; print(os.getpid(), 'Ready to accept connections', flush=True); time.sleep(60)"


def run_dev(*arguments):
    command = [sys.executable, dev.__file__, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=dev.START_SECONDS, check=False)


def test_requirements_are_installed_again_after_a_change(tmp_path):
    requirements, stamp = tmp_path / "requirements.txt", tmp_path / "stamp"
    requirements.write_text("django==5.2.19\n")

    assert not dev.is_installed(requirements, stamp)

    stamp.write_text(dev.fingerprint(requirements))

    assert dev.is_installed(requirements, stamp)

    requirements.write_text("django==5.2.20\n")

    assert not dev.is_installed(requirements, stamp)


def test_both_requirements_files_pin_the_same_versions():
    def pins(name):
        return {line.split()[0] for line in (dev.ROOT / name).read_text().splitlines() if line[:1].isalnum()}

    assert pins("requirements.txt") <= pins("requirements-test.txt")


def test_taken_port_is_refused_before_anything_is_installed():
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run_dev("run", "--port", port)

    assert result.returncode == 1
    assert f"cannot use port {port}" in result.stderr
    assert not result.stdout


def test_unknown_measurement_names_those_there_are():
    result = run_dev("bench", "no-such-thing")

    assert result.returncode == 1
    assert "name one of the measurements" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--help"], ["tset"]])
def test_without_a_known_command_the_usage_is_shown(arguments):
    result = run_dev(*arguments)

    assert result.returncode == 1
    assert "python3 dev.py run" in result.stderr


def test_server_that_does_not_start_shows_its_log(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('the disk is full')"]

    with (
        pytest.raises(dev.Problem, match="the disk is full"),
        dev.server(command, log=tmp_path / "log", stop=signal.SIGTERM),
    ):
        pass


def test_server_ends_with_the_block_also_on_an_interrupt(tmp_path):
    log = tmp_path / "log"

    with pytest.raises(KeyboardInterrupt), dev.server([sys.executable, "-c", SERVER], log=log, stop=signal.SIGTERM):
        raise KeyboardInterrupt

    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text().split()[0]), 0)


def test_command_beside_the_block_is_waited_for_and_its_output_comes_at_the_end(tmp_path, capsys):
    with dev.beside(sys.executable, "-c", "input(); print('done')", output=tmp_path / "log", stdin=-1) as process:
        dev.say("the block")
        process.stdin.write(b"\n")
        process.stdin.close()

    assert process.returncode == 0
    assert capsys.readouterr().out.split() == ["the", "block", "done"]


def test_command_beside_the_block_ends_with_an_interrupt(tmp_path):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    # Where the tests themselves run in the background, interrupts are ignored, and this would take STOP_SECONDS.
    options = {"output": tmp_path / "log", "preexec_fn": partial(signal.signal, signal.SIGINT, signal.SIG_DFL)}

    with pytest.raises(SystemExit), dev.beside(*command, **options) as process:
        sys.exit(1)

    assert process.returncode != 0


def test_failed_command_is_a_problem_with_its_exit_code():
    with pytest.raises(dev.Problem, match="exit code 3"):
        dev.must(sys.executable, "-c", "raise SystemExit(3)")


@pytest.mark.parametrize(
    ("codes", "skips", "strict", "expected"),
    [
        ([0, 0], 0, False, 0),
        ([0, 0], 2, False, 0),
        ([0, 5], 0, False, 0),
        ([5, 0], 0, False, 0),
        ([5, 5], 0, False, 5),
        ([1, 0], 0, False, 1),
        ([0, 1], 0, False, 1),
        ([0, -9], 0, False, -9),
        ([5, 2], 0, False, 2),
        ([0, 0], 0, True, 0),
        ([0, 0], 1, True, 1),
        ([0, 5], 0, True, 5),
        ([0, -9], 0, True, -9),
    ],
)
def test_verdict_over_both_runs(codes, skips, strict, expected):
    assert dev.verdict(codes, Counter({"no Chromium": skips} if skips else {}), strict) == expected


def test_files_that_name_a_mark_are_found():
    found = dev.files_marked("services")

    assert dev.ROOT / "bandian" / "tests" / "test_pool.py" in found
    assert Path(__file__) not in found


def test_skip_reasons_are_counted_and_expected_failures_are_none(tmp_path):
    report = tmp_path / "1.xml"
    report.write_text(
        "<testsuites><testsuite>"
        '<testcase name="a"><skipped type="pytest.skip" message="no pdfsig"/></testcase>'
        '<testcase name="b"><skipped type="pytest.skip" message="no pdfsig"/></testcase>'
        '<testcase name="c"><skipped type="pytest.xfail" message="known"/></testcase>'
        '<testcase name="d"/>'
        "</testsuite></testsuites>"
    )

    assert dev.skip_reasons([report]) == {"no pdfsig": 2}
