"""The queue at the desk: tabs, search, pages by key, orders in bulk, export."""

import csv
import io
import logging
import re
import zipfile
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from workorders import search
from workorders.demo import driver
from workorders.desk import dispatch, tabs
from workorders.desk.spreadsheets import csv_response
from workorders.enums import State
from workorders.models import Limit, WorkOrder

QUEUE = reverse("admin:index") + "workorders/workorder/"


@pytest.fixture
def listed(browser_of):
    """Return a function that opens the queue and returns the orders that it lists."""

    def open_queue(user, query=""):
        return [row.pk for row in browser_of(user).get(f"{QUEUE}?{query}", follow=True).context["rows"]]

    return open_queue


@pytest.fixture
def orders(make_order, manager):
    """Four orders: waiting for acceptance, surveyed with an old limit, surveyed due today, waiting for the customer."""
    new, late, today, waiting = (
        make_order(state, address=f"演示路 {number} 号", company=f"演示{name}有限公司")
        for number, (state, name) in enumerate(
            [(State.SUBMITTED, "甲"), (State.SURVEY_BOOKED, "乙"), (State.SURVEY_BOOKED, "丙"), (State.ACCEPTED, "丁")]
        )
    )
    day = timezone.localdate()
    for order, due_on in ((new, day + timedelta(days=30)), (late, day - timedelta(days=9)), (today, day)):
        WorkOrder.objects.filter(pk=order.pk).update(due_on=due_on, promise_on=due_on)
    return {"new": new.pk, "late": late.pk, "today": today.pk, "waiting": waiting.pk}


def test_desk_says_what_its_lists_choose_and_how_to_leave(browser_of, manager):
    page = browser_of(manager).get(QUEUE, follow=True).content.decode()

    assert all(f'aria-label="{label}"' in page for label in ("状态", "供电单位"))
    assert ">退出</button>" in page
    assert "注销" not in page  # what an account is closed with


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["late", "today", "waiting"]),
        ("tab=mine", ["late", "today", "waiting"]),
        ("tab=pool", ["new"]),
        ("tab=today", ["today"]),
        ("tab=overdue", ["late"]),
        ("tab=promise", ["late", "today"]),
        ("tab=customer", ["waiting"]),
        ("tab=all", ["waiting", "today", "late", "new"]),
        ("state=submitted", ["new"]),
        ("state=customer", ["waiting"]),
        ("state=promise_past", ["late"]),
        ("state=promise_near", ["today"]),
        ("q=演示乙", ["late"]),
        ("q=甲有限", ["new"]),
        ("q=路 2", ["today"]),
        ("q=甲", []),
        ("q=不存在的公司", []),
        ("tab=nonsense&state=nonsense&area=1&after=x", ["late", "today", "waiting"]),
    ],
)
def test_tabs_filters_and_search_show_what_they_say_in_order_of_their_dates(orders, listed, manager, query, names):
    assert listed(manager, query) == [orders[name] for name in names]


def test_list_goes_on_from_an_order_whose_promise_ceased_to_run(orders, listed, manager):
    query = f"tab=promise&after={orders['late']}"
    assert listed(manager, query) == [orders["today"]]
    WorkOrder.objects.filter(pk=orders["late"]).update(promise_on=None)

    assert listed(manager, query) == [orders["today"]]


def test_numbers_and_phones_are_found(orders, listed, manager, customer):
    order = WorkOrder.objects.get(pk=orders["late"])

    assert listed(manager, f"q={order.number}") == [order.pk]
    assert order.pk in listed(manager, f"q={order.number[:8]}")
    assert listed(manager, f"q={order.application_number.lower()}") == [order.pk]
    assert len(listed(manager, f"q={customer.phone}")) == 4
    assert len(listed(manager, f"q={customer.phone[:3]}-{customer.phone[3:7]} {customer.phone[7:]}")) == 4
    assert listed(manager, "q=13999999999") == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("浙江省杭州市西湖区演示市场路8号", True), ("西湖区 演示市场路", True), ("杭州市演示市场", True),
     ("滨江区演示市场路", False), ("西湖区演示二路", False)],
)  # fmt: skip
def test_address_is_found_with_its_region_in_front(make_order, listed, manager, text, is_found):
    make_order(State.SUBMITTED, address="演示市场路 8 号")

    assert bool(listed(manager, f"q={text}")) == is_found


