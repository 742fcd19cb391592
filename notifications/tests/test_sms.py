import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from notifications import sms
from notifications.tasks import send_sms


class Gateway(BaseHTTPRequestHandler):
    """Keeps what it was given and answers with the next status of its server's list."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.append((body, self.headers["Authorization"]))
        self.send_response(self.server.answers.pop(0))
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        server.taken, server.answers = [], [200]
        settings.SMS_SENDER, settings.SMS_HTTP_TOKEN = "http", "secret"
        settings.SMS_HTTP_URL = f"http://127.0.0.1:{server.server_port}/send"
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_gateway_gets_phone_text_and_token(gateway):
    sms.send("13800138000", "您好")

    assert gateway.taken == [({"phone": "13800138000", "text": "您好"}, "Bearer secret")]


@pytest.mark.parametrize("status", [302, 307, 400, 500])
def test_gateway_that_refuses_or_redirects_is_an_error(gateway, status):
    gateway.answers = [status]

    with pytest.raises(sms.SmsError):
        sms.send("13800138000", "您好")

    assert len(gateway.taken) == 1


def test_gateway_that_is_down_is_an_error(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    settings.SMS_SENDER, settings.SMS_HTTP_URL = "http", "http://127.0.0.1:1/"

    with pytest.raises(sms.SmsError):
        sms.send("13800138000", "您好")


def test_console_prints_a_readable_line(capsys):
    sms.send("13800138000", "您好")

    assert capsys.readouterr().out == "[短信] 13800138000：您好\n"


def test_task_tries_again(gateway):
    gateway.answers = [500, 200]

    send_sms.apply(["13800138000", "您好"])

    assert len(gateway.taken) == 2
