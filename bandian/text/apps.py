from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models import CharField, TextField

from bandian.text.comparing import Plain, teach_sqlite


class TextConfig(AppConfig):
    name = "bandian.text"

    def ready(self) -> None:
        for field in (CharField, TextField):
            field.register_lookup(Plain)
        connection_created.connect(teach_sqlite)
