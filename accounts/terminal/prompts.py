"""What the commands for accounts ask whoever runs them, in Chinese and with the checks of the forms."""

import getpass
from collections.abc import Callable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, OutputWrapper

from accounts.models import User


def ask(clean: Callable[[str], str], question: str, *, given: str | None, errors: OutputWrapper) -> str:
    """Return what was given, or else what is answered, made clean; asks again after a wrong answer.

    Raises CommandError where the given is wrong, or nobody answers.
    """
    while True:
        try:
            return clean(_answer(input, question) if given is None else given)
        except ValidationError as error:
            if given is not None:
                raise CommandError(f"{question}{'；'.join(error.messages)}") from error
            errors.write("；".join(error.messages))


def ask_password(user: User, errors: OutputWrapper) -> str:
    """Return a new password for the user, typed twice; raises CommandError where nobody answers."""
    while True:
        password = _answer(getpass.getpass, "密码（输入时不显示）：")
        if password != _answer(getpass.getpass, "再输入一次："):
            errors.write("两次输入的密码不一致，请重新输入。")
            continue
        try:
            validate_password(password, user)
        except ValidationError as error:
            errors.write("；".join(error.messages))
        else:
            return password


def _answer(read: Callable[[str], str], question: str) -> str:
    try:
        return read(question)
    except EOFError as error:
        raise CommandError("这里没有终端可以回答问题，请在终端里运行，或加 --noinput。") from error
    except KeyboardInterrupt as error:
        raise CommandError("已取消，没有改动任何账号。") from error
