import pytest
from django.core.exceptions import ImproperlyConfigured

from bandian import env

NAME = "BANDIAN_TEST_VALUE"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", True),
        (" Yes ", True),
        ("on", True),
        ("true", True),
        ("0", False),
        ("no", False),
        ("OFF", False),
        ("", False),
    ],
)
def test_flag_reads_yes_and_no(monkeypatch, value, expected):
    monkeypatch.setenv(NAME, value)

    assert env.flag(NAME, default=not expected) is expected


def test_flag_set_to_nothing_is_a_no(monkeypatch):
    monkeypatch.setenv(NAME, "")

    assert env.flag(NAME, default=True) is False


@pytest.mark.parametrize("default", [True, False])
def test_flag_unset_is_the_default(default):
    assert env.flag(NAME, default=default) is default


@pytest.mark.parametrize("value", ["2", "maybe", "ture", "是"])
def test_flag_refuses_other_words(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.flag(NAME)


def test_number_reads_digits(monkeypatch):
    monkeypatch.setenv(NAME, " 12 ")

    assert env.number(NAME, 3) == 12


def test_number_unset_is_the_default():
    assert env.number(NAME, 3) == 3


@pytest.mark.parametrize("value", ["", "-1", "1.5", "ten", "1_000", "٣", "4"])
def test_number_refuses_what_is_no_number_or_too_small(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.number(NAME, 8, at_least=5)


def test_names_splits_at_commas(monkeypatch):
    monkeypatch.setenv(NAME, " a.example, ,b.example ,")

    assert env.names(NAME) == ["a.example", "b.example"]


def test_names_unset_is_empty():
    assert env.names(NAME) == []


def test_choice_reads_an_allowed_word(monkeypatch):
    monkeypatch.setenv(NAME, "http")

    assert env.choice(NAME, "console", ("console", "http")) == "http"


def test_choice_unset_is_the_default():
    assert env.choice(NAME, "console", ("console", "http")) == "console"


@pytest.mark.parametrize("value", ["HTTP", "fax", ""])
def test_choice_refuses_another_word(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.choice(NAME, "console", ("console", "http"))


def test_a_file_that_is_not_there_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("ROOT", __file__)
    assert env.file("ROOT") == __file__

    monkeypatch.setenv("ROOT", str(tmp_path / "gone.pem"))
    with pytest.raises(ImproperlyConfigured, match="ROOT"):
        env.file("ROOT")


def test_an_hsm_that_is_needed_names_what_is_missing(monkeypatch):
    for name in ("HSM_MODULE", "HSM_TOKEN", "HSM_PIN"):
        monkeypatch.delenv(name, raising=False)
    assert env.hsm("HSM", needed=False) == ("", "", "")

    monkeypatch.setenv("HSM_MODULE", __file__)
    monkeypatch.setenv("HSM_TOKEN", "bandian")
    with pytest.raises(ImproperlyConfigured, match=r"^HSM_PIN:"):
        env.hsm("HSM", needed=True)
    monkeypatch.setenv("HSM_PIN", "1234")
    assert env.hsm("HSM", needed=True) == (__file__, "bandian", "1234")


@pytest.mark.parametrize(("value", "expected"), [("22-8", (22, 8)), ("21-7", (21, 7)), ("off", None)])
def test_hours_reads_a_night(monkeypatch, value, expected):
    monkeypatch.setenv(NAME, value)

    assert env.hours(NAME, "23-6") == expected


def test_hours_unset_is_the_default():
    assert env.hours(NAME, "23-6") == (23, 6)


@pytest.mark.parametrize("value", ["", "22", "8-22", "22:00-8:00", "24-8", "22-12", "-1-8"])
def test_hours_refuses_what_is_no_night(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.hours(NAME, "22-8")


def test_origins_reads_hosts_and_groups_of_hosts(monkeypatch):
    monkeypatch.setenv(NAME, "https://push.example.com, https://*.example.com:8443")

    assert env.origins(NAME) == ["https://push.example.com", "https://*.example.com:8443"]


@pytest.mark.parametrize(
    "value",
    ["http://a.example", "a.example", "https://*", "https://*.com/x", "https://a.example/", "https://u@a.example"],
)
def test_origins_refuses_anything_but_an_origin_with_tls(monkeypatch, value):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.origins(NAME)
