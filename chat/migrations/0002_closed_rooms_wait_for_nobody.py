from django.db import migrations


def forget(apps, schema_editor):
    apps.get_model("chat", "Room").objects.filter(state="readonly").update(waiting_since=None)


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
