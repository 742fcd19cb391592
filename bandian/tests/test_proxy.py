"""The site as the container starts it, behind nginx as the README sets it up: who the visitor is."""

import contextlib
import json
import re
import shutil
import signal
import socket
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from django.utils.crypto import salted_hmac

import dev
from accounts.models import PhoneCode

VISITOR, PROXY = "127.0.0.3", "127.0.0.1"
CONFIG = """
daemon off;
error_log stderr info;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx"),
]


@contextmanager
def container(environment, folder):
    """Run the Dockerfile's command; yield its port and its log."""
    (command,) = re.findall(r"^CMD (\[.*?\])$", (dev.ROOT / "Dockerfile").read_text(), re.MULTILINE | re.DOTALL)
    port, log = dev.free_port(), folder / "site.log"
    arguments = json.loads(command.replace("\\\n", ""))[1:]
    arguments[arguments.index("--host") + 1] = "127.0.0.1"
    command = [sys.executable, "-m", "uvicorn", *arguments, "--port", port]
    with dev.server(command, log=log, stop=signal.SIGTERM, ready=b"Press CTRL+C", env=environment):
        yield port, log


@contextmanager
def nginx(site, folder):
    """Run nginx with the README's location, with the site's port in it; yield its port."""
    (location,) = re.findall(r"```nginx\n(.*?)```", (dev.ROOT / "README.md").read_text(), re.DOTALL)
    port = dev.free_port()
    location = location.replace("127.0.0.1:8000", f"127.0.0.1:{site}")
    (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, port=port, location=location))
    folder.chmod(0o755)
    command = [shutil.which("nginx"), "-e", "stderr", "-c", folder / "nginx.conf"]
    with dev.server(command, log=folder / "nginx.log", stop=signal.SIGTERM, ready=b"start worker process"):
        yield port


def ask_for_code(port, phone, forged):
    """Ask for a code from VISITOR, who claims to be somebody else; return the status."""
    url, claim = "/account/login/code/", {"X-Forwarded-For": forged, "X-Real-IP": forged}
    with closing(HTTPConnection("127.0.0.1", port, source_address=(VISITOR, 0), timeout=60)) as http:
        http.request("GET", url, headers=claim)
        answer = http.getresponse()
        cookie, page = answer.headers["Set-Cookie"].split(";")[0], answer.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        body = urlencode({"csrfmiddlewaretoken": token, "phone": phone})
        own = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        http.request("POST", url, body, claim | own)
        return http.getresponse().status


def begin(port, path, declared, sent):
    """Declare a body, send its beginning and no more; return the status line, or nothing within ten seconds."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: {declared}\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as visitor:
        visitor.sendall(head.encode() + bytes(sent))
        with contextlib.suppress(TimeoutError):
            return visitor.recv(12).decode()
    return ""


def test_up_38_what_is_too_much_for_a_stranger_is_refused_before_the_proxy_has_taken_it(site_environment, tmp_path):
    with container(site_environment, tmp_path) as (site, _), nginx(site, tmp_path) as front:
        for path, declared in (("/account/login/", 2 << 20), ("/check/", 100 << 20)):
            assert begin(front, path, declared, 200_000) == "HTTP/1.1 413"


def test_au_29_only_the_named_proxy_is_believed(site_environment, tmp_path):
    environment = site_environment | {"FORWARDED_ALLOW_IPS": PROXY}
    with container(environment, tmp_path) as (site, log), nginx(site, tmp_path) as front:
        for number, port in enumerate([front, front, site]):
            assert ask_for_code(port, f"1380013900{number}", f"203.0.113.{number}") == 302

        real = salted_hmac("accounts.codes.address", VISITOR, algorithm="sha256").hexdigest()
        assert set(PhoneCode.objects.values_list("address", flat=True)) == {real}
        assert f"{VISITOR}:" in log.read_text()
        assert "203.0.113" not in log.read_text()
