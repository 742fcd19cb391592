from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from signing.pki import keys


class Command(BaseCommand):
    help = "Revoke a signer's certificate; the holder gets a new one at the next signature."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("serial", help="hexadecimal serial number, as the admin and the signature rows show it")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, serial: str, reason: str, **options: Any) -> None:
        try:
            row = keys.revoke(serial, reason=reason)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{row} ({row.subject_id}) is revoked.")
