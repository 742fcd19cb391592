"""What the environment may say: environs' own types as the settings use them, and the ones added to it."""

import pytest
from environs import EnvError, validate

from bandian.env import env

NAME = "BANDIAN_TEST_VALUE"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("yes", True), ("on", True), ("true", True), ("0", False), ("no", False), ("OFF", False)],
)
def test_bool_reads_yes_and_no(monkeypatch, value, expected):
    monkeypatch.setenv(NAME, value)

    assert env.bool(NAME, not expected) is expected


@pytest.mark.parametrize("default", [True, False])
def test_bool_unset_is_the_default(default):
    assert env.bool(NAME, default) is default


@pytest.mark.parametrize("value", ["", "2", "maybe", "ture", "是"])
def test_bool_refuses_other_words(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(EnvError, match=NAME):
        env.bool(NAME, False)


def test_int_reads_digits(monkeypatch):
    monkeypatch.setenv(NAME, " 12 ")

    assert env.int(NAME, 3) == 12


@pytest.mark.parametrize("value", ["", "-1", "1.5", "ten", "4"])
def test_int_refuses_what_is_no_number_or_too_small(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(EnvError, match=NAME):
        env.int(NAME, 8, validate=validate.Range(min=5))


def test_text_comes_without_the_blanks_around_it(monkeypatch):
    monkeypatch.setenv(NAME, " $ecret %2F# ")

    assert env.text(NAME, "") == "$ecret %2F#"


@pytest.mark.parametrize("value", ["", " "])
def test_text_that_is_needed_is_asked_for(monkeypatch, value):
    monkeypatch.setenv(NAME, value)
    assert env.text(NAME, "") == ""

    with pytest.raises(EnvError, match=NAME):
        env.text(NAME, "", needed=True)


def test_names_splits_at_commas(monkeypatch):
    monkeypatch.setenv(NAME, " a.example, ,b.example ,")

    assert env.names(NAME, "") == ["a.example", "b.example"]


def test_names_unset_is_empty():
    assert env.names(NAME, "") == []


@pytest.mark.parametrize("value", ["HTTP", "fax", ""])
def test_str_refuses_a_word_that_is_not_allowed(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(EnvError, match=f"{NAME}.*console, http"):
        env.str(NAME, "console", validate=validate.OneOf(("console", "http")))


@pytest.mark.parametrize("value", ["", "redis://:p%40ss@127.0.0.1:6379/0", "unix:///run/redis.sock"])
def test_address_reads_its_schemes_and_nothing(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    assert env.address(NAME, "", schemes=("redis", "unix")) == value


@pytest.mark.parametrize("value", ["127.0.0.1:6379", "redis://", "http://a.example", "rediss"])
def test_address_refuses_anything_else(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(EnvError, match=rf"{NAME}.*redis://"):
        env.address(NAME, "", schemes=("redis", "unix"))


def test_a_file_that_is_not_there_is_refused(monkeypatch, tmp_path):
    assert env.file(NAME, "") == ""
    with pytest.raises(EnvError, match=NAME):
        env.file(NAME, "", needed=True)

    monkeypatch.setenv(NAME, __file__)
    assert env.file(NAME, "") == __file__

    monkeypatch.setenv(NAME, str(tmp_path / "gone.pem"))
    with pytest.raises(EnvError, match=NAME):
        env.file(NAME, "")


@pytest.mark.parametrize(("value", "expected"), [("22-8", (22, 8)), ("21-7", (21, 7)), ("off", None)])
def test_hours_reads_a_night(monkeypatch, value, expected):
    monkeypatch.setenv(NAME, value)

    assert env.hours(NAME, "23-6") == expected


def test_hours_unset_is_the_default():
    assert env.hours(NAME, "23-6") == (23, 6)


@pytest.mark.parametrize("value", ["", "22", "8-22", "22:00-8:00", "24-8", "22-12", "-1-8"])
def test_hours_refuses_what_is_no_night(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(EnvError, match=NAME):
        env.hours(NAME, "22-8")


def test_origins_reads_hosts_and_groups_of_hosts(monkeypatch):
    monkeypatch.setenv(NAME, "https://push.example.com, https://*.example.com:8443")

    assert env.origins(NAME, "") == ["https://push.example.com", "https://*.example.com:8443"]


@pytest.mark.parametrize(
    "value",
    ["http://a.example", "a.example", "https://*", "https://*.com/x", "https://a.example/", "https://u@a.example"],
)
def test_origins_refuses_anything_but_an_origin_with_tls(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(EnvError, match=NAME):
        env.origins(NAME, "")
