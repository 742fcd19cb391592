import pytest

from notifications.outbox import sms
from notifications.tasks import send_sms


def test_gateway_gets_phone_text_and_token(gateway):
    sms.send("13800138000", "您好")

    assert gateway.taken == [({"phone": "13800138000", "text": "您好"}, "Bearer secret")]


def test_reference_goes_along_as_id(gateway):
    sms.send("13800138000", "您好", reference="r1")

    assert gateway.taken[0][0] == {"phone": "13800138000", "text": "您好", "id": "r1"}


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
