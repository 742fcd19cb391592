import base64
import hashlib
import os
import re
import runpy
import secrets
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from bandian import settings as settings_module
from bandian.tests import real_keys

PRODUCTION = {
    **real_keys.KEYS,
    "ALLOWED_HOSTS": "www.example.com",
    "SMS_SENDER": "http",
    "SMS_HTTP_URL": "https://sms.example.com/send",
}
HSM = {"SIGNING_KEYS": "pkcs11", "PKCS11_MODULE": __file__, "PKCS11_TOKEN": "bandian", "PKCS11_PIN": "1234"}


@pytest.fixture
def read(tmp_path):
    """Return a function that reads the settings afresh, with nothing but the given variables set."""

    def read(variables):
        with patch.dict(os.environ, {"VAR_DIR": str(tmp_path)} | variables, clear=True):
            return SimpleNamespace(**runpy.run_path(settings_module.__file__))

    return read


def test_nothing_set_is_a_development_server(read, tmp_path):
    settings = read({})

    assert settings.DEBUG
    assert settings.DEMO
    assert settings.ALLOWED_HOSTS == ["127.0.0.1", "localhost", "[::1]"]
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert settings.DATABASES["default"]["NAME"] == tmp_path / "db.sqlite3"
    assert settings.CHANNEL_LAYERS["default"]["BACKEND"] == "channels.layers.InMemoryChannelLayer"
    assert settings.CELERY_TASK_ALWAYS_EAGER
    assert settings.SMS_SENDER == "console"
    assert str(settings.MEDIA_ROOT) == f"{tmp_path}/media"
    assert not settings.SECURE_SSL_REDIRECT


def test_secret_key_makes_a_production_server(read):
    settings = read(PRODUCTION)

    assert not settings.DEBUG
    assert not settings.DEMO
    assert settings.ALLOWED_HOSTS == ["www.example.com"]
    assert settings.CSRF_TRUSTED_ORIGINS == ["https://www.example.com"]
    assert settings.SECURE_SSL_REDIRECT
    assert settings.SESSION_COOKIE_SECURE
    assert settings.CSRF_COOKIE_SECURE
    assert settings.SECURE_HSTS_SECONDS > 0
    assert settings.STORAGES["staticfiles"]["BACKEND"] == "whitenoise.storage.CompressedManifestStaticFilesStorage"


