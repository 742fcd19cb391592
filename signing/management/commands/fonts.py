from concurrent.futures import ProcessPoolExecutor
from typing import Any

from django.core.management.base import BaseCommand

from signing.marks import fonts


class Command(BaseCommand):
    help = "Make the Chinese fonts for the papers, once; returns at once when they exist."

    def handle(self, **options: Any) -> None:
        if missing := fonts.missing():
            self.stdout.write("Making the Chinese fonts, about half a minute …", ending=" ")
            self.stdout.flush()
            with ProcessPoolExecutor(len(missing)) as pool:
                list(pool.map(fonts.path, missing))
            self.stdout.write("done.")
        for name in (fonts.SANS, fonts.SERIF):
            self.stdout.write(f"{name}: {fonts.path(name)}")
