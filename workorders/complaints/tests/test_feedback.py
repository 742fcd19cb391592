"""Ratings, and the box for words that one answer ends."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from workorders.complaints import ratings
from workorders.enums import State
from workorders.limits import deadlines
from workorders.models import CalendarDay, Feedback, Rating, WorkOrder


@pytest.fixture
def archived(make_order):
    return make_order(State.ARCHIVED, short=True)


def test_archived_order_is_rated_once_and_changed_within_a_week(archived, browser_of, customer, time_machine):
    http, url = browser_of(customer), reverse("workorders:rate", args=[archived.pk])

    http.post(url, {"stars": "4", "text": "很快"})
    http.post(url, {"stars": "5", "text": "越想越好"})

    assert (Rating.objects.get().stars, Rating.objects.get().text) == (5, "越想越好")
    assert "5 星：越想越好" in http.get(archived.get_absolute_url()).content.decode()
    time_machine.move_to(timezone.now() + timedelta(days=8))
    http = browser_of(customer)
    assert http.post(url, {"stars": "1"}).status_code == 409
    assert Rating.objects.get().stars == 5


def test_rating_needs_stars_and_an_archived_order_of_ones_own(archived, make_order, browser_of, customer, outsider):
    url = reverse("workorders:rate", args=[archived.pk])
    running = make_order(State.SUBMITTED, address="演示路 2 号")

    assert "请选择满意度" in browser_of(customer).post(url, {"text": "好"}).content.decode()
    assert browser_of(customer).get(reverse("workorders:rate", args=[running.pk])).status_code == 409
    assert browser_of(outsider).post(url, {"stars": "1"}).status_code == 404
    assert not Rating.objects.exists()


def test_rating_is_for_the_customer_and_the_supervisors_and_no_line_of_the_trace(
    archived, browser_of, customer, manager, supervisor
):
    before = archived.events.count()
    ratings.rate(archived, stars=1, text="差评的话", by=customer)
    page = reverse("admin:workorders_rating_changelist")

    assert archived.events.count() == before
    for user, url, is_told in (
        (supervisor, archived.get_absolute_url(), True),
        (manager, archived.get_absolute_url(), False),
        (manager, archived.get_desk_url(), False),
        (supervisor, page, True),
    ):
        assert ("差评的话" in browser_of(user).get(url).content.decode()) == is_told, (user, url)
    assert browser_of(manager).get(page).status_code == 403


def test_supervisor_who_looked_after_the_order_does_not_read_its_stars(archived, browser_of, customer, supervisor):
    ratings.rate(archived, stars=1, text="差评的话", by=customer)
    WorkOrder.objects.filter(pk=archived.pk).update(manager=supervisor)
    http = browser_of(supervisor)

    for url in (reverse("admin:workorders_rating_changelist"), archived.get_absolute_url()):
        assert "差评的话" not in http.get(url).content.decode()


@pytest.fixture
def give(browser_of, customer):
    def send(**changes):
        data = {"kind": "complaint", "about": "attitude", "text": "上门时间改了没有通知", **changes}
        return browser_of(customer).post(reverse("workorders:feedback_box"), data)

    return send


def test_complaint_is_answered_by_a_supervisor_and_the_customer_is_told(give, browser_of, customer, supervisor):
    give()
    complaint = Feedback.objects.get()
    assert Notification.objects.filter(user=supervisor, body__contains=complaint.number).exists()

    url = reverse("admin:workorders_feedback_answer", args=[complaint.pk])
    browser_of(supervisor).post(url, {"answer": "已向您致歉并整改。"})
    browser_of(supervisor).post(url, {"answer": "第二次答复"})

    assert Notification.objects.filter(user=customer, title="您的投诉已答复").count() == 1
    page = browser_of(customer).get(complaint.get_absolute_url()).content.decode()
    assert "已向您致歉并整改。" in page
    assert "第二次答复" not in page


def test_supervisor_answers_on_the_page_of_the_complaint(give, browser_of, supervisor):
    give()
    given = Feedback.objects.get()

    page = browser_of(supervisor).get(reverse("admin:workorders_feedback_change", args=[given.pk])).content.decode()

    form = page[page.index('id="feedback_form"') : page.index("</form>", page.index('id="feedback_form"'))]
    assert 'name="answer"' in form
    assert f'formaction="{reverse("admin:workorders_feedback_answer", args=[given.pk])}"' in form


def test_box_is_ones_own_and_takes_five_a_day(give, browser_of, customer, outsider):
    for _ in range(5):
        assert give().status_code == 302

    assert "一天内最多提交 5 条" in give().content.decode()
    assert Feedback.objects.count() == 5
    assert browser_of(outsider).get(Feedback.objects.first().get_absolute_url()).status_code == 404


def test_order_of_somebody_else_cannot_be_named(give, archived, outsider):
    archived.customer = outsider
    archived.save()

    assert give(order=archived.pk).status_code == 200
    assert not Feedback.objects.exists()


def test_help_is_open_to_everyone_and_answers_the_guides_questions(client):
    page = client.get(reverse("workorders:help")).content.decode()

    for words in ("没有弹窗提示", "已归档的工单", "注册和登录", "办电进度", "拉进群聊", "能在办电 E 助手上申请新装吗"):
        assert words in page


def test_answer_owed_follows_the_calendar_and_says_that_it_is_an_estimate(give, browser_of, customer, supervisor):
    give()
    complaint = Feedback.objects.get()
    due, last = complaint.due_on, timezone.localdate() + timedelta(days=400)
    answered = Feedback.objects.create(number="YJ1", kind="praise", by=customer, due_on=due, state="answered")

    CalendarDay.objects.create(day=due, is_working=False)
    deadlines.recompute()

    complaint.refresh_from_db()
    answered.refresh_from_db()
    assert complaint.due_on > due
    assert answered.due_on == due
    Feedback.objects.filter(pk=complaint.pk).update(since=timezone.now().replace(year=last.year + 1))
    deadlines.recompute()
    for user, url in (
        (customer, complaint.get_absolute_url()),
        (supervisor, reverse("admin:workorders_feedback_changelist")),
        (supervisor, reverse("admin:workorders_feedback_change", args=[complaint.pk])),
    ):
        assert "（暂估）" in browser_of(user).get(url).content.decode(), url
