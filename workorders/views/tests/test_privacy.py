"""Personal data in orders: the gate before the steps, masks, and who looked."""

import json
import re

import pytest
from django.urls import reverse
from django.utils.http import urlencode

from accounts import documents
from accounts.models import RealName
from workorders import inputs
from workorders.demo import driver, people
from workorders.enums import State
from workorders.journey import flow
from workorders.models import STEPS, Attachment, Event, WorkOrder
from workorders.rights import is_customer

LEGAL, HANDLER = people.id_number(1), people.id_number(2)
REASON = "与营业执照核对"


@pytest.fixture
def unverified(customer):
    RealName.objects.all().delete()
    return customer


def reveal_url(order):
    return reverse("admin:workorders_workorder_id_number", args=[order.pk])


def attachment_of(order):
    return Attachment.objects.filter(submission__order=order, kind="handler_id").get()


def readings(order):
    return Event.objects.filter(order=order, name="read_papers")


def test_unverified_customer_drafts_but_does_not_submit(unverified, area, browser_of):
    order = driver.start(unverified)
    check = reverse("workorders:check", args=[order.pk])

    response = browser_of(unverified).post(check, {"declared": "on", "seen": 0})

    assert response.url == f"{reverse('accounts:identity')}?{urlencode({'next': check})}"
    assert WorkOrder.objects.get().state == State.DRAFT
    pages = [reverse("workorders:home"), check, response.url]
    assert all("实名认证" in browser_of(unverified).get(page).content.decode() for page in pages)


def test_only_the_withdrawal_is_open_without_the_check(make_order, customer):
    order = make_order(State.ACCEPTED)
    RealName.objects.all().delete()
    mine = {name for name, step in STEPS.items() if step.by is is_customer}

    for name in mine - {"withdraw"}:
        with pytest.raises(flow.NotVerified):
            flow.advance(order, name, by=customer)
    assert flow.advance(order, "withdraw", inputs.Reason(reason="不办了"), by=customer).state == State.TERMINATED


def test_pr_02_every_page_of_an_order_masks_the_numbers(make_order, customer, manager, browser_of):
    order, draft = make_order(State.PLAN_ISSUED), driver.start(customer)
    names = ("order", "submitted")
    mine = [reverse(f"workorders:{name}", args=[order.pk]) for name in names]
    mine += [reverse(f"workorders:{name}", args=[draft.pk]) for name in ("application", "check")]
    desk = [reverse("admin:workorders_workorder_change", args=[order.pk]), reveal_url(order)]

    pages = [browser_of(customer).get(url) for url in mine] + [browser_of(manager).get(url) for url in desk]

    assert {page.status_code for page in pages} == {200}
    assert not any(number in page.content.decode() for page in pages for number in (LEGAL, HANDLER))
    assert "890101********" in pages[2].content.decode()


def test_pr_02_mask_sent_back_stands_for_the_stored_number(customer, browser_of):
    order = driver.start(customer)
    url = reverse("workorders:application", args=[order.pk])
    page = browser_of(customer).get(url).content.decode()
    masks = dict(re.findall(r'name="(\w+_id_number)" value="([^"]+)"', page))

    browser_of(customer).post(url, masks | {"keep": "1", "form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"})
    browser_of(customer).post(reverse("workorders:autosave", args=[order.pk]), masks)

    application = WorkOrder.objects.get().application
    assert set(masks.values()) == set(map(documents.mask, (LEGAL, HANDLER)))
    assert (application.legal_id_number, application.handler_id_number) == (LEGAL, HANDLER)


def test_pr_02_form_that_comes_back_keeps_the_number_and_does_not_repeat_it(customer, browser_of):
    order = driver.start(customer)
    typed = {"handler_id_number": "890102 19850615 0015", "legal_id_number": "890101199003078880"}
    data = typed | {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}

    page = browser_of(customer).post(reverse("workorders:application", args=[order.pk]), data).content.decode()

    assert "校验码不正确" in page
    assert "890102********0015" in page
    assert "890102 19850615 0015" not in page
    assert WorkOrder.objects.get().application.handler_id_number == "890102198506150015"


