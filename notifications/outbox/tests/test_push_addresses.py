"""Which addresses a browser may name: those of known push services, so that nobody points the server elsewhere."""

import pytest
from django.core.exceptions import ValidationError

from notifications.outbox import push
from notifications.outbox.tests.browsers import Browser


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com/wp/abc:def-_",
        "https://wns2-sg2p.notify.windows.com/w/?token=abc%3d",
    ],
)
def test_known_services_are_allowed(endpoint):
    assert push.is_known_service(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://fcm.googleapis.com/send",
        "https://fcm.googleapis.com.evil.example/send",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com@evil.example/",
        "https://user:pass@fcm.googleapis.com/",
        "https://fcm.googleapis.com:8443/",
        "https://fcm.googleapis.com:443x/",
        "https://notify.windows.com/",
        "https://evilnotify.windows.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[fcm.googleapis.com/",
        "file:///etc/passwd",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\r\nHost: evil",
        "https://fcm。googleapis.com/",
    ],
)
def test_address_elsewhere_is_refused(endpoint):
    assert not push.is_known_service(endpoint)


@pytest.mark.parametrize(
    "keys", [{"p256dh": "AAAA"}, {"p256dh": ""}, {"p256dh": "不"}, {"auth": "AAAA"}, {"auth": "x"}]
)
def test_keys_that_are_none_are_refused(keys):
    push.check_keys(**Browser().keys)

    with pytest.raises(ValidationError):
        push.check_keys(**Browser().keys | keys)