def test_forwarded_scheme_is_believed_only_behind_a_proxy(read):
    assert not hasattr(read(PRODUCTION), "SECURE_PROXY_SSL_HEADER")
    assert read(PRODUCTION | {"BEHIND_PROXY": "1"}).SECURE_PROXY_SSL_HEADER == ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        (PRODUCTION | {"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DEBUG": "0"}, "SECRET_KEY"),
        (PRODUCTION | {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        (PRODUCTION | {"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS"),
        ({"DEBUG": "maybe"}, "DEBUG"),
        ({"DEMO": "2"}, "DEMO"),
        ({"BEHIND_PROXY": "nginx"}, "BEHIND_PROXY"),
        ({"DATABASE_URL": "mysql://root@db/bandian"}, "DATABASE_URL"),
        ({"DATABASE_URL": "db.example:5432"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u@db:abc/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://bandian@db"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u:p#q@db/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u:p/q@db/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u:p?q@db/x"}, "DATABASE_URL"),
        ({"REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL"),
        ({"SMS_SENDER": "fax"}, "SMS_SENDER"),
        (PRODUCTION | {"SMS_SENDER": "console"}, "SMS_SENDER"),
        ({"SMS_SENDER": "http"}, "SMS_HTTP_URL"),
        ({"SMS_SENDER": "http", "SMS_HTTP_URL": "http://sms.example/"}, "SMS_HTTP_URL"),
        ({"IDENTITY_PROVIDER": "police"}, "IDENTITY_PROVIDER"),
        ({"IDENTITY_PROVIDER": "http", "IDENTITY_HTTP_URL": "http://id.example/"}, "IDENTITY_HTTP_URL"),
        (PRODUCTION | {"FIELD_KEY": ""}, "FIELD_KEY"),
        (PRODUCTION | {"FIELD_KEY": "k1:short"}, "FIELD_KEY"),
        (PRODUCTION | {"FIELD_KEY": "A" * 43 + "="}, "FIELD_KEY"),
        (PRODUCTION | {"FIELD_KEY": ",".join(["k1:" + "A" * 43 + "="] * 2)}, "FIELD_KEY"),
        ({"IMAGE_MAX_MB": "0"}, "IMAGE_MAX_MB"),
        ({"PDF_MAX_MB": "-1"}, "PDF_MAX_MB"),
        ({"FILES_PER_KIND": "many"}, "FILES_PER_KIND"),
        ({"SMS_QUIET_HOURS": "night"}, "SMS_QUIET_HOURS"),
        ({"PUSH_SERVICES": "https://push.example.com,http://push.example.com"}, "PUSH_SERVICES"),
        ({"SOCKETS_PER_USER": "0"}, "SOCKETS_PER_USER"),
        ({"DATABASE_POOL": "0"}, "DATABASE_POOL"),
        ({"SENDFILE_HEADER": "X-Sendfile"}, "SENDFILE_HEADER"),
        ({"SIGNING_KEYS": "usb"}, "SIGNING_KEYS"),
        (HSM | {"PKCS11_MODULE": "/gone.so"}, "PKCS11_MODULE"),
        (HSM | {"PKCS11_MODULE": ""}, "PKCS11_MODULE"),
        (HSM | {"PKCS11_TOKEN": ""}, "PKCS11_TOKEN"),
        (HSM | {"PKCS11_PIN": " "}, "PKCS11_PIN"),
    ],
)
def test_wrong_value_stops_the_start_and_is_named(read, variables, name):
    with pytest.raises((EnvError, ImproperlyConfigured), match=name):
        read(variables)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_database_url_is_taken_apart_and_decoded(read, scheme):
    url = f"{scheme}://ban%40dian:p%40ss%2Fw%3Ard%25%23%3F+@db.example:6543/ban%20dian"

    database = read({"DATABASE_URL": url}).DATABASES["default"]

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["USER"] == "ban@dian"
    assert database["PASSWORD"] == "p@ss/w:rd%#?+"
    assert database["HOST"] == "db.example"
    assert database["PORT"] == 6543
    assert database["NAME"] == "ban dian"


def test_database_url_without_user_and_port_leaves_them_to_the_driver(read):
    database = read({"DATABASE_URL": "postgresql:///bandian"}).DATABASES["default"]

    assert (database["NAME"], database["USER"], database["HOST"], database["PORT"]) == ("bandian", "", "", "")


def test_query_of_the_database_url_reaches_the_driver(read):
    database = read({"DATABASE_URL": "postgresql://db/bandian?sslmode=require"}).DATABASES["default"]

    assert database["OPTIONS"]["sslmode"] == "require"


def test_hsm_is_named_by_library_token_and_pin(read):
    settings = read(HSM)

    hsm = settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN
    assert hsm == (__file__, "bandian", "1234")


def test_redis_url_turns_on_the_broker_and_the_shared_layer(read):
    settings = read({"REDIS_URL": "redis://127.0.0.1:6379/0"})

    assert settings.CELERY_BROKER_URL == "redis://127.0.0.1:6379/0"
    assert not settings.CELERY_TASK_ALWAYS_EAGER
    assert settings.CHANNEL_LAYERS["default"]["BACKEND"] == "channels_redis.pubsub.RedisPubSubChannelLayer"
    assert settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"] == "redis://127.0.0.1:6379/0"


def test_cf_01_shared_layer_names_what_redis_would_end_or_refuse_sockets_by(read):
    (host,) = read({"REDIS_URL": "redis://127.0.0.1:6379/0"}).CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]

    assert host["socket_timeout"] == host["socket_connect_timeout"] == 3
    assert host["health_check_interval"] == 15
    assert host["max_connections"] == 10_000


@pytest.mark.parametrize("debug", [{}, {"DEBUG": "0"}])
@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"SMS_SENDER", "SMS_HTTP_URL"}))
def test_au_28_each_key_is_needed_and_named_where_all_else_is_set(read, name, debug):
    rest = {key: value for key, value in PRODUCTION.items() if key != name}

    with pytest.raises((EnvError, ImproperlyConfigured), match=f'^{name}|"{name}"'):
        read(rest | debug)


def starts(read, name, value):
    """Return whether a site that runs for real starts with a value; where it does not, the value is named."""
    try:
        return bool(read(PRODUCTION | {name: value}))
    except (EnvError, ImproperlyConfigured) as error:
        return name not in str(error)


DISGUISES = {
    "capitals": str.upper,
    "a letter more": lambda key: key + "x",
    "blanks": lambda key: f"{key[:20]} {key[20:]}  ",
    "a letter in front": lambda key: "x" + key,
    "backwards": lambda key: key[::-1],
    "wide": lambda key: "".join(chr(ord(char) + 0xFEE0) for char in key),
    "60 that nobody sees": lambda key: "\u200b" * 60,
    "hidden in a short one": lambda key: "Xk3" + "\u2060" * 60,
    "60 blanks": lambda key: " " * 60,
    "one sign": lambda key: "k" * 60,
    "repeated": lambda key: "abcdefghij" * 6,
    "counting": lambda key: "".join(map(chr, range(33, 93))),
    "two signs": lambda key: "ab" * 30,
}


