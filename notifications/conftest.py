import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest


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
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def customer(django_user_model, db):
    return django_user_model.objects.create_user("13800138000", "李晓明")


@pytest.fixture
def outsider(django_user_model, db):
    return django_user_model.objects.create_user("13900139000", "赵强")
