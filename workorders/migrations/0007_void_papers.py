from django.db import migrations

SUPERSEDED, ENDED = "已由新一轮代替", "工单已终止"


def say_void(apps, schema_editor):
    """Say of the papers there are which no longer count: those of ended orders, and all rounds but the last."""
    Document, Paper, Submission, Event = (
        apps.get_model(*name.split("."))
        for name in ("signing.Document", "workorders.Paper", "workorders.Submission", "workorders.Event")
    )
    for model, kind, at in ((Paper, "kind", "issued_at"), (Submission, "stage", "submitted_at")):
        later = {}
        for row in model.objects.exclude(document=None).exclude(**{at: None}).order_by("order", kind, "-round"):
            key = row.order_id, getattr(row, kind)
            if key in later:
                _void(Document, row.document_id, later[key], SUPERSEDED)
            later[key] = getattr(row, at)
    for event in Event.objects.filter(target="terminated", name__in=["terminate", "withdraw"]):
        for model in (Paper, Submission):
            for pk in model.objects.filter(order=event.order_id).exclude(document=None).values_list("document", flat=True):
                _void(Document, pk, event.at, ENDED)


def _void(documents, pk, since, reason):
    documents.objects.filter(pk=pk, void_since=None).update(void_since=since, void_reason=reason)


class Migration(migrations.Migration):
    dependencies = [("workorders", "0006_requests_and_words"), ("signing", "0004_moment_of_signing")]

    operations = [migrations.RunPython(say_void, migrations.RunPython.noop)]
