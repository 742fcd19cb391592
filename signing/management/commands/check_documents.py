from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError

from signing.check import integrity
from signing.evidence import report
from signing.models import Document


class Command(BaseCommand):
    help = "Check the stored files of documents against their rows, and make the reports that are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="also those that have not changed since the last check")

    def handle(self, **options: Any) -> None:
        documents = Document.objects.all() if options["all"] else integrity.due()
        checked = bad = made = 0
        # By key: the checks write to the rows that they walk over.
        for key in list(documents.order_by("created_at", "pk").values_list("pk", flat=True)):
            document = Document.objects.get(pk=key)
            problems = integrity.check(document)
            checked, bad = checked + 1, bad + bool(problems)
            for problem in problems:
                self.stdout.write(f"{document.created_at:%Y-%m-%d}  {document.pk}  {document.title}  {problem}")
            if not problems and _lacks_report(document):
                report.of(document)
                made += 1
        self.stdout.write(f"核对 {checked} 份，有问题 {bad} 份，补做存证报告 {made} 份。")
        if bad:
            raise CommandError(f"{bad} documents are not as they were recorded.", returncode=1)


def _lacks_report(document: Document) -> bool:
    return document.is_signed and not document.current.evidence.exists()