@pytest.mark.services
def test_postgresql_finds_the_same(make_order, listed, manager):
    assert connection.vendor == "postgresql"
    make_order(State.SUBMITTED, address="演示市场路 8 号", handler_name="欧阳小雨")

    for text in ("西湖区演示市场路", "市场路8", "欧阳小雨"):
        assert listed(manager, f"q={text}")
    for text in ("滨江区演示市场路", "路市场"):
        assert not listed(manager, f"q={text}")


def test_pr_17_search_at_the_desk_leaves_no_phone_in_an_address_or_a_log(orders, browser_of, manager, customer, caplog):
    http = browser_of(manager)

    answer = http.post(QUEUE, {"q": customer.phone, "tab": "all"})
    response = http.get(answer.url)

    assert len(response.context["rows"]) == len(orders)
    page = response.content.decode()
    assert f'value="{customer.phone}"' in page
    assert not re.findall(rf'(?:href|action)="[^"]*{customer.phone}', page + f'href="{answer.url}"')
    assert "tab=all" in answer.url
    with caplog.at_level(logging.INFO):
        for query in (urlsplit(answer.url).query, f"q={customer.phone}"):
            assert http.get(f"{QUEUE}export/csv/?{query}", follow=True).status_code == 200
    assert "exports orders" in caplog.text
    assert customer.phone not in caplog.text
    assert 'class="desk-search" method="post"' in page


def test_pr_21_the_token_of_a_search_opens_for_one_person_and_a_time(orders, browser_of, manager, supervisor, customer):
    mine = browser_of(manager)
    answer = mine.post(QUEUE, {"q": customer.phone, "tab": "all"})

    shown = browser_of(supervisor).get(answer.url)
    assert (shown.status_code, shown.context["q"]) == (200, "")
    assert customer.phone not in shown.content.decode()
    with time_machine.travel(timezone.now() + timedelta(hours=11)):
        browser = browser_of(manager)
        assert browser.get(answer.url).context["q"] == customer.phone
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert browser_of(manager).get(answer.url).context["q"] == ""


def test_pr_21_what_was_typed_into_the_address_stands_in_no_link(orders, browser_of, supervisor, customer):
    http = browser_of(supervisor)
    for url in (QUEUE, reverse("admin:accounts_user_changelist"), f"{QUEUE}export/csv/"):
        answer = http.get(url, {"q": customer.phone})
        assert answer.status_code == 302, url
        assert customer.phone not in answer.url, url
        page = http.get(answer.url).getvalue().decode()
        assert not re.findall(rf'(?:href|action)="[^"]*{customer.phone}', page), url


def test_order_is_found_by_the_name_of_the_handling_person(make_order, listed, manager):
    order = make_order(State.SUBMITTED, handler_name="欧阳小雨")

    assert listed(manager, "q=欧阳小雨") == [order.pk]
    assert listed(manager, "q=小雨欧阳") == []


def test_nobody_lists_orders_of_other_areas(orders, listed, far_manager, supervisor):
    assert listed(far_manager, "tab=all") == []
    assert len(listed(supervisor, "tab=all")) == 4
    assert listed(supervisor) == [orders["late"]]


@pytest.mark.parametrize("tab", ["mine", "promise", "all"])
def test_pages_by_key_show_every_order_once(make_order, listed, browser_of, manager, monkeypatch, tab):
    monkeypatch.setattr(tabs, "PAGE_SIZE", 2)
    made = {make_order(State.ACCEPTED, address=f"演示路 {n} 号").pk for n in range(3)}
    made |= {make_order(State.SURVEY_BOOKED, address=f"演示街 {n} 号").pk for n in range(2)}
    WorkOrder.objects.update(promise_on=timezone.localdate())

    seen, query = [], f"tab={tab}"
    while query:
        page = browser_of(manager).get(f"{QUEUE}?{query}")
        seen += [row.pk for row in page.context["rows"]]
        query = page.context["next_query"]

    assert len(seen) == 5
    assert set(seen) == made


def test_pairs_of_characters_find_any_piece():
    kept = set(search.words("演示精密制造", "演示路 88 号").split())

    assert set(search.words("精密").split()) <= kept
    assert set(search.words("路88").split()) <= kept
    assert not set(search.words("密精").split()) <= kept


