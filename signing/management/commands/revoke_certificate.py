from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from signing.pki import keys


class Command(BaseCommand):
    help = "Revoke a signer's certificate; the holder gets a new one at the next signature."

    def add_arguments(self, parser):
        parser.add_argument("serial", help="hexadecimal serial number, as the admin and the signature rows show it")
        parser.add_argument("--reason", required=True)

    def handle(self, *args, serial, reason, **options):
        try:
            row = keys.revoke(serial, reason=reason)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{row} ({row.subject_id}) is revoked.")
