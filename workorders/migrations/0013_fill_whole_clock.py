from django.db import migrations
from django.db.models import Case, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from workorders.limits import pauses
from workorders.limits.calendar import Calendar

# As they stood in the code: the promise in working days, and the states in which it is the utility's turn.
PROMISE, PROMISE_WITH_SECOND_SOURCE = 22, 32
UTILITY = (
    "submitted", "survey_booked", "surveying", "plan_signed", "design_submitted", "design_opinion_signed",
    "mid_submitted", "mid_notice_signed", "completion_submitted", "completion_opinion_signed", "contract_signed",
)
BATCH = 1000


def fill(apps, schema_editor):
    """Give every order its whole clock: what its finished turns used, what is promised, and until when that lasts."""
    alias = schema_editor.connection.alias

    def rows(name):
        return apps.get_model("workorders", name).objects.using(alias)

    filed = rows("WorkOrder").exclude(state="draft")
    times = rows("StageTime").filter(order=OuterRef("pk")).order_by().values("order").annotate(n=Sum("days"))
    modes = [rows(name).filter(order=OuterRef("pk")).values("supply_mode") for name in ("SupplyPlan", "Application")]
    filed.update(used_days=Coalesce(Subquery(times.values("n")), 0))
    single = When(mode__in=["", "single"], then=Value(PROMISE))
    filed.annotate(mode=Coalesce(*map(Subquery, modes), Value(""))).update(
        promised_days=Case(single, default=Value(PROMISE_WITH_SECOND_SOURCE))
    )
    _until_when(rows)
    _whole_times(rows)


def _until_when(rows):
    calendar = Calendar(dict(rows("CalendarDay").values_list("day", "is_working")))
    running = rows("WorkOrder").filter(state__in=UTILITY).prefetch_related("requests")
    for order in running.iterator(chunk_size=BATCH):
        if pauses.is_paused(order):
            continue
        start = timezone.localdate(order.entered_at)
        left = order.promised_days - order.used_days
        left += pauses.days(calendar, order, start, timezone.localdate())
        day = calendar.add(start, left)[0] if left >= 0 else calendar.back(start, -left)
        rows("WorkOrder").filter(pk=order.pk).update(promise_on=day)


def _whole_times(rows):
    first = rows("Event").filter(order=OuterRef("pk"), name="submit").order_by("number").values("at")[:1]
    archived = rows("WorkOrder").filter(state="archived", energised_on__isnull=False).annotate(first=Subquery(first))
    batch = []
    for order in archived.iterator(chunk_size=BATCH):
        applied_on = timezone.localdate(order.first or order.submitted_at or order.created_at)
        batch.append(
            rows("WholeTime").model(
                order_id=order.pk,
                area_id=order.service_area_id,
                applied_on=applied_on,
                energised_on=order.energised_on,
                ended_on=timezone.localdate(order.entered_at),
                days=order.used_days,
                promised=order.promised_days,
                calendar_days=max((order.energised_on - applied_on).days, 0),
            )
        )
        if len(batch) == BATCH:
            rows("WholeTime").bulk_create(batch)
            batch = []
    rows("WholeTime").bulk_create(batch)


class Migration(migrations.Migration):

    dependencies = [
        ('workorders', '0012_whole_clock'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