def test_pr_02_manager_sees_a_number_by_post_with_a_reason_and_the_customer_reads_why(
    make_order, manager, customer, browser_of
):
    order = make_order(State.SUBMITTED)
    refused = browser_of(manager).post(reveal_url(order), {"field": "legal_id_number", "reason": ""})
    assert LEGAL not in refused.content.decode()
    assert not Event.objects.filter(name="read_id_number").exists()

    shown = browser_of(manager).post(reveal_url(order), {"field": "legal_id_number", "reason": REASON})

    assert LEGAL in shown.content.decode()
    assert HANDLER not in shown.content.decode()
    assert shown["Refresh"].startswith("30;")
    assert "no-store" in shown["Cache-Control"]
    event = Event.objects.get(name="read_id_number")
    assert (event.by, event.is_public, event.label) == (manager, True, "查看证件号码")
    assert LEGAL not in event.note + json.dumps(event.data)
    page = browser_of(customer).get(order.get_absolute_url()).content.decode()
    assert REASON in page
    assert LEGAL not in page


def test_pr_02_nobody_else_sees_the_number(make_order, far_manager, customer, browser_of):
    order = make_order(State.SUBMITTED)
    data = {"field": "legal_id_number", "reason": REASON}

    assert browser_of(far_manager).post(reveal_url(order), data).status_code == 404
    assert browser_of(customer).post(reveal_url(order), data).status_code == 302
    assert not Event.objects.filter(name="read_id_number").exists()


def test_pr_03_contact_sees_no_phone_because_no_order(make_order, contact, browser_of):
    order = make_order(State.SUBMITTED)

    assert browser_of(contact).get(order.get_absolute_url()).status_code == 404


def test_pr_09_staff_reading_a_personal_paper_is_noted_once_a_day(make_order, manager, customer, browser_of):
    order = make_order(State.SUBMITTED)
    paper = attachment_of(order)
    pages = ["attachment", "attachment_download"]
    urls = [reverse(f"workorders:{name}", args=[order.pk, paper.pk]) for name in pages]

    for user in (customer, manager, manager):
        for url in urls:
            response = browser_of(user).get(url)
            assert response.status_code == 200
            response.close()

    event = readings(order).get()
    assert (event.by, event.label, event.is_public) == (manager, "查看资料", True)
    assert "经办人身份证" in browser_of(customer).get(order.get_absolute_url()).content.decode()


def test_pr_09_supervisor_and_manager_and_each_paper_count_apart(make_order, manager, supervisor, browser_of):
    order = make_order(State.SUBMITTED)
    papers = Attachment.objects.filter(submission__order=order)

    for user in (manager, supervisor):
        for paper in papers:
            browser_of(user).get(paper.get_absolute_url())

    assert readings(order).count() == 2 * papers.count()


def test_reading_makes_no_page_stale_and_moves_no_chapter(make_order, manager, customer, browser_of):
    order = make_order(State.SUBMITTED)
    seen = order.event_count
    browser_of(manager).get(attachment_of(order).get_absolute_url())

    order = flow.advance(order, "terminate", inputs.Reason(reason="客户申请终止"), by=manager, seen=seen)
    browser_of(manager).get(attachment_of(order).get_absolute_url())
    with pytest.raises(flow.Conflict) as caught:
        flow.advance(order, "terminate", by=manager, seen=seen)

    assert caught.value.event.name == "terminate"
    assert browser_of(customer).get(order.get_absolute_url()).status_code == 200


def test_pr_09_reading_a_document_or_a_later_paper_counts_too(make_order, manager, browser_of):
    order = make_order(State.DESIGN_SUBMITTED)
    http = browser_of(manager)
    plan = order.paper("supply_plan")
    drawing = order.submissions.get(stage="design").attachments.first()

    http.get(plan.get_absolute_url())
    http.get(drawing.get_absolute_url())

    notes = order.events.filter(name="read_papers").values_list("note", flat=True)
    assert list(notes) == ["供电方案答复单", drawing.get_kind_display()]
