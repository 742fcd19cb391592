"""The manager's admin: the queue, the order page, the steps."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from workorders import inputs
from workorders.demo import driver, samples
from workorders.enums import PaperKind, Stage, State, Verdict
from workorders.journey import flow
from workorders.models import WorkOrder


def step_url(order, name):
    return reverse("admin:workorders_workorder_step", args=[order.pk, name])


def change_url(order):
    return reverse("admin:workorders_workorder_change", args=[order.pk])


@pytest.fixture
def step(browser_of, manager):
    """Return a function that posts a step's confirm page as the manager."""

    def send(order, name, data=(), *, as_user=None, **extra):
        order = WorkOrder.objects.get(pk=order.pk)
        body = {"seen": order.event_count, **dict(data), **extra}
        return browser_of(as_user or manager).post(step_url(order, name), body)

    return send


def state_of(order):
    return WorkOrder.objects.get(pk=order.pk).state


def test_queue_shows_the_orders_of_my_areas_only(make_order, browser_of, manager, far_manager, supervisor):
    order = make_order(State.SUBMITTED)
    url = reverse("admin:workorders_workorder_changelist") + "?tab=all"

    assert str(order) in browser_of(manager).get(url).content.decode()
    assert str(order) in browser_of(supervisor).get(url).content.decode()
    assert str(order) not in browser_of(far_manager).get(url).content.decode()
    assert browser_of(far_manager).get(change_url(order)).status_code == 302
    assert browser_of(far_manager).get(step_url(order, "accept")).status_code == 404


@pytest.mark.parametrize("query", ["state=utility", "state=submitted", "state=overdue", "q=演示路", "o=1"])
def test_queue_filters_and_searches(query, make_order, browser_of, manager):
    make_order(State.SUBMITTED)

    url = reverse("admin:workorders_workorder_changelist") + f"?{query}"
    assert browser_of(manager).get(url, follow=True).status_code == 200


def test_customers_have_no_desk(make_order, browser_of, customer):
    order = make_order(State.SUBMITTED)

    assert browser_of(customer).get(change_url(order)).status_code == 302
    assert browser_of(customer).post(step_url(order, "accept"), {"seen": 1}).status_code == 302
    assert state_of(order) == State.SUBMITTED


def test_order_page_offers_the_legal_steps_as_buttons_and_shows_the_trace(make_order, browser_of, manager):
    order = make_order(State.SUBMITTED)

    page = browser_of(manager).get(change_url(order)).content.decode()

    for name in ("accept", "return_for_correction", "terminate"):
        assert step_url(order, name) in page
    assert step_url(order, "archive") not in page
    assert "提交申请" in page
    assert "890101********0015" in page
    assert "890101199001010015" not in page


def test_wf_07_order_cannot_be_edited_by_saving_the_admin_page(make_order, browser_of, manager):
    order = make_order(State.SUBMITTED)

    assert browser_of(manager).post(change_url(order), {"state": "archived"}).status_code == 403
    assert state_of(order) == State.SUBMITTED


def test_manager_takes_an_order_from_application_to_plan(make_order, step, manager):
    order = make_order(State.SUBMITTED)

    assert step(order, "accept", manager=manager.pk).url == change_url(order)
    flow.advance(order, "book_survey", inputs.SurveyWish(intended_survey_at=driver.visit_at(3)), by=order.customer)
    step(order, "dispatch_survey", survey_at=f"{driver.visit_at(4):%Y-%m-%dT%H:%M}", surveyor="演示勘察")
    step(order, "issue_supply_plan", plan_data())

    order = WorkOrder.objects.get(pk=order.pk)
    assert (order.state, order.manager, order.surveyor) == (State.PLAN_ISSUED, manager, "演示勘察")
    assert order.number
    assert order.account_number
    assert order.paper(PaperKind.SUPPLY_PLAN).document.awaits("customer")


def plan_data(**changes):
    return {
        "capacity": "1000",
        "voltage": "10",
        "supply_mode": "single",
        "source": "演示变电站 10 kV 出线",
        "demarcation": "进线开关电源侧",
        "metering": "high_high",
        "tariff": "two_part",
        "power_factor": "0.90",
        "suggested_connection_on": str(timezone.localdate() + timedelta(days=60)),
        **changes,
    }


