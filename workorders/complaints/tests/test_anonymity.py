"""Who wrote an anonymous complaint is told to nobody of the house; whoever is complained about is kept out of it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import ManagerCard, User
from accounts.privacy import personal_data
from notifications.models import Delivery, Notification
from workorders.complaints import deciders, feedback_box, overdue
from workorders.desk import reviews
from workorders.enums import State
from workorders.models import Event, Feedback, WorkOrder
from workorders.trace import export

LIST = reverse("admin:workorders_feedback_changelist")
QUEUE = reverse("admin:workorders_workorder_reviews")


def pages_of(complaint):
    return LIST, QUEUE, complaint.get_desk_url(), reverse("admin:index")


def test_pr_23_desk_shows_no_writer_of_an_anonymous_complaint(complain, supervisor, customer, browser_of):
    complaint, http = complain(is_anonymous=True), browser_of(supervisor)
    feedback_box.answer(complaint, text="答复", by=supervisor)
    feedback_box.reopen(Feedback.objects.get(), text="再说一次", by=customer)

    for url in pages_of(complaint):
        page = http.get(url).content.decode()
        for secret in (customer.name, customer.phone, customer.masked_phone, str(customer.pk)):
            assert secret not in page, url
    assert "匿名客户" in http.get(complaint.get_desk_url()).content.decode()


@pytest.mark.parametrize("typed", ["19900000011", "演示客户"])
def test_pr_23_no_search_sort_or_filter_finds_the_writer(complain, supervisor, customer, browser_of, typed):
    complaint = complain(is_anonymous=True)
    complain(text="署名的", is_anonymous=False)
    http = browser_of(supervisor)

    found = http.post(LIST, {"q": typed}, follow=True).content.decode()
    assert complaint.number not in found
    for query in (f"by__id__exact={customer.pk}", f"by={customer.pk}", f"by__phone={customer.phone}"):
        assert complaint.number not in http.get(f"{LIST}?{query}", follow=True).content.decode(), query


def test_pr_23_order_of_an_anonymous_complaint_stands_on_no_list(order, complain, supervisor, browser_of):
    complain(order, is_anonymous=True)

    page = browser_of(supervisor).get(LIST).content.decode()

    assert str(order) not in page
    assert order.application.company not in page


def test_pr_23_nothing_of_a_complaint_reaches_the_order_its_manager_or_the_chat(
    make_order, complain, supervisor, manager, customer, browser_of, texts
):
    order = make_order(State.SURVEYING)
    events, notices = Event.objects.count(), Notification.objects.filter(user=manager).count()
    Notification.objects.filter(user=supervisor).delete()

    sent = texts(complain, order, is_anonymous=True, text="要我用指定的施工队").splitlines()
    said = "\n".join(line for line in sent if "投诉" in line)  # what was waiting of the order's steps leaves too
    complaint = Feedback.objects.get()
    feedback_box.answer(complaint, text="已核实", by=supervisor)
    feedback_box.reopen(Feedback.objects.get(), text="没有核实", by=customer)
    Feedback.objects.update(due_on="2020-01-01")
    overdue.send()

    assert Event.objects.count() == events
    assert WorkOrder.objects.get().event_count == order.event_count
    assert Notification.objects.filter(user=manager).count() == notices
    assert order.room.messages.filter(body__contains="投诉").count() == 0
    whole = json.dumps(export.make(order, whole=True), default=str, ensure_ascii=False)
    for place in (whole, browser_of(manager).get(order.get_desk_url()).content.decode()):
        assert complaint.number not in place
        assert "指定的施工队" not in place
    told = [*Notification.objects.filter(user=supervisor), *Delivery.objects.filter(notification__user=supervisor)]
    words = (said + str([(vars(each)) for each in told])).replace(complaint.number, "")
    for secret in (customer.name, customer.phone, str(order), order.application.company):
        assert secret not in words
    assert not mail.outbox
    assert not LogEntry.objects.exists()
    assert browser_of(manager).get(complaint.get_desk_url()).status_code in (302, 403)


def test_pr_23_copies_of_personal_data_tell_who_wrote_a_complaint_to_nobody_else(
    complain, supervisor, second, customer
):
    complaint = complain(is_anonymous=True, named=second.name)
    feedback_box.answer(complaint, text="已核实的答复", by=supervisor)

    def copy(user):
        return zipfile.ZipFile(io.BytesIO(b"".join(personal_data.export(user)))).read("个人信息.json").decode()

    assert all(words in copy(customer) for words in (complaint.number, "上门时间改了", "已核实的答复"))
    assert complaint.number not in copy(second)
    for secret in (customer.name, customer.phone, str(customer.pk)):
        assert secret not in copy(supervisor)


def test_pr_23_log_names_no_writer(complain, supervisor, customer, browser_of, caplog):
    with caplog.at_level("DEBUG"):
        complaint = complain(is_anonymous=True)
        browser_of(supervisor).post(reverse("admin:workorders_feedback_answer", args=[complaint.pk]), {"answer": "好"})

    for secret in (customer.name, customer.phone, customer.pk.hex, str(customer.pk)):
        assert not [line for line in caplog.messages if secret in line and "SELECT" not in line]


@pytest.fixture
def theirs(order, complain, second):
    """A complaint about the second supervisor, who looks after the order."""
    WorkOrder.objects.filter(pk=order.pk).update(manager=second)
    return complain(WorkOrder.objects.get(pk=order.pk))


def test_az_25_supervisor_who_is_meant_finds_nothing_and_decides_nothing(theirs, supervisor, second, browser_of):
    http = browser_of(second)

    for url in (LIST, QUEUE, f"{LIST}?mine=1"):
        assert theirs.number not in http.get(url).content.decode(), url
    assert http.get(theirs.get_desk_url()).status_code == 302
    for name in ("answer", "close", "accused"):
        assert http.post(reverse(f"admin:workorders_feedback_{name}", args=[theirs.pk])).status_code == 404
    for act in (feedback_box.answer, feedback_box.close):
        with pytest.raises((PermissionDenied, ValidationError)):
            act(theirs, text="没有的事", by=second)
    assert not Notification.objects.filter(user=second, body__contains=theirs.number).exists()
    assert (reviews.count(second), reviews.count(supervisor)) == (0, 1)
    assert theirs.turns.count() == 1


def test_az_25_closing_an_answer_is_not_for_whom_it_is_about(theirs, supervisor, second, time_machine):
    feedback_box.answer(theirs, text="答复", by=supervisor)
    time_machine.move_to(timezone.now() + timedelta(days=60))

    with pytest.raises(PermissionDenied):
        feedback_box.close(theirs, text="办结", by=second)


@pytest.mark.parametrize("named", ["演示副主管", "YS77"])
def test_az_25_who_is_named_by_name_or_number_is_kept_out(complain, supervisor, second, browser_of, named):
    ManagerCard.objects.create(user=second, company="演示", employee_number="YS77", mobile=second.phone)

    complaint = complain(named=named)

    assert deciders.deciders(complaint) == [supervisor]
    assert complaint.number not in browser_of(second).get(LIST).content.decode()


def test_az_25_order_that_is_handed_over_keeps_its_new_manager_out(order, complain, supervisor, second):
    complaint = complain(order)
    WorkOrder.objects.update(manager=supervisor)

    with pytest.raises(PermissionDenied):
        feedback_box.answer(complaint, text="答复", by=supervisor)
    assert feedback_box.answer(complaint, text="答复", by=second)


def test_supervisor_who_finds_themselves_meant_steps_back(complain, supervisor, second, browser_of):
    complaint = complain()

    url = reverse("admin:workorders_feedback_accused", args=[complaint.pk])
    response = browser_of(supervisor).post(url, {"person": supervisor.pk})

    assert response.headers["Location"] == LIST
    assert deciders.deciders(complaint) == [second]
    assert complaint.turns.last().kind == "named"


def test_where_every_supervisor_is_meant_the_customer_is_told_and_nothing_is_lost(
    complain, supervisor, customer, browser_of
):
    complaint = complain(named=supervisor.name)

    page = browser_of(customer).get(complaint.get_absolute_url()).content.decode()

    for words in ("目前没有可以处理的主管", "12398", "95598"):
        assert words in page
    assert complaint.state == "waiting"


def test_complaint_about_all_who_bear_a_name_waits_for_who_is_left(order, complain, supervisor, second, head):
    User.objects.filter(pk__in=[supervisor.pk, second.pk]).update(name="演示同名")

    assert deciders.deciders(complain(order, named="演示同名")) == [head]
