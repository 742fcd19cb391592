from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.forms.fields import PhoneField
from accounts.models import User
from accounts.terminal import prompts


class Command(BaseCommand):
    """Set somebody's password; stands in for the command of django.contrib.auth, which asks in English.

    Whoever runs it knows the password, so that it is changed at the next login.
    """

    help = "为一个账号设置密码；该账号的登录全部退出，下次登录须修改密码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("phone", help="手机号")

    def handle(self, *args: Any, phone: str, **options: Any) -> None:
        try:
            user = User.objects.get(phone=PhoneField().clean(phone))
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        except User.DoesNotExist as error:
            raise CommandError("没有使用该手机号的账号。") from error
        self.stdout.write(f"为 {user.name}（{user.masked_phone}）设置密码。")
        services.set_password(user, prompts.ask_password(user, self.stderr), is_first=True)
        self.stdout.write("密码已设置；该账号的登录已全部退出，下次登录须修改密码。")