@pytest.mark.parametrize("name", ["SECRET_KEY", "SIGNING_PASSPHRASE"])
def test_au_36_what_anybody_could_try_is_no_key(read, name):
    published = read({}).SECRET_KEY
    taken = [what for what, change in DISGUISES.items() if starts(read, name, change(published))]
    assert taken == []
    for good in (secrets.token_urlsafe(50), secrets.token_hex(32), base64.b64encode(os.urandom(48)).decode()):
        assert starts(read, name, good), good


def test_au_36_a_field_key_made_of_another_is_refused(read):
    secret, published = PRODUCTION["SECRET_KEY"], read({}).SECRET_KEY
    made = [read({}).FIELD_KEYS["dev"], bytes(32), b"A" * 32, bytes(range(32)), b"0123456789abcdef" * 2]
    for text in (secret, published):
        data = text.encode()
        made += [data[:32], hashlib.sha256(data).digest(), hashlib.md5(data).hexdigest().encode()]
    assert [key for key in made if starts(read, "FIELD_KEY", f"k1:{base64.b64encode(key).decode()}")] == []
    for _ in range(5):
        assert starts(read, "FIELD_KEY", f"k1:{base64.b64encode(os.urandom(32)).decode()}")


def test_au_37_no_secret_is_another_one_or_made_of_it(read):
    secret, (label, field) = PRODUCTION["SECRET_KEY"], PRODUCTION["FIELD_KEY"].split(":")
    raw = base64.b64decode(field)
    copies = [secret, f" {secret} ", secret.upper(), secret[::-1], f"{secret}-2", secret[:20]]
    copies += [hashlib.sha256(secret.encode()).hexdigest(), base64.b64encode(secret.encode()).decode()]
    copies += [field, f"{label}:{field}", raw.hex(), base64.urlsafe_b64encode(raw).decode()]
    tried = [PRODUCTION | {"SIGNING_PASSPHRASE": copy} for copy in copies]
    tried += [PRODUCTION | {name: secret} for name in ("SMS_HTTP_TOKEN", "IDENTITY_HTTP_TOKEN")]
    tried += [PRODUCTION | {"DATABASE_URL": f"postgresql://bandian:{secret}@db/bandian"}]

    for variables in tried:
        with pytest.raises(ImproperlyConfigured, match=r"a secret of its own|made of another"):
            read(variables)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SIGNING_PASSPHRASE"])
def test_au_28_key_of_development_is_refused_without_debug(read, name):
    published = read({}).SECRET_KEY

    with pytest.raises(ImproperlyConfigured, match=name):
        read(PRODUCTION | {name: published})
    assert published == read({"DEBUG": "1"}).SIGNING_PASSPHRASE


def test_au_28_a_site_with_hosts_of_its_own_is_no_development_server(read):
    hosts = {"ALLOWED_HOSTS": "www.example.com"}

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        read(hosts)
    assert read(hosts | {"DEBUG": "1"}).DEBUG


@pytest.mark.parametrize("value", ["*", "0.0.0.0/0", "::/0", "127.0.0.1,*", "proxy", "0.0.0.0/1,128.0.0.0/1"])
def test_au_29_anybody_is_no_proxy(read, value):
    with pytest.raises(EnvError, match="FORWARDED_ALLOW_IPS"):
        read(PRODUCTION | {"FORWARDED_ALLOW_IPS": value})
    assert read(PRODUCTION | {"FORWARDED_ALLOW_IPS": "10.0.0.1,10.1.0.0/16"}).FORWARDED_ALLOW_IPS


def test_au_35_rates_are_counted_in_redis_where_there_is_one(read):
    assert read({"REDIS_URL": "redis://127.0.0.1/0"}).CACHES["default"]["LOCATION"] == "redis://127.0.0.1/0"


def test_au_29_container_believes_the_gateway_of_its_network_only():
    docker, compose = ((settings_module.BASE_DIR / name).read_text() for name in ("Dockerfile", "compose.yaml"))
    (named,) = re.findall(r"FORWARDED_ALLOW_IPS: \$\{FORWARDED_ALLOW_IPS:-([0-9.]+)\}", compose)

    assert f"gateway: {named}}}" in compose
    assert "forwarded-allow-ips" not in docker + compose
