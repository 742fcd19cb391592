"""The supervisors' figures, on a set made by hand."""

from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from workorders import inputs
from workorders.desk import overview
from workorders.desk.spreadsheets import cell
from workorders.enums import State
from workorders.journey import flow
from workorders.models import StageTime, WholeTime
from workorders.tests.bare import bare_order


def figures(key, area=None):
    return next(table for table in overview.tables(area) if table.key == key).rows


def moment(year, month, day):
    return timezone.make_aware(datetime(year, month, day, 10))


def test_step_of_the_utility_leaves_its_time_in_working_days(make_order, manager, time_machine):
    time_machine.move_to(moment(2026, 9, 30))
    order = make_order(State.SUBMITTED)
    time_machine.move_to(moment(2026, 10, 10))  # a Saturday on which people work

    flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager)

    time = StageTime.objects.get()
    assert (time.state, time.started_on, time.ended_on) == ("submitted", date(2026, 9, 30), date(2026, 10, 10))
    assert (time.days, time.is_late) == (3, True)


def test_whole_times_are_counted_by_days_months_and_areas(customer, manager, area, far_manager):
    far, today = far_manager.service_areas.get(), timezone.localdate()
    last = today.replace(day=1) - timedelta(days=1)
    rows = [(4, 22, 30, area, today)] * 8 + [
        (22, 22, 60, area, today),
        (23, 22, 90, area, today),
        (31, 32, 90, far, last),
    ]
    for number, (days, promised, passed, where, ended_on) in enumerate(rows):
        order = bare_order(customer, manager, State.ARCHIVED, number=f"2611240000{number:02}")
        WholeTime.objects.create(
            order=order, area=where, applied_on=today, energised_on=today, ended_on=ended_on,
            days=days, promised=promised, calendar_days=passed,
        )  # fmt: skip

    groups = ["0–5 天", "6–10 天", "11–15 天", "16–22 天", "23–32 天", "32 天以上"]
    assert figures("totals") == list(zip(groups, [8, 0, 0, 1, 2, 0], strict=True))
    mine, theirs = (10, 9, 90.0, 4, 22, 30, 60), (1, 1, 100.0, 31, 31, 90, 90)
    assert figures("totals-months") == [(f"{last:%Y-%m}", *theirs), (f"{today:%Y-%m}", *mine)]
    assert figures("totals-areas") == sorted([(str(area), *mine), (str(far), *theirs)])
    assert figures("totals-months", far) == [(f"{last:%Y-%m}", *theirs)]


@pytest.fixture
def times(make_order, area, far_manager):
    order, today = make_order(State.SUBMITTED), timezone.localdate()
    far = far_manager.service_areas.get()
    StageTime.objects.all().delete()
    rows = [("surveying", 9, False, area)] * 8 + [("surveying", 14, True, area)] * 2 + [("submitted", 1, False, far)]
    for state, days, is_late, where in rows:
        StageTime.objects.create(
            order=order, area=where, state=state, started_on=today, ended_on=today, days=days, is_late=is_late
        )
    return order


def test_bottlenecks_shares_and_areas_are_counted(times, area, far_manager):
    far = far_manager.service_areas.get()

    assert figures("bottlenecks") == [("现场勘察", 10, 9, 14), ("申请待受理", 1, 1, 1)]
    assert figures("limits") == [(f"{timezone.localdate():%Y-%m}", 11, 9, 81.8)]
    assert sorted(figures("areas")) == sorted([(str(area), 10, 2, 80.0), (str(far), 1, 0, 100.0)])
    assert figures("bottlenecks", far) == [("申请待受理", 1, 1, 1)]
    assert figures("states") == [("申请待受理", "供电企业", 1)]
    assert figures("states", far) == []


def test_ages_count_working_days(make_order, time_machine):
    time_machine.move_to(moment(2026, 11, 2))
    make_order(State.SUBMITTED)
    time_machine.move_to(moment(2026, 11, 16))
    make_order(State.SUBMITTED, address="演示路 2 号")
    time_machine.move_to(moment(2026, 11, 17))

    assert [count for _, count in figures("ages")] == [1, 0, 1, 0]


def test_page_draws_prints_and_exports_for_supervisors_only(times, browser_of, supervisor, manager):
    cache.clear()
    url = reverse("admin:workorders_workorder_overview")
    page = browser_of(supervisor).get(url).content.decode()
    exported = b"".join(browser_of(supervisor).get(url, {"table": "bottlenecks"}).streaming_content).decode()

    assert page.count('class="chart"') == 5
    assert "style=" not in page[page.index('class="chart"') : page.rindex("</table>")]
    assert exported.splitlines()[:2] == ["\ufeff环节,办结次数,半数不超过,九成不超过", "现场勘察,10,9,14"]
    assert browser_of(supervisor).get(url, {"table": "nothing"}).status_code == 404
    assert browser_of(supervisor).get(url, {"area": "nonsense"}).status_code == 200
    assert browser_of(manager).get(url).status_code == 403


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠A1"])
def test_gn_04_no_cell_becomes_a_formula(text):
    assert cell(text) == f"'{text}"


def test_gn_04_numbers_and_plain_words_stay_as_they_are():
    assert [cell(value) for value in (-3, 1.5, None, "演示公司", "a=b")] == [-3, 1.5, "", "演示公司", "a=b"]
