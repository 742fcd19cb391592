from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import Model

from accounts import documents
from accounts.models import RealName
from bandian.db.crypto import Encrypted, blind_index
from bandian.db.locks import atomic, locking

BATCH = 200


class Command(BaseCommand):
    """Read and write every sealed value, so that older keys can leave FIELD_KEY; may be run again at any time."""

    help = "Seal all encrypted fields and blind indexes with the first key of FIELD_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            names = [field.name for field in model._meta.local_fields if isinstance(field, Encrypted)]
            if names:
                self.stdout.write(f"{model._meta.label}: {self._reseal(model, names)}")

    def _reseal(self, model: type[Model], names: list[str]) -> int:
        keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        batch = getattr(model, "RESEAL_BATCH", BATCH)
        for start in range(0, len(keys), batch):
            _reseal_rows(model, names, keys[start : start + batch])
        return len(keys)


@atomic
def _reseal_rows(model: type[Model], names: list[str], keys: list[Any]) -> None:
    rows = list(locking(model._default_manager).filter(pk__in=keys).order_by("pk"))
    for row in rows:
        if isinstance(row, RealName):
            row.id_index = blind_index(documents.index_text(row.id_kind, row.id_number))
    model._default_manager.bulk_update(rows, [*names, "id_index"] if model is RealName else names)