def test_wf_11_one_order_that_may_not_move_stops_all(orders, browser_of, supervisor, far_manager):
    far = far_manager.service_areas.get()
    closed = WorkOrder.objects.get(pk=orders["late"])
    WorkOrder._meta.get_field("state").set_state(closed, State.TERMINATED)
    closed.save()
    data = {"orders": list(orders.values()), "area": far.pk, "manager": far_manager.pk}

    page = browser_of(supervisor).post(reverse("admin:workorders_workorder_bulk"), data).content.decode()

    assert f"{closed}：已终止，不能再分配" in page
    assert not WorkOrder.objects.filter(service_area=far).exists()
    assert not Notification.objects.filter(user=far_manager).exists()


def test_orders_are_handed_over_in_bulk_and_everyone_is_told(orders, browser_of, supervisor, manager, far_manager):
    far = far_manager.service_areas.get()
    data = {"orders": [orders["new"], orders["late"]], "area": far.pk, "manager": far_manager.pk}

    browser_of(supervisor).post(reverse("admin:workorders_workorder_bulk"), data)

    late, new = WorkOrder.objects.get(pk=orders["late"]), WorkOrder.objects.get(pk=orders["new"])
    assert (late.manager, late.service_area, late.events.last().label) == (far_manager, far, "改派客户经理")
    assert (new.manager, new.service_area) == (None, far)
    assert Notification.objects.filter(user=manager, title__startswith="改派客户经理").exists()
    assert Notification.objects.filter(user=far_manager, title__startswith="改派客户经理").exists()
    assert Notification.objects.filter(user=late.customer, title="客户经理变更").count() == 1


def test_manager_of_another_unit_is_refused(orders, supervisor, far_manager, area):
    with pytest.raises(dispatch.Refused) as refused:
        dispatch.reassign([WorkOrder.objects.get(pk=orders["late"])], area=area, manager=far_manager, by=supervisor)

    assert "不属于该供电单位" in refused.value.rows[0][1]


def test_all_that_a_manager_has_open_is_handed_over(orders, browser_of, supervisor, manager, far_manager):
    far, url = far_manager.service_areas.get(), reverse("admin:workorders_workorder_handover")
    http = browser_of(supervisor)

    page = http.post(url, {"away": manager.pk})
    mine = [order.pk for order in page.context["orders"]]
    assert set(mine) == set(orders.values()) - {orders["new"]}
    data = {"orders": mine, "area": far.pk, "manager": far_manager.pk}
    http.post(reverse("admin:workorders_workorder_bulk"), data)

    assert set(far_manager.managed_orders.values_list("pk", flat=True)) == set(mine)
    assert "名下没有在途工单" in http.post(url, {"away": manager.pk}).content.decode()


def test_moved_order_gets_the_limit_of_its_new_unit(orders, supervisor, far_manager):
    far, order = far_manager.service_areas.get(), WorkOrder.objects.get(pk=orders["late"])
    Limit.objects.create(area=far, state=order.state, days=30)

    dispatch.reassign([order], area=far, manager=far_manager, by=supervisor)

    assert WorkOrder.objects.get(pk=order.pk).due_on > timezone.localdate()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_gn_04_export_holds_the_list_and_no_formula(customer, area, manager, browser_of, ending):
    order = driver.start(customer, company="=HYPERLINK(1)有限公司")
    driver.drive(order, State.SUBMITTED, manager=manager)
    url = reverse("admin:workorders_workorder_export", args=[ending])

    body = b"".join(browser_of(manager).get(f"{url}?tab=pool").streaming_content)

    if ending == "xlsx":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            text = book.read("xl/worksheets/sheet1.xml").decode()
            assert "<f>" not in text
    else:
        text = body.decode()
        assert text.startswith("\ufeff工单编号")
    assert "'=HYPERLINK(1)有限公司" in text
    assert "已用 0 / 承诺 22 个工作日" in text
    assert customer.phone not in text


def test_csv_keeps_long_numbers_whole_in_a_spreadsheet():
    cells = ["261128000024", "7000000000001", "0123", "1E5", 261128000024, "SQ261128000024", "13800138000", "=1", None]

    body = b"".join(csv_response("演示", ["户号"], [cells]).streaming_content).decode()

    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff"))))
    whole = ['="261128000024"', '="7000000000001"', '="0123"', '="1E5"']
    assert rows[1] == [*whole, "261128000024", "SQ261128000024", "13800138000", "'=1", ""]
