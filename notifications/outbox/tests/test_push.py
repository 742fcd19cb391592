import json
import stat
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from notifications.enums import Channel, DeliveryState, Kind
from notifications.models import Delivery, Preference, PushSubscription
from notifications.outbox import delivering, push, vapid
from notifications.outbox.tests.browsers import Browser
from notifications.services import notify


class Service(BaseHTTPRequestHandler):
    """A push service: keeps what it was given, and answers by the path's status, or 201."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, body, self.headers))
        status = self.path.split("/")[1]
        self.send_response(int(status) if status.isdigit() else 201)
        self.send_header("Location", "/201/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def service(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        server.taken, server.origin = [], f"http://127.0.0.1:{server.server_port}"
        settings.PUSH_SERVICES = [server.origin]
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def subscribe(service):
    def run(user, path="/new"):
        browser = Browser()
        PushSubscription.objects.create(user=user, endpoint=service.origin + path, **browser.keys)
        return browser

    return run


@pytest.fixture
def tell(django_capture_on_commit_callbacks):
    def run(user, kind=Kind.STEP, sms=""):
        with django_capture_on_commit_callbacks(execute=True):
            return notify([user], kind=kind, title="供电方案已答复", body="李晓明的工单", sms=sms)[0]

    return run


def state_of(row):
    return {delivery.channel: delivery.state for delivery in row.deliveries.all()}


def test_browser_alone_can_read_what_the_service_passes_on(customer, subscribe, service, tell):
    browser = subscribe(customer)

    row = tell(customer)

    [(path, body, headers)] = service.taken
    expected = {"title": row.title, "kind": "进度通知", "url": row.get_absolute_url(), "tag": row.pk.hex}
    assert browser.read(body) == expected
    assert row.title.encode() not in body
    with pytest.raises(InvalidTag):
        Browser(key=browser.key).open(body)
    assert (path, headers["Content-Encoding"], headers["Urgency"]) == ("/new", "aes128gcm", "normal")
    assert (int(headers["TTL"]), len(headers["Topic"])) == (86400, 32)
    assert state_of(row) == {Channel.PUSH: DeliveryState.SENT}


def test_example_of_the_standard_is_sealed_to_the_same_bytes():
    # RFC 8291, appendix A
    number = int.from_bytes(urlsafe_base64_decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    keys = {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    }

    sealed = push.seal(
        b"When I grow up, I want to be a watermelon",
        **keys,
        key=ec.derive_private_key(number, ec.SECP256R1()),
        salt=urlsafe_base64_decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )

    assert urlsafe_base64_encode(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3"
        "jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_service_can_check_who_sends(customer, subscribe, service, tell, settings):
    subscribe(customer)

    tell(customer)

    scheme, _, parameters = service.taken[0][2]["Authorization"].partition(" ")
    assert scheme == "vapid"
    given = dict(part.strip().split("=", 1) for part in parameters.split(","))
    signed, _, signature = given["t"].rpartition(".")
    header, claims, raw, public = (urlsafe_base64_decode(part) for part in (*signed.split("."), signature, given["k"]))
    numbers = [int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")]
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    public.verify(encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims = json.loads(claims)
    assert json.loads(header)["alg"] == "ES256"
    assert (claims["aud"], claims["sub"]) == (service.origin, settings.SITE_URL)
    assert 0 < claims["exp"] - timezone.now().timestamp() <= 24 * 3600


@pytest.mark.parametrize("status", [404, 410])
def test_cf_27_subscription_that_ended_is_deleted(customer, subscribe, service, tell, status):
    subscribe(customer, f"/{status}/old")

    row = tell(customer)

    assert state_of(row) == {Channel.PUSH: DeliveryState.FAILED}
    assert not PushSubscription.objects.exists()
    assert state_of(tell(customer)) == {}


def test_cf_27_message_that_needs_action_falls_back_to_one_sms(customer, subscribe, tell, capsys):
    subscribe(customer, "/410/old")
    Preference.objects.create(user=customer, kind=Kind.SIGN, channel=Channel.PUSH)

    row = tell(customer, kind=Kind.SIGN, sms="请签字")
    delivering.send_due()

    assert state_of(row) == {Channel.PUSH: DeliveryState.FAILED, Channel.SMS: DeliveryState.SENT}
    assert capsys.readouterr().out.count("请签字") == 1


def test_cf_27_browser_without_permission_leaves_the_sms(customer, tell, capsys):
    Preference.objects.create(user=customer, kind=Kind.SIGN, channel=Channel.PUSH)

    assert state_of(tell(customer, kind=Kind.SIGN, sms="请签字")) == {Channel.SMS: DeliveryState.SENT}
    assert capsys.readouterr().out.count("请签字") == 1


def test_cf_27_nobody_is_alerted_twice_for_one_message(customer, subscribe, service, tell, capsys):
    subscribe(customer)

    row = tell(customer, kind=Kind.SIGN, sms="请签字")
    delivering.send_due()

    assert state_of(row) == {Channel.SMS: DeliveryState.SENT}
    assert service.taken == []
    assert capsys.readouterr().out.count("请签字") == 1


def test_cf_27_wish_for_push_spares_the_sms(customer, subscribe, service, tell, capsys):
    subscribe(customer)
    Preference.objects.create(user=customer, kind=Kind.SIGN, channel=Channel.PUSH)

    tell(customer, kind=Kind.SIGN, sms="请签字")

    assert len(service.taken) == 1
    assert service.taken[0][2]["Urgency"] == "high"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("status", [429, 500, 503])
def test_busy_service_is_tried_again(customer, subscribe, service, tell, status):
    subscribe(customer, f"/{status}/busy")

    row = tell(customer)

    delivery = row.deliveries.get()
    assert (delivery.state, delivery.last_error) == (DeliveryState.WAITING, f"HTTP {status}")
    assert delivery.next_attempt_at > timezone.now()
    assert PushSubscription.objects.exists()


def test_one_browser_that_takes_it_is_enough(customer, subscribe, service, tell):
    subscribe(customer, "/500/phone")
    subscribe(customer, "/desktop")

    row = tell(customer)
    delivering.send_due()

    assert state_of(row) == {Channel.PUSH: DeliveryState.SENT}
    assert [path for path, *_ in service.taken] == ["/500/phone", "/desktop"]


def test_service_that_refuses_is_not_asked_again(customer, subscribe, service, tell):
    subscribe(customer, "/400/bad")

    assert state_of(tell(customer)) == {Channel.PUSH: DeliveryState.FAILED}
    assert PushSubscription.objects.exists()


def test_redirect_is_not_followed(customer, subscribe, service, tell):
    subscribe(customer, "/307/elsewhere")

    assert state_of(tell(customer)) == {Channel.PUSH: DeliveryState.FAILED}
    assert len(service.taken) == 1


def test_address_that_is_no_longer_allowed_is_never_asked(customer, subscribe, service, tell, settings):
    subscribe(customer)
    settings.PUSH_SERVICES = ["https://fcm.googleapis.com"]

    tell(customer)

    assert service.taken == []
    assert not PushSubscription.objects.exists()


def test_own_key_is_made_once_and_readable_by_its_owner_only(settings):
    first = vapid.public_key()
    vapid._load.cache_clear()

    assert vapid.public_key() == first
    file = settings.PUSH_DIR / "vapid.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in file.read_bytes()
    assert [path.name for path in settings.PUSH_DIR.iterdir()] == ["vapid.pem"]


def test_own_key_needs_its_passphrase(settings):
    vapid.public_key()
    settings.SIGNING_PASSPHRASE = "another"

    with pytest.raises(ImproperlyConfigured, match="SIGNING_PASSPHRASE"):
        vapid.public_key()


def test_message_pushed_is_one_delivery_however_often_it_is_renewed(customer, subscribe, service):
    subscribe(customer)
    for number in range(3):
        notify([customer], kind=Kind.MESSAGE, title=f"{number} 条新消息", key="room:1")

    delivering.send_due()

    assert Delivery.objects.count() == len(service.taken) == 1
