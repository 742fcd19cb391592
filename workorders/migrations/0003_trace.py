from django.db import migrations, models

from bandian.db.append_only import append_only
from workorders.trace import chain

_COLUMNS = ["id", "order_id", "number", "name", "label", "note", "by_id", "at", "source", "target", "is_public"]
_COLUMNS += ["data", "previous_hash", "hash"]


def chain_what_is_there(apps, schema_editor):
    """Give the lines that were written before there was a chain their place in it."""
    events = apps.get_model("workorders", "Event").objects.using(schema_editor.connection.alias)
    order, previous = None, ""
    for event in list(events.order_by("order_id", "number").values_list("pk", flat=True)):
        event = events.get(pk=event)
        if event.order_id != order:
            order, previous = event.order_id, ""
        chain.chain(event, previous)
        event.save(update_fields=["data", "previous_hash", "hash"])
        previous = event.hash


class Migration(migrations.Migration):
    dependencies = [("workorders", "0002_trace_and_limits")]

    operations = [
        migrations.AlterField("event", "at", models.DateTimeField(verbose_name="时间")),
        migrations.RunPython(chain_what_is_there, migrations.RunPython.noop),
        append_only("workorders_event", _COLUMNS),
    ]
