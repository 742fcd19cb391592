from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from workorders.enums import State
from workorders.forms.calendar_form import CalendarListForm
from workorders.limits import deadlines
from workorders.models import CalendarDay, Limit
from workorders.tests.bare import bare_order

IMPORT = "admin:workorders_calendarday_import"


@pytest.fixture
def desk(browser_of, supervisor):
    return browser_of(supervisor)


@pytest.fixture
def post(desk, django_capture_on_commit_callbacks):
    """Return a function that posts as the supervisor and returns the page it leads to."""

    def send(name, data=None, args=()):
        with django_capture_on_commit_callbacks(execute=True):
            response = desk.post(reverse(name, args=args), data)
        return desk.get(response.url).content.decode() if response.status_code == 302 else response.content.decode()

    return send


@pytest.fixture
def order(customer, manager, area):
    order = bare_order(
        customer, manager, State.DESIGN_SUBMITTED, entered_at=timezone.make_aware(datetime(2026, 12, 28, 10))
    )
    deadlines.recompute()
    return order


def due_of(order):
    order.refresh_from_db(fields=["due_on", "due_is_estimate"])
    return order.due_on, order.due_is_estimate


@pytest.mark.django_db(transaction=True)
def test_new_limit_moves_open_orders_and_the_page_says_how_many(desk, order):
    data = {"state": "design_submitted", "min_voltage": 0, "days": 2}
    page = desk.post(reverse("admin:workorders_limit_add"), data, follow=True).content.decode()

    assert due_of(order) == (date(2026, 12, 30), False)
    assert "1 个有变化" in page


def test_removed_limit_brings_the_default_back(post, order):
    limit = Limit.objects.create(state=State.DESIGN_SUBMITTED, days=2)
    deadlines.recompute()

    post("admin:workorders_limit_delete", {"post": "yes"}, [limit.pk])

    assert due_of(order) == (date(2027, 1, 5), True)


def test_list_of_limits_shows_the_defaults(desk):
    page = desk.get(reverse("admin:workorders_limit_changelist")).content.decode()

    assert "现场勘察（双电源、多电源）" in page
    assert "20 个工作日" in page


@pytest.mark.django_db(transaction=True)
def test_new_promise_moves_open_orders_and_the_list_shows_the_defaults(desk, order):
    data = {"area": "", "supply_mode": "", "min_voltage": 0, "days": 15}
    page = desk.post(reverse("admin:workorders_promise_add"), data, follow=True).content.decode()

    order.refresh_from_db(fields=["promised_days"])
    assert order.promised_days == 15
    assert "1 个有变化" in page
    assert "双电源、多电源" in page
    assert "32 个工作日" in page
    assert "同样条件的时限已经有一条" in desk.post(reverse("admin:workorders_promise_add"), data).content.decode()


@pytest.mark.parametrize(("days", "words"), [(5, "同样条件的时限已经有一条"), (0, "时限请填写 1 至 366 个工作日")])
def test_limit_that_cannot_be_is_refused_in_plain_words(desk, days, words):
    Limit.objects.create(state=State.SURVEYING, days=9)
    data = {"area": "", "state": "surveying", "supply_mode": "", "min_voltage": 0, "days": days}

    page = desk.post(reverse("admin:workorders_limit_add"), data).content.decode()

    assert words in page
    assert Limit.objects.get().days == 9


def test_limit_is_for_a_state_of_the_utility_only(post):
    page = post("admin:workorders_limit_add", {"state": "design_open", "min_voltage": 0, "days": 2})

    assert not Limit.objects.exists()
    assert "errorlist" in page


def test_pasted_list_of_a_year_ends_the_estimate(post, order):
    lines = "# 2027 年\n2027-01-01 放假 元旦\n2027/1/4,放假,元旦\n2027年1月9日\t上班\t调休\n2027-10-01 休 国庆节\n"

    page = post(IMPORT, {"lines": lines})

    assert due_of(order) == (date(2027, 1, 6), False)
    assert "已导入 4 天" in page
    assert "不完整" not in page
    assert CalendarDay.objects.get(day=date(2027, 1, 9)).is_working


def test_incomplete_list_is_kept_and_named(post):
    assert "2027 年的名单不完整" in post(IMPORT, {"lines": "2027-02-06 放假 除夕"})
    assert CalendarDay.objects.get().note == "除夕"


def test_second_import_of_a_day_wins(post):
    post(IMPORT, {"lines": "2027-02-06 放假 除夕"})
    post(IMPORT, {"lines": "2027-02-06 上班 更正"})

    assert CalendarDay.objects.get().is_working


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("2027-02-30 放假", "第 1 行“2027-02-30 放假”：没有这一天"),
        ("2027-02-06 放假\n\n2月7日 放假", "第 3 行“2月7日 放假”：请按"),
        ("2027-02-06 放假\n2027-02-06 上班", "前面已写为放假"),
        ("", "请粘贴名单"),
        ("\n".join(["2027-02-06 放假"] * 1001), "超过 1000 行"),
    ],
)
def test_wrong_line_is_named_and_nothing_is_kept(post, lines, problem):
    assert problem in post(IMPORT, {"lines": lines})
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_uploaded_list_is_read_in_either_encoding(encoding):
    file = SimpleUploadedFile("2027.csv", "2027-02-06,放假,除夕\r\n".encode(encoding))
    form = CalendarListForm({}, {"file": file})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["rows"][0].note == "除夕"


def test_file_that_is_no_text_is_refused():
    form = CalendarListForm({}, {"file": SimpleUploadedFile("2027.xlsx", b"PK\x03\x04\xff\xff\xff")})

    assert "UTF-8" in form.errors["file"][0]


def test_queue_takes_the_same_queries_for_one_order_and_three(
    desk, customer, manager, area, django_assert_num_queries, django_assert_max_num_queries
):
    url = reverse("admin:workorders_workorder_changelist")
    bare_order(customer, manager, State.SUBMITTED, due_on=date(2026, 1, 5), promised_days=22)
    desk.get(url)  # the first answer of a session looks up more
    with django_assert_max_num_queries(21) as one:
        desk.get(url)
    for number in (2, 3):
        bare_order(
            customer, manager, State.SUBMITTED, number=f"26112400000{number}", due_on=date(2026, 1, 5), promised_days=22
        )

    with django_assert_num_queries(len(one)):
        page = desk.get(url).content.decode()

    assert page.count("due--overdue") == 3


def test_calendar_says_which_years_are_still_an_estimate(desk, time_machine):
    time_machine.move_to(timezone.make_aware(datetime(2026, 11, 23, 10)))

    page = desk.get(reverse("admin:workorders_calendarday_changelist")).content.decode()

    assert "2026 年：放假安排已齐全" in page
    assert "2027 年：<strong>放假安排还没有公布" in page
