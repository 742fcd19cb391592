"""办电公示: what is counted of a month, what is withheld, and how it is told."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bandian.web.rates import Rate
from workorders import inputs
from workorders.demo import driver
from workorders.enums import State
from workorders.figures import counting, tables, telling
from workorders.journey import flow
from workorders.models import MonthFigure, Rating, StageTime, WholeTime, WorkOrder
from workorders.tests.bare import bare_order
from workorders.trace import record
from workorders.views import guide_pages

OCTOBER = date(2026, 10, 1)
PAGE, CSV, JSON = (reverse(f"workorders:{name}") for name in ("figures", "figures_csv", "figures_json"))


def at(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day, 10))


@pytest.fixture
def finished(customer, manager, area, far_manager):
    """Return a function that makes archived orders of October with what they leave behind."""
    made = []

    def make(count, *, by=manager, days=10, promised=22, stars=None, ended_on=date(2026, 10, 20), stage="surveying"):
        for _ in range(count):
            made.append(bare_order(customer, by, State.ARCHIVED, number=f"2610{len(made):08}"))
            order = made[-1]
            WorkOrder.objects.filter(pk=order.pk).update(created_at=at(OCTOBER), energised_on=ended_on)
            record.append(order, "submit", label="提交申请", by=customer, source=State.DRAFT, facts={})
            WholeTime.objects.create(
                order=order, area=order.service_area, applied_on=OCTOBER, energised_on=ended_on, ended_on=ended_on,
                days=days, promised=promised, calendar_days=30,
            )  # fmt: skip
            StageTime.objects.create(
                order=order, area=order.service_area, state=stage, started_on=OCTOBER, ended_on=ended_on,
                days=days, is_late=False,
            )  # fmt: skip
            if stars:
                Rating.objects.create(order=order, stars=stars, by=customer)
        return made

    return make


def october(time_machine):
    """Let what is made now have happened in October, and return a function that ends the month."""
    time_machine.move_to(at(date(2026, 10, 20)))
    return lambda: time_machine.move_to(at(date(2026, 11, 2)))


def rows():
    return {row.area: row for row in telling.told()[0]}


def test_month_is_counted_by_unit_once_it_is_over(finished, area, far_manager, time_machine):
    far = far_manager.service_areas.get()
    end = october(time_machine)
    finished(6, days=8, stars=5)
    finished(2, days=22, stars=3)
    finished(2, days=23)
    finished(5, by=far_manager, days=31, promised=32)
    assert counting.publish() == []

    end()
    assert counting.publish() == [OCTOBER]

    mine, theirs, everybody = rows()[str(area)], rows()[str(far)], rows()[telling.TOTAL]
    assert (mine.received, mine.energised, mine.whole, mine.share) == (10, 10, telling.Days(8, 23), 80)
    assert (mine.stars, theirs.stars, everybody.stars) == (4.5, None, None)
    assert (theirs.energised, theirs.whole, theirs.share) == (5, telling.Days(31, 31), 100)
    assert mine.stages["surveying"] == telling.Days(8, 23)
    assert mine.stages["mid_submitted"] is None
    assert (everybody.received, everybody.energised, everybody.share) == (15, 15, 87)


def test_five_rounds_of_one_order_are_one_order(finished, area, time_machine):
    end = october(time_machine)
    order = finished(1)[0]
    for _ in range(5):
        StageTime.objects.create(
            order=order, area=area, state="mid_submitted", started_on=OCTOBER, ended_on=OCTOBER, days=1, is_late=False
        )
    end()
    counting.publish()

    assert MonthFigure.objects.get(area=area).stages["mid_submitted"]["orders"] == 1
    assert rows()[str(area)].stages["mid_submitted"] is None


def test_application_that_comes_again_after_a_correction_is_received_once(make_order, manager, customer, time_machine):
    end = october(time_machine)
    order = make_order(State.SUBMITTED)
    flow.advance(order, "return_for_correction", inputs.Reason(reason="演示"), by=manager)
    flow.advance(order, "submit", by=customer)
    end()
    counting.publish()

    assert sum(MonthFigure.objects.values_list("received", flat=True)) == 1


def test_what_was_told_of_a_month_does_not_change(finished, area, time_machine):
    end = october(time_machine)
    finished(6)
    end()
    counting.publish()
    before = telling.told()

    finished(1)
    WholeTime.objects.update(days=99)
    assert counting.publish() == []

    cache.clear()
    assert telling.told() == before


def test_missed_months_are_counted_later_and_no_more_than_are_told(finished, area, time_machine, capsys):
    october(time_machine)
    finished(1)
    time_machine.move_to(at(date(2027, 1, 3)))

    call_command("publish_figures")

    assert capsys.readouterr().out == "Counted 2026-10.\nCounted 2026-11.\nCounted 2026-12.\n"
    assert [month[0].month for month in telling.told()] == ["2026-12", "2026-11", "2026-10"]
    time_machine.move_to(at(date(2031, 1, 3)))
    assert len(counting.publish()) == telling.MONTHS


numbers = st.integers(0, 9)
figure = st.builds(
    lambda **values: SimpleNamespace(month=OCTOBER, **values),
    received=numbers, energised=numbers, kept=numbers, median=numbers, ninetieth=numbers, ratings=numbers,
    stars=numbers, orders=numbers,
)  # fmt: skip


@given(st.lists(figure, min_size=1, max_size=5), st.data())
def test_gn_09_nothing_withheld_can_be_found_by_subtraction(figures, data):
    """Whatever else stood in the withheld places, all that is told in any form would be the same."""
    for number, each in enumerate(figures):
        each.area = SimpleNamespace(name=f"单位{number}", code=str(number))
        each.kept = min(each.kept, each.energised)
    before = everything_told(figures)

    few = st.integers(0, telling.LEAST - 1)
    for each in figures:
        if each.received < telling.LEAST:
            each.received = data.draw(few)
        if each.energised < telling.LEAST:
            each.energised = data.draw(few)
            each.kept, each.median, each.ninetieth = data.draw(st.tuples(few, numbers, numbers))
        if each.ratings < telling.LEAST:
            each.ratings, each.stars = data.draw(st.tuples(few, numbers))
        if each.orders < telling.LEAST:
            each.orders = data.draw(few)

    assert everything_told(figures) == before


def everything_told(figures):
    for each in figures:
        stay = {"orders": each.orders, "median": 3, "ninetieth": 7} if each.orders >= telling.LEAST else None
        each.stages = {"surveying": stay or {"orders": each.orders, "median": each.orders, "ninetieth": each.orders}}
    told = [telling.tell(figures)]
    return json.dumps([list(tables.lines(told)), tables.data(told)], ensure_ascii=False)


@given(st.lists(figure, min_size=2, max_size=5))
def test_gn_09_sum_is_told_where_every_part_is_and_is_right(figures):
    for number, each in enumerate(figures):
        each.area, each.stages = SimpleNamespace(name=f"单位{number}", code=str(number)), {}
        each.kept = min(each.kept, each.energised)

    *units, everybody = telling.tell(figures)

    counts = [unit.received for unit in units]
    assert everybody.received == (None if None in counts else sum(counts))
    assert all(count is None or count >= telling.LEAST for count in counts)


def test_page_csv_and_json_tell_strangers_the_same(finished, area, far_manager, client, time_machine):
    end = october(time_machine)
    finished(6, stars=4)
    finished(3, by=far_manager)
    end()
    counting.publish()

    page = client.get(PAGE).content.decode()
    body = b"".join(client.get(CSV).streaming_content).decode()
    header, *lines = csv.reader(io.StringIO(body.removeprefix("\ufeff")))
    data = client.get(JSON).json()

    assert body.startswith("\ufeff月份,供电单位")
    assert [line[1] for line in lines] == [str(area), "城东", telling.TOTAL]
    assert lines[0][2:8] == ["6", "6", "10", "10", "100", "4.0"]
    assert lines[1][2:8] == ["少于 5"] * 6
    assert lines[2][2:4] == ["不公布"] * 2
    assert len(header) == len(lines[0])
    mine, theirs, everybody = data["months"][0]["areas"]
    assert (mine["received"], mine["whole"], mine["stages"]["供电方案答复"]) == (6, days(10, 10), days(10, 10))
    assert (theirs["received"], theirs["whole"], everybody["received"]) == (None, None, None)
    for words in ("少于 5", "不公布", "100%", "4.0 星", "10 / 10"):
        assert words in page
    for order in WorkOrder.objects.all():
        assert order.number not in page + body + json.dumps(data)


def days(median, ninetieth):
    return {"median": median, "ninetieth": ninetieth}


def test_reader_chooses_a_month_or_a_unit(finished, area, client, time_machine):
    end = october(time_machine)
    finished(6)
    end()
    time_machine.move_to(at(date(2026, 12, 2)))
    counting.publish()

    assert {row.month for row in client.get(PAGE).context["rows"]} == {"2026-11"}
    assert {row.month for row in client.get(PAGE, {"month": "2026-10"}).context["rows"]} == {"2026-10"}
    assert "2026年10月：" in client.get(PAGE, {"month": "2026-10"}).content.decode()
    one = client.get(PAGE, {"area": area.code}).context["rows"]
    assert [(row.month, row.area) for row in one] == [("2026-11", str(area)), ("2026-10", str(area))]
    assert {row.month for row in client.get(PAGE, {"month": "2026", "area": "'--"}).context["rows"]} == {"2026-11"}


def test_empty_page_says_when_there_will_be_something(client, db):
    assert "还没有公布过数字" in client.get(PAGE).content.decode()
    assert client.get(JSON).json()["months"] == []
    assert PAGE in client.get(reverse("accounts:login")).content.decode()


def test_page_costs_no_more_with_more_orders_and_no_query_while_it_is_kept(finished, area, client, time_machine):
    end = october(time_machine)
    finished(6)
    end()
    counting.publish()

    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        return [query["sql"] for query in found if "workorders_" in query["sql"]]

    first = queries()
    assert 1 <= len(first) <= 2
    assert not [sql for sql in first if "workorders_workorder" in sql]
    assert queries() == []


def test_public_figures_are_read_at_a_rate(client, db, monkeypatch):
    monkeypatch.setattr(guide_pages, "READS", Rate("figures", 2, timedelta(minutes=1)))

    assert [client.get(url).status_code for url in (PAGE, CSV, JSON)] == [200, 200, 429]
    assert client.get(PAGE, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_driven_orders_leave_what_is_counted(make_order, time_machine, area, manager):
    end = october(time_machine)
    driver.drive(make_order(State.SUBMITTED), State.ARCHIVED, manager=manager, short=True)
    end()
    counting.publish()

    kept = MonthFigure.objects.get(area=area)
    assert (kept.received, kept.energised, kept.kept, kept.median) == (1, 1, 1, 0)
    assert set(kept.stages) == {"submitted", "survey_booked", "surveying", "completion_submitted", "contract_signed"}
