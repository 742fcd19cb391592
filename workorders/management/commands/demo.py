import io
from contextlib import redirect_stdout
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from workorders.demo import story
from workorders.demo.cast import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    """Load people of every role and an order in each state, all by the same steps that people take."""

    help = "Load demo data (演示数据) into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are users already")
        parser.add_argument("--force", action="store_true", help="load into a database that is not empty")

    def handle(self, *args: Any, if_empty: bool, force: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("demo data is for development: it needs DEBUG=1.")
        if User.objects.exists() and not force:
            if not if_empty:
                raise CommandError("the database is not empty; --force adds the demo data all the same.")
            self._print_accounts()
            return
        if User.objects.filter(phone__in=[phone for phone, _, _ in ACCOUNTS.values()]).exists():
            raise CommandError("the demo data is in this database already.")
        if settings.TSA_URL:
            raise CommandError(
                "signatures of the demo lie weeks back, which no timestamp authority vouches for: unset TSA_URL."
            )
        # All or nothing; on stdout the console sender would print every text message.
        with redirect_stdout(io.StringIO()), transaction.atomic():
            story.tell(self._progress)
        self.stdout.write("\r" + " " * 60 + "\r", ending="")
        self._print_accounts()

    def _progress(self, at: datetime) -> None:
        self.stdout.write(f"\r演示数据：{at:%m-%d %H:%M}　", ending="")
        self.stdout.flush()

    def _print_accounts(self) -> None:
        self.stdout.write(f"演示账号（密码都是 {PASSWORD}）：")
        for phone, name, role in ACCOUNTS.values():
            self.stdout.write(f"  {phone}  {name}  {role.label}")
