import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from accounts.forms.fields import PersonNameField, PhoneField
from accounts.models import User
from accounts.terminal import prompts

ENVIRONMENT = "DJANGO_SUPERUSER_{}"


class Command(BaseCommand):
    """Make a supervisor with all rights; stands in for the command of django.contrib.auth, which asks in English."""

    help = "建立主管账号。加 --noinput 时不提问：手机号、姓名、密码取自参数或环境变量 DJANGO_SUPERUSER_*。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--phone", help="手机号")
        parser.add_argument("--name", help="真实姓名")
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive", help="不提问")

    def handle(self, *args: Any, interactive: bool, **options: Any) -> None:
        given = {name: options[name] or os.environ.get(ENVIRONMENT.format(name.upper())) for name in ("phone", "name")}
        if not interactive and None in given.values():
            raise CommandError("加 --noinput 时，请用 --phone 和 --name 写明手机号和姓名。")
        phone = prompts.ask(_free_phone, "手机号：", given=given["phone"], errors=self.stderr)
        name = prompts.ask(PersonNameField().clean, "真实姓名：", given=given["name"], errors=self.stderr)
        user = User(phone=phone, name=name)
        password = prompts.ask_password(user, self.stderr) if interactive else _from_environment(user)
        User.objects.create_superuser(phone, name, password)
        self.stdout.write(f"已建立主管账号：{name}（{phone}）。" + ("首次登录须修改密码。" if password else ""))


def _free_phone(value: str) -> str:
    phone = PhoneField().clean(value)
    if User.objects.filter(phone=phone).exists():
        raise ValidationError("该手机号已有账号。")
    return phone


def _from_environment(user: User) -> str | None:
    """Return the password of the environment; None leaves the account to be entered by SMS code only."""
    password = os.environ.get(ENVIRONMENT.format("PASSWORD"))
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
    return password
