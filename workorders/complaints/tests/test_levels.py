"""A complaint from the first answer to its end: content, once more, the next level, and out of the house."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from workorders.complaints import deciders, feedback_box, overdue
from workorders.desk import reminders
from workorders.limits import deadlines
from workorders.models import Feedback, FeedbackTurn, Limit


def kinds(complaint):
    return list(complaint.turns.values_list("kind", flat=True))


def told(user, words):
    return Notification.objects.filter(user=user, title__contains=words).unread()


def test_complaint_climbs_to_the_head_and_is_settled_by_the_customer(order, complain, say, supervisor, second, head):
    complaint = complain(order)
    assert complaint.number.startswith("TS")
    for text, by in (("第一次答复", supervisor), ("第二次答复", second), ("第三次答复", head)):
        complaint = Feedback.objects.get()
        assert by in deciders.deciders(complaint)
        feedback_box.answer(complaint, text=text, by=by)
        if by != head:
            say("escalate", complaint)
    complaint = say("confirm", complaint, "")

    assert kinds(complaint) == ["filed", "answered", "raised", "answered", "raised", "answered", "content"]
    assert list(complaint.turns.values_list("level", flat=True)) == [1, 1, 2, 2, 3, 3, 3]
    assert complaint.state == "settled"


def test_next_level_is_nobody_who_answered_before(order, complain, say, supervisor, second, head, browser_of):
    complaint = complain(order)
    feedback_box.answer(complaint, text="答复", by=supervisor)
    complaint = say("escalate", complaint)
    waiting = Feedback.objects.filter(pk=complaint.pk)

    assert {each for each in (supervisor, second, head) if waiting.awaiting(each)} == {second, head}
    with pytest.raises(PermissionDenied):
        feedback_box.answer(complaint, text="我再答", by=supervisor)
    assert "答复客户" not in browser_of(supervisor).get(complaint.get_desk_url()).content.decode()
    assert "答复客户" in browser_of(second).get(complaint.get_desk_url()).content.decode()
    assert told(second, "投诉待答复").exists()
    assert not told(supervisor, "投诉待答复").exists()


def test_reopened_complaint_waits_at_the_same_level_with_a_new_date(complain, say, supervisor, time_machine):
    complaint = complain()
    feedback_box.answer(complaint, text="答复", by=supervisor)
    time_machine.move_to(timezone.now() + timedelta(days=20))
    complaint = say("reopen", complaint)

    assert (complaint.state, complaint.level) == ("waiting", 1)
    assert complaint.due_on == deadlines.add_working_days(timezone.localdate(), 5)[0]
    assert feedback_box.answer(complaint, text="再答复", by=supervisor).state == "answered"


@pytest.mark.parametrize("service", ["confirm", "reopen", "escalate"])
def test_word_on_an_answer_that_is_not_there_changes_nothing(complain, say, supervisor, second, service):
    complaint = complain()

    with pytest.raises(ValidationError, match="状态已经变化"):
        say(service, complaint)
    assert kinds(complaint) == ["filed"]


def test_overdue_complaint_is_raised_without_an_answer(complain, say, supervisor, second):
    complaint = complain()
    Feedback.objects.update(due_on=timezone.localdate() - timedelta(days=1))

    assert say("escalate", complaint).level == 2


def test_where_no_other_supervisor_is_the_page_says_so_and_names_12398(complain, supervisor, browser_of, customer):
    complaint = complain()
    feedback_box.answer(complaint, text="答复", by=supervisor)

    page = browser_of(customer).get(complaint.get_absolute_url()).content.decode()

    for words in ("没有其他主管可以接着处理", "12398", "95598", "满意，办结", "不满意，请继续处理"):
        assert words in page
    assert reverse("workorders:feedback_escalate", args=[complaint.pk]) not in page


def test_answer_of_the_head_is_the_last_in_the_house(order, complain, say, supervisor, second, head, browser_of):
    complaint = complain(order)
    Feedback.objects.update(level=3)
    feedback_box.answer(Feedback.objects.get(), text="答复", by=head)
    complaint.refresh_from_db()

    page = browser_of(complaint.by).get(complaint.get_absolute_url()).content.decode()

    assert "没有更上一级" in page
    assert "12398" in page


def test_closing_waits_for_the_customers_silence_and_does_not_end_it(complain, say, supervisor, time_machine):
    complaint = complain()
    feedback_box.answer(complaint, text="答复", by=supervisor)
    with pytest.raises(ValidationError, match="10 个工作日"):
        feedback_box.close(complaint, text="客户未回应", by=supervisor)

    time_machine.move_to(timezone.now() + timedelta(days=30))
    complaint = feedback_box.close(complaint, text="客户未回应", by=supervisor)
    assert complaint.state == "settled"
    assert say("reopen", complaint).state == "waiting"


def test_customer_acts_on_the_page_and_says_why(complain, supervisor, second, browser_of, customer):
    complaint = complain()
    feedback_box.answer(complaint, text="答复", by=supervisor)
    url, http = reverse("workorders:feedback_escalate", args=[complaint.pk]), browser_of(customer)

    assert "请写明还有什么没有解决" in http.post(url, {"text": " "}).content.decode()
    assert http.post(url, {"text": "没有说明原因"}).status_code == 302
    assert kinds(complaint) == ["filed", "answered", "raised"]
    assert "没有说明原因" in http.get(complaint.get_absolute_url()).content.decode()


def test_suggestion_ends_with_its_answer(customer, supervisor, browser_of):
    given = feedback_box.give(kind="suggestion", about="attitude", named="演示", text="好", order=None, by=customer)
    feedback_box.answer(given, text="谢谢", by=supervisor)

    with pytest.raises(ValidationError):
        feedback_box.reopen(Feedback.objects.get(), text="再问", by=customer)
    assert (given.number[:2], given.about, given.named) == ("YJ", "", "")
    assert "您满意吗" not in browser_of(customer).get(given.get_absolute_url()).content.decode()


def test_complaint_needs_what_it_is_about_and_a_suggestion_does_not(browser_of, customer):
    http, url = browser_of(customer), reverse("workorders:feedback_box")

    assert "请选择投诉事项" in http.post(url, {"kind": "complaint", "text": "慢"}).content.decode()
    assert http.post(url, {"kind": "praise", "about": "nonsense", "text": "好"}).status_code == 302


def test_limit_that_supervisors_set_moves_the_answers_owed(complain, customer, supervisor, browser_of):
    complaint = complain()
    given = feedback_box.give(kind="question", text="问", order=None, by=customer)
    today, add = timezone.localdate(), deadlines.add_working_days
    assert (complaint.due_on, given.due_on) == (add(today, 5)[0], add(today, 10)[0])

    data = {"state": "complaint", "supply_mode": "", "min_voltage": "0", "area": "", "days": "3"}
    browser_of(supervisor).post(reverse("admin:workorders_limit_add"), data)
    deadlines.recompute()

    assert Limit.objects.get().days == 3
    assert Feedback.objects.get(pk=complaint.pk).due_on == add(today, 3)[0]
    assert Feedback.objects.get(pk=given.pk).due_on == add(today, 10)[0]
    assert "投诉 3 个" in browser_of(customer).get(reverse("workorders:feedback_box")).content.decode()


def test_limit_of_an_answer_knows_no_voltage(supervisor, browser_of):
    data = {"state": "complaint", "supply_mode": "double", "min_voltage": "35", "area": "", "days": "3"}

    page = browser_of(supervisor).post(reverse("admin:workorders_limit_add"), data).content.decode()

    assert "不分供电方式和电压" in page
    assert not Limit.objects.exists()


def test_wf_14_overdue_answer_reminds_who_owes_it_once(complain, supervisor, second, customer):
    complain()
    Feedback.objects.update(due_on=timezone.localdate() - timedelta(days=1))

    assert [reminders.send(), overdue.send()] == [1, 0]
    for user, title in ((supervisor, "投诉答复已超期"), (second, "投诉答复已超期"), (customer, "没有按期答复")):
        assert told(user, title).count() == 1


def test_turns_cannot_be_changed_or_deleted(complain):
    turn = complain().turns.get()

    for act in (lambda: FeedbackTurn.objects.update(text="别的"), turn.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()
