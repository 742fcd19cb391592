"""Many requests at the same moment, on the real database: SQLite would let them in one by one anyway."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.enums import CodePurpose
from accounts.login import codes
from accounts.models import PhoneCode

PHONE = "13800138000"

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def outcomes(action, arguments):
    """Run the action for all arguments at once; count the reasons for refusal, None where there was none."""

    def run(argument):
        try:
            action(argument)
        except ValidationError as error:
            return error.code
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(20) as pool:
        return Counter(pool.map(run, arguments))


def ask(number, phone=PHONE):
    return codes.issue(phone, CodePurpose.LOGIN, browser="A", address="192.0.2.1")


def answer(code):
    codes.verify(PHONE, CodePurpose.LOGIN, code, browser="A")


def test_au_06_one_code_is_sent_however_many_ask_at_once():
    assert outcomes(ask, range(20)) == {None: 1, "cooldown": 19}


def test_au_06_network_limit_holds_for_many_phones_at_once():
    assert outcomes(lambda number: ask(number, f"138001380{number}"), range(10, 50)) == {None: 20, "limit": 20}


def test_au_09_five_guesses_are_compared_however_many_come_at_once():
    code = ask(0)[1]
    wrong = [f"{(int(code) + step) % 10**6:06d}" for step in range(1, 101)]

    assert outcomes(answer, wrong) == {"wrong": 5, "tries": 95}
    assert PhoneCode.objects.get().tries == 5


def test_au_04_right_code_lets_one_in_however_often_it_is_sent():
    code = ask(0)[1]

    assert outcomes(answer, [code] * 20)[None] == 1