def test_critical_customer_cannot_be_spared_the_design_review(make_order, step):
    order = make_order(State.SURVEYING, is_critical=True)

    assert "必须审核设计文件" in step(order, "issue_supply_plan", plan_data()).content.decode()
    assert state_of(order) == State.SURVEYING


def test_own_pdf_is_issued_instead(make_order, step):
    order = make_order(State.DESIGN_SUBMITTED)

    own = samples.pdf("自备意见单", pages=1)

    step(order, "issue_design_opinion", verdict=Verdict.PASS, remarks="同意", pdf=own)

    paper = order.paper(PaperKind.DESIGN_OPINION)
    assert paper.document.awaits("customer")
    with paper.document.original.open() as file:
        own.seek(0)
        assert file.read() == own.read()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"verdict": ""}, "请选择。"),
        ({"remarks": ""}, "请填写。"),
        ({"verdict": "fail"}, "请填写整改期限"),
        ({"verdict": "fail", "mend_by": "2020-01-01"}, "不能早于今天"),
        ({"pdf": samples.photo("照片")}, "这不是 PDF 文件"),
    ],
)
def test_opinion_that_lacks_something_is_refused(make_order, step, changes, message):
    order = make_order(State.DESIGN_SUBMITTED)

    page = step(order, "issue_design_opinion", {"verdict": "pass", "remarks": "同意", **changes}).content.decode()

    assert message in page
    assert state_of(order) == State.DESIGN_SUBMITTED


def test_wf_03_stale_step_tells_who_was_first(make_order, step, manager, customer):
    order = make_order(State.SUBMITTED)
    flow.advance(order, "withdraw", inputs.Reason(reason="不办了"), by=customer)

    response = step(order, "accept", manager=manager.pk, seen=1)

    assert response.status_code == 409
    assert "演示客户已办理“撤回申请”" in response.content.decode()


@pytest.mark.parametrize("name", ["nonsense", "submit", "sign_supply_plan", "__init__"])
def test_forged_step_name_is_not_there(name, make_order, step):
    order = make_order(State.SUBMITTED)

    assert step(order, name).status_code == 404
    assert state_of(order) == State.SUBMITTED


def test_supervisor_looks_but_does_not_advance(make_order, step, supervisor):
    order = make_order(State.SUBMITTED)

    assert step(order, "terminate", reason="试试", as_user=supervisor).status_code == 403
    assert state_of(order) == State.SUBMITTED


def test_supervisor_assigns_an_order_from_the_pool(make_order, browser_of, supervisor, manager, area):
    order = make_order(State.SUBMITTED, region="110105")
    url = reverse("admin:workorders_workorder_assign", args=[order.pk])

    assert browser_of(manager).post(url, {"area": area.pk}).status_code in (403, 404)
    browser_of(supervisor).post(url, {"area": area.pk})

    assert WorkOrder.objects.get(pk=order.pk).service_area == area


def test_scan_must_be_looked_at_before_archiving(make_order, step, customer):
    order = make_order(State.CONTRACT_OPEN, short=True)
    driver.attach_needed(order, Stage.CONTRACT)
    flow.advance(order, "sign_contract", inputs.ContractScan(**driver.confirmed(customer)), by=customer)

    refused = step(order, "archive", energised_on=str(timezone.localdate()), meter_reading="0").content.decode()
    step(order, "archive", energised_on=str(timezone.localdate()), meter_reading="0", scan_checked="on")

    assert "请先核对盖章扫描件" in refused
    assert state_of(order) == State.ARCHIVED


def test_queue_takes_the_same_queries_for_one_and_for_many(
    make_order, browser_of, manager, django_assert_max_num_queries, django_assert_num_queries
):
    make_order(State.SUBMITTED)
    http, url = browser_of(manager), reverse("admin:workorders_workorder_changelist")
    http.get(url)  # the first page of a session also notes the browser
    with django_assert_max_num_queries(20) as first:
        http.get(url)

    for number in range(9):
        make_order(State.SUBMITTED, address=f"演示路 {number} 号")

    with django_assert_num_queries(len(first)):
        http.get(url)


def test_draft_is_nobodys_but_the_customers(customer, area, browser_of, manager, supervisor):
    order = driver.start(customer)

    for user in (manager, supervisor):
        assert browser_of(user).get(change_url(order)).status_code == 302
        assert browser_of(user).get(order.get_absolute_url()).status_code == 404
