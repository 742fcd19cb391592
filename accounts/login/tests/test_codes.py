from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from accounts.enums import CodePurpose
from accounts.login import codes
from accounts.models import PhoneCode

PHONE = "13800138000"
START = timezone.make_aware(timezone.datetime(2026, 11, 23, 9))

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def issue(phone=PHONE, purpose=CodePurpose.LOGIN, browser="A", address="192.0.2.1", **options):
    return codes.issue(phone, purpose, browser=browser, address=address, **options)[1]


def refusal(code, phone=PHONE, purpose=CodePurpose.LOGIN, browser="A"):
    """Return the reason why the code is refused, or None."""
    try:
        codes.verify(phone, purpose, code, browser=browser)
    except ValidationError as error:
        return error.code
    return None


def issue_refusal(**options):
    try:
        issue(**options)
    except ValidationError as error:
        return error.code
    return None


def other(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_au_04_code_works_once():
    code = issue()

    assert refusal(code) is None
    assert refusal(code) == "expired"


@pytest.mark.parametrize(("seconds", "reason"), [(299, None), (301, "expired")])
def test_au_05_code_lives_five_minutes(clock, seconds, reason):
    code = issue()

    clock.shift(timedelta(seconds=seconds))

    assert refusal(code) == reason


def test_au_07_code_belongs_to_one_browser():
    assert refusal(issue(), browser="B") == "expired"


def test_au_07_code_belongs_to_one_purpose():
    assert refusal(issue(), purpose=CodePurpose.RESET) == "expired"


def test_au_07_code_belongs_to_one_phone():
    assert refusal(issue(), phone="13900139000") == "expired"


def test_au_08_fifth_wrong_code_ends_the_challenge():
    code = issue()

    assert [refusal(other(code)) for _ in range(5)] == ["wrong"] * 5
    assert refusal(code) == "tries"


def test_au_09_try_in_a_raced_request_is_counted_by_the_database():
    code = issue()
    PhoneCode.objects.update(tries=codes.MAX_TRIES)

    assert refusal(code) == "tries"


def test_au_06_resend_ends_the_earlier_code(clock):
    first = issue()
    clock.shift(timedelta(seconds=60))
    second = issue()

    assert first == second or refusal(first) == "wrong"
    assert refusal(second) is None


def test_unusable_code_never_matches():
    assert refusal(issue(usable=False)) == "wrong"


def test_au_06_cooldown_holds_in_every_browser_and_purpose(clock):
    issue()

    clock.shift(timedelta(seconds=59))
    assert issue_refusal(browser="B", purpose=CodePurpose.RESET, address="192.0.2.2") == "cooldown"
    assert codes.seconds_to_wait(PHONE, CodePurpose.LOGIN) == 1
    clock.shift(timedelta(seconds=1))
    assert issue_refusal() is None


def test_au_06_phone_gets_five_codes_an_hour(clock):
    for _ in range(5):
        issue()
        clock.shift(timedelta(minutes=2))

    assert issue_refusal() == "limit"
    clock.shift(timedelta(minutes=50))
    assert issue_refusal() is None


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::{}"])
def test_au_06_network_gets_twenty_codes_an_hour(clock, address):
    for number in range(20):
        issue(phone=f"138001380{number:02d}", address=address.format(number))

    assert issue_refusal(phone="13900139000", address=address.format("ff")) == "limit"
    assert issue_refusal(phone="13900139000", address="198.51.100.7") is None


@pytest.mark.parametrize("purpose", ["sign", "confirm"])
def test_au_31_what_strangers_ask_for_leaves_the_codes_of_a_session(clock, purpose):
    for _ in range(5):
        clock.shift(timedelta(minutes=2))
        issue()

    assert issue_refusal() == "cooldown"
    for _ in range(5):
        assert issue_refusal(purpose=purpose) is None
        clock.shift(timedelta(minutes=2))
    assert issue_refusal(purpose=purpose) == "limit"


def test_au_11_table_shows_no_secret():
    code = issue(address="192.0.2.1", browser="browser-secret")

    row = PhoneCode.objects.values("code_hash", "browser", "address").get()

    assert {len(value) for value in row.values()} == {64}
    assert not any(secret in str(row) for secret in (code, "192.0.2.1", "browser-secret"))


def test_au_03_codes_keep_leading_zeros_and_are_not_biased():
    drawn = [f"{codes.secrets.randbelow(10**6):06d}" for _ in range(20_000)]

    counts = [sum(code[0] == digit for code in drawn) for digit in "0123456789"]
    chi_square = sum((count - 2000) ** 2 / 2000 for count in counts)
    assert chi_square < 40  # 9 degrees of freedom: chance of one in 100,000


def test_clear_codes_keeps_what_the_limits_need(clock):
    issue()
    clock.shift(timedelta(hours=23))
    issue()
    clock.shift(timedelta(hours=2))

    call_command("clear_codes", verbosity=0)

    assert PhoneCode.objects.count() == 1
