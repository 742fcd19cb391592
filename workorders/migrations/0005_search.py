from django.db import migrations

from workorders import search


def write_words(apps, schema_editor):
    applications = apps.get_model("workorders", "Application").objects.using(schema_editor.connection.alias)
    for row in applications.exclude(order__state="draft").iterator():
        row.words = search.words(row.company, row.address)
        row.save(update_fields=["words"])


def index_words(apps, schema_editor):
    """The expression is the one that django.contrib.postgres.search.SearchVector asks for."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX application_words ON workorders_application "
            "USING gin (to_tsvector('simple'::regconfig, COALESCE(words, '')))"
        )


class Migration(migrations.Migration):
    dependencies = [("workorders", "0004_desk")]

    operations = [
        migrations.RunPython(write_words, migrations.RunPython.noop),
        migrations.RunPython(index_words, migrations.RunPython.noop),
    ]
