import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import CommandParser
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from workorders.models import Event, WorkOrder
from workorders.trace import anchors, chain, export


class Command(BaseCommand):
    help = "Check that no line of any order's trace was changed, removed, inserted or moved; exit 1 where one was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--order", metavar="N", help="the number or application number of one order")
        parser.add_argument("--file", type=Path, help="check an exported trace (JSON) instead of the database")
        parser.add_argument("--anchors", action="store_true", help="compare with the daily anchors too")

    def handle(self, *, order: str | None, file: Path | None, anchors: bool, **options: Any) -> None:
        found = 0
        for problem in self._problems(order, file, anchors):
            found += 1
            self.stdout.write(self.style.ERROR(problem))
        if found:
            raise CommandError(f"{found} problems: the trace does not hold.")
        self.stdout.write("The trace holds.")

    def _problems(self, order: str | None, file: Path | None, with_anchors: bool) -> Iterator[str]:
        if file:
            yield from self._in_file(file)
            return
        events, orders = Event.objects.all(), WorkOrder.objects.all()
        if order:
            named = Q(number=order) | Q(application_number=order)
            orders = orders.filter(named)
            if not orders.exists():
                raise CommandError(f"--order: there is no order {order}.")
            events = events.filter(order__in=orders)
        for name, number, what in chain.walk(events, orders):
            yield f"order {name}, line {number}: {what}"
        if with_anchors:
            yield from anchors.problems()

    def _in_file(self, path: Path) -> Iterator[str]:
        try:
            copy = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise CommandError(f"--file: {path} is no JSON file that can be read: {error}") from error
        found = list(export.problems(copy)) or export.strays(copy)
        yield from (f"line {number}: {what}" for number, what in found)
