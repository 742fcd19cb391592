"""The service that answers whether a name and a number belong together, as a real server on this machine."""

import json
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.enums import IdentityProvider, IdentityStatus
from accounts.identity import claims, providers, settling
from accounts.models import Consent, RealName
from notifications.models import Notification

NUMBER = "890101199003078881"


class Service(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((body, self.headers["Authorization"]))
        self.server.go_on.wait()
        status, answer = self.server.answer
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        with suppress(BrokenPipeError):  # the asker who does not wait
            self.wfile.write(answer)

    def log_message(self, *args):
        pass


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now()) as traveller:
        yield traveller


@pytest.fixture
def service(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.asked, server.answer, server.go_on = [], (200, b'{"verified": true}'), Event()
        server.go_on.set()
        settings.IDENTITY_PROVIDER, settings.IDENTITY_HTTP_TOKEN = "http", "secret"
        settings.IDENTITY_HTTP_URL = f"http://127.0.0.1:{server.server_port}/check"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


def test_confirmed_person_is_verified_a_little_later(service, customer, clock):
    record = claims.claim(customer, name=customer.name, id_number=NUMBER)

    assert service.asked == [({"name": customer.name, "id_number": NUMBER}, "Bearer secret")]
    assert (record.status, settling.settle()) == (IdentityStatus.PENDING, 0)

    clock.shift(settling.SETTLE_AFTER)
    assert (settling.settle(), settling.settle()) == (1, 0)
    assert customer.is_verified
    assert Notification.objects.get(user=customer).title == "实名认证已通过"


def test_pr_20_a_registered_number_is_answered_like_a_free_one(service, client, customer, outsider, clock):
    claims.claim(customer, name=customer.name, id_number=NUMBER)
    clock.shift(settling.SETTLE_AFTER)
    settling.settle()
    client.force_login(outsider)

    answers = []
    for number in (NUMBER, "890102198506150015"):
        data = {"name": outsider.name, "id_number": number, "consent": "on"}
        answer = client.post(reverse("accounts:identity"), data)
        page = client.get(answer.url).content.decode()
        answers.append((answer.status_code, answer.url, "正在审核" in page, "已提交" in page))
    assert answers == [(302, reverse("accounts:identity"), True, True)] * 2

    claims.claim(outsider, name=outsider.name, id_number=NUMBER)
    clock.shift(settling.SETTLE_AFTER)
    assert (settling.settle(), settling.settle()) == (0, 0)
    assert RealName.objects.get(user=outsider).provider == IdentityProvider.REVIEW  # it waits for a supervisor
    assert not outsider.is_verified


def test_refused_person_reads_the_reason_and_waits_before_the_next_try(service, customer):
    service.answer = 200, '{"verified": false, "reason": "库中无此号"}'.encode()

    record = claims.claim(customer, name=customer.name, id_number=NUMBER)

    assert (record.status, record.reason) == (IdentityStatus.REJECTED, "库中无此号")
    assert not customer.is_verified
    with pytest.raises(ValidationError, match="10 分钟后再试"):
        claims.claim(customer, name=customer.name, id_number=NUMBER)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, b'{"verified": true}'),
        (302, b'{"verified": true}'),
        (200, b""),
        (200, b"[]"),
        (200, b"<html>"),
        (200, b"\xff"),
        (200, b'{"verified": "true"}'),
        (200, b'{"verified": 1}'),
    ],
)
def test_answer_that_cannot_be_understood_approves_nobody(service, customer, answer):
    service.answer = answer

    with pytest.raises(ValidationError, match="暂时没有答复"):
        claims.claim(customer, name=customer.name, id_number=NUMBER)

    assert not RealName.objects.exists()
    assert not Consent.objects.exists()


def test_slow_service_is_not_waited_for(service, customer, monkeypatch):
    monkeypatch.setattr(providers, "TIMEOUT_SECONDS", 0.2)
    service.go_on.clear()

    with pytest.raises(ValidationError, match="暂时没有答复"):
        claims.claim(customer, name=customer.name, id_number=NUMBER)


def test_service_that_is_down_approves_nobody(settings, monkeypatch, customer):
    monkeypatch.setenv("no_proxy", "*")
    settings.IDENTITY_PROVIDER, settings.IDENTITY_HTTP_URL = "http", "http://127.0.0.1:1/"

    with pytest.raises(ValidationError, match="暂时没有答复"):
        claims.claim(customer, name=customer.name, id_number=NUMBER)
