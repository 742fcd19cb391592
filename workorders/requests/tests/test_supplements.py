"""补正, internal notes and reminders: what the manager asks besides the steps."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from workorders.demo import samples
from workorders.enums import RequestState, Stage, State
from workorders.models import SupplementRequest
from workorders.requests import supplements

URL = "admin:workorders_workorder_{}".format


@pytest.fixture
def order(make_order):
    return make_order(State.SUBMITTED)


@pytest.fixture
def asked(order, browser_of, manager):
    """A request for the property papers, asked through the page."""
    due_on = timezone.localdate() + timedelta(days=7)
    data = {"kind": "paper", "attachment_kind": "property", "text": "产权证明看不清", "due_on": due_on}
    browser_of(manager).post(reverse(URL("ask"), args=[order.pk]), data)
    return SupplementRequest.objects.get()


def test_request_is_asked_answered_with_a_paper_and_closed(asked, order, browser_of, customer, manager):
    assert Notification.objects.filter(user=customer, title="提出补正要求").exists()
    http, page = browser_of(customer), asked.get_absolute_url()
    assert "产权证明看不清" in http.get(reverse("workorders:home")).content.decode()
    assert "请上传《用电地址产权证明》" in http.post(page, {"text": ""}).content.decode()

    http.post(page, {"property": samples.photo("产权证"), "text": ""})
    asked.refresh_from_db()
    assert asked.state == RequestState.ANSWERED
    assert "补正：" not in browser_of(customer).get(reverse("workorders:home")).content.decode()
    browser_of(manager).post(reverse(URL("close_request"), args=[order.pk, asked.pk]))

    asked.refresh_from_db()
    assert asked.state == RequestState.CLOSED
    names = [event.name for event in order.events.all()]
    assert [name for name in names if "supplement" in name] == [
        "ask_supplement", "supplement", "answer_supplement", "close_supplement",
    ]  # fmt: skip
    assert order.submissions.get(stage=Stage.APPLICATION).attachments.filter(kind="property").exists()


def test_cancelled_request_asks_for_nothing_any_more(asked, order, browser_of, customer, manager):
    browser_of(manager).post(reverse(URL("cancel_request"), args=[order.pk, asked.pk]), {"reason": "已从系统查到"})

    assert browser_of(customer).post(asked.get_absolute_url(), {"text": "好"}).status_code == 409
    assert not SupplementRequest.objects.waiting().exists()
    assert order.events.last().note.endswith("已从系统查到")


def test_item_exists_exactly_while_the_request_waits(asked, browser_of, customer, manager):
    def is_listed():
        return asked.text in browser_of(customer).get(reverse("workorders:home")).content.decode()

    assert is_listed()
    assert "待您处理（1）" in browser_of(customer).get(reverse("workorders:home")).content.decode()
    supplements.answer(asked, text="见说明", by=customer)
    assert not is_listed()


def test_requests_are_the_managers_to_ask_and_the_customers_to_answer(asked, order, browser_of, outsider, supervisor):
    assert browser_of(supervisor).get(reverse(URL("ask"), args=[order.pk])).status_code == 403
    assert browser_of(outsider).get(asked.get_absolute_url()).status_code == 404


def test_buttons_of_the_order_page_lead_where_they_say(make_order, browser_of, customer, manager):
    """The admin's page is one form already: a form inside it would be dropped by the browser."""
    order = make_order(State.SURVEYING)
    request = supplements.ask(order, kind="other", text="请说明", due_on=timezone.localdate(), by=manager)
    url, http = reverse(URL("change"), args=[order.pk]), browser_of(manager)
    remind = f'formaction="{reverse(URL("remind"), args=[order.pk])}"'
    close = f'formaction="{reverse(URL("close_request"), args=[order.pk, request.pk])}"'

    assert remind in http.get(url).content.decode()
    supplements.answer(request, text="好", by=customer)
    page = http.get(url).content.decode()

    assert close in page
    form = page[page.index('id="workorder_form"') :]
    assert close in form[: form.index("</form>")]
    assert "<form" not in form[: form.index("</form>")]


def test_note_is_never_shown_to_the_customer(order, browser_of, customer, manager, supervisor):
    secret = "客户资金紧张，注意催缴"
    browser_of(manager).post(reverse(URL("note"), args=[order.pk]), {"text": secret})

    assert secret in browser_of(supervisor).get(reverse(URL("change"), args=[order.pk])).content.decode()
    http = browser_of(customer)
    for page in ("order", "submitted", "manager", "withdraw"):
        assert secret not in http.get(reverse(f"workorders:{page}", args=[order.pk])).content.decode()
    for page in ("home", "records", "progress"):
        assert secret not in http.get(reverse(f"workorders:{page}")).content.decode()
    assert secret not in http.get(reverse("notifications:inbox")).content.decode()
    exported = http.post(reverse("accounts:export"))
    assert secret.encode() not in b"".join(exported.streaming_content)


def test_customer_is_reminded_once_a_day(make_order, browser_of, customer, manager, time_machine):
    order = make_order(State.ACCEPTED)
    url = reverse(URL("remind"), args=[order.pk])

    assert browser_of(manager).post(url).status_code == 302
    assert browser_of(manager).post(url).status_code == 409
    assert Notification.objects.filter(user=customer, title="提醒客户办理").count() == 1
    time_machine.move_to(timezone.now() + timedelta(days=1, minutes=1))
    assert browser_of(manager).post(url).status_code == 302
