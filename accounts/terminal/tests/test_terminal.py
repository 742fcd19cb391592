"""What an operator is asked at the terminal: in Chinese, and judged like on a page."""

import getpass
import io
import re

import pytest
from django.core.management import CommandError, call_command

from accounts.conftest import PASSWORD
from accounts.models import User

pytestmark = pytest.mark.django_db
NEW = "屋檐下 17 只麻雀"


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs a command with these answers, and returns all that was said."""

    def told(command, *options, answers=(), **given):
        said, left = io.StringIO(), iter(answers)

        def answer(question):
            said.write(question)
            reply = next(left, None)
            if reply is None:
                raise EOFError
            return reply

        monkeypatch.setattr("builtins.input", answer)
        monkeypatch.setattr(getpass, "getpass", answer)
        call_command(command, *options, stdout=said, stderr=said, **given)
        assert next(left, None) is None
        return said.getvalue()

    return told


def test_first_supervisor_is_asked_for_in_chinese(run, customer):
    answers = ["138", customer.phone, " 139 0013 9001", "周", "周主管", "1", "2", "12345678", "12345678", NEW, NEW]

    said = run("createsuperuser", answers=answers)

    user = User.objects.get(phone="13900139001")
    assert (user.name, user.is_superuser, user.must_change_password) == ("周主管", True, True)
    assert user.check_password(NEW)
    for words in ("该手机号已有账号", "两次输入的密码不一致", "首次登录须修改密码"):
        assert words in said
    assert not re.search("[A-Za-z]{3}", said)


def test_supervisor_is_made_without_questions(run, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", NEW)

    run("createsuperuser", "--noinput", phone="13900139001", name="周主管")

    assert User.objects.get(phone="13900139001").check_password(NEW)


@pytest.mark.parametrize(
    ("given", "why"), [({}, "请用 --phone"), ({"phone": "1", "name": "周主管"}, "手机号"), (None, "没有终端")]
)
def test_command_that_cannot_go_on_says_why(run, given, why):
    with pytest.raises(CommandError, match=why):
        run("createsuperuser", **({"interactive": False} | given if given is not None else {}))
    assert not User.objects.exists()


def test_password_set_by_an_operator_ends_the_logins_and_has_to_be_changed(run, client, customer):
    client.force_login(customer)

    said = run("changepassword", customer.phone, answers=[NEW, NEW])

    customer.refresh_from_db()
    assert customer.check_password(NEW)
    assert customer.must_change_password
    assert not customer.sessions.exists()
    assert not re.search("[A-Za-z]{3}", said)


@pytest.mark.parametrize("phone", ["138", "13900139009"])
def test_password_of_nobody_is_not_asked_for(run, customer, phone):
    with pytest.raises(CommandError, match="手机号"):
        run("changepassword", phone)
    assert customer.check_password(PASSWORD)
