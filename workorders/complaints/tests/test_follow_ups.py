"""回访: due after the archive, called by who did not look after the order, kept, and complained of where need be."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.privacy import personal_data
from notifications.models import Notification
from workorders.complaints import follow_ups
from workorders.desk import reminders, reviews
from workorders.enums import State
from workorders.limits import deadlines
from workorders.models import CalendarDay, Feedback, FollowUp, FollowUpCall, Limit, WorkOrder
from workorders.tests.bare import bare_order

SAID = {
    "contact_name": "演示经办", "contact_phone": "19900000012", "outcome": "reached", "speed": "good",
    "attitude": "fair", "was_designated": "no", "was_charged": "no", "advice": "希望再快一点", "seen": 0,
}  # fmt: skip
IN_VAIN = {"contact_name": "演示经办", "contact_phone": "19900000012", "outcome": "no_answer"}
LIST = reverse("admin:workorders_followup_changelist")


@pytest.fixture
def archived(customer, manager, area):
    application = {"handler_name": "演示经办", "handler_phone": "19900000012"}
    order = bare_order(customer, manager, State.ARCHIVED, application=application)
    FollowUp.objects.create(order=order, due_on=deadlines.add_working_days(timezone.localdate(), 2)[0])
    return order


@pytest.fixture
def call(archived, supervisor, browser_of):
    """Return a function that sends the desk's form."""

    def send(**changes):
        url = reverse("admin:workorders_followup_call", args=[archived.pk])
        return browser_of(supervisor).post(url, SAID | changes)

    return send


def test_order_is_to_be_called_within_two_working_days_of_its_archiving(make_order, supervisor, browser_of):
    archived = make_order(State.ARCHIVED, short=True)
    follow_up = archived.follow_up

    assert follow_up.due_on == deadlines.add_working_days(timezone.localdate(), 2)[0]
    assert str(archived) in browser_of(supervisor).get(LIST).content.decode()
    assert reviews.count(supervisor) == 1


def test_due_date_follows_the_limit_and_the_calendar(archived):
    due = archived.follow_up.due_on
    CalendarDay.objects.create(day=due, is_working=False)
    deadlines.recompute()
    assert FollowUp.objects.get().due_on > due

    Limit.objects.create(state="follow_up", days=9)
    deadlines.recompute()
    assert FollowUp.objects.get().due_on == deadlines.add_working_days(timezone.localdate(), 9)[0]


def test_call_is_kept_with_answers_whom_when_and_by_whom(call, archived, supervisor, manager, browser_of):
    assert call().status_code == 302

    made = FollowUpCall.objects.get()
    assert (made.contact_name, made.by, made.speed, made.was_charged) == ("演示经办", supervisor, "good", False)
    assert FollowUp.objects.get().state == "done"
    assert archived.events.last().label == "归档后回访"
    page = browser_of(supervisor).get(archived.follow_up.get_desk_url()).content.decode()
    assert "希望再快一点" in page
    assert "199****0012" in page
    assert "希望再快一点" not in browser_of(manager).get(archived.get_desk_url()).content.decode()
    assert not Feedback.objects.exists()


def test_questions_are_asked_of_who_was_reached_only(call):
    page = call(speed="", was_designated="yes", designated="").content.decode()

    assert page.count("请按客户的回答选择") == 1
    assert "请写明客户说的人、单位和经过" in page
    assert not FollowUpCall.objects.exists()
    assert call(**IN_VAIN, speed="", was_designated="", designated="不算").status_code == 302
    assert FollowUpCall.objects.get().designated == ""


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ({"was_designated": "yes", "designated": "经理说要用某施工队"}, ["designated"]),
        ({"was_charged": "yes", "charged": "收了加急费"}, ["charges"]),
        (
            {"was_designated": "yes", "designated": "某设计院", "was_charged": "yes", "charged": "收费"},
            ["charges", "designated"],
        ),
    ],
)
def test_what_names_a_company_or_a_fee_opens_a_complaint(call, archived, customer, manager, supervisor, said, about):
    call(**said)

    found = Feedback.objects.order_by("about")
    assert [each.about for each in found] == about
    assert all((each.by, each.order, list(each.accused.all())) == (customer, archived, [manager]) for each in found)
    assert found[0].turns.get().by == supervisor
    assert "回访中反映" in found[0].text


def test_three_days_in_vain_end_it_and_calls_of_one_day_do_not(archived, supervisor, time_machine):
    for seen in range(4):
        follow_ups.call(archived.follow_up, seen=seen, by=supervisor, **IN_VAIN)
        assert FollowUp.objects.get().state == ("unreached" if seen == 3 else "waiting")
        if seen:
            time_machine.move_to(timezone.now() + timedelta(days=1))


def test_second_caller_who_saw_less_is_told_and_changes_nothing(call, archived, supervisor):
    follow_ups.call(archived.follow_up, seen=0, by=supervisor, **IN_VAIN)

    page = call()

    assert FollowUpCall.objects.count() == 1
    assert "kept=" in page.headers["Location"] or page.headers["Location"] == archived.follow_up.get_desk_url()
    with pytest.raises(ValidationError, match="刚登记了一次回访"):
        follow_ups.call(archived.follow_up, seen=0, by=supervisor, **IN_VAIN)


def test_az_25_who_looked_after_the_order_asks_nobody_how_they_did(archived, supervisor, second, browser_of):
    WorkOrder.objects.filter(pk=archived.pk).update(manager=second)
    http = browser_of(second)

    assert str(archived) not in http.get(LIST).content.decode()
    assert http.post(reverse("admin:workorders_followup_call", args=[archived.pk]), SAID).status_code == 404
    with pytest.raises(PermissionDenied):
        follow_ups.call(archived.follow_up, seen=0, by=second, **IN_VAIN)
    assert reviews.count(second) == 0


def test_call_on_what_is_done_is_a_check(call, archived):
    call()
    call(seen=1, attitude="poor")

    assert list(FollowUpCall.objects.values_list("is_check", flat=True)) == [False, True]
    assert archived.events.filter(name="follow_up").count() == 1


def test_wf_14_overdue_call_reminds_once(archived, supervisor, manager):
    FollowUp.objects.update(due_on=timezone.localdate() - timedelta(days=1))

    assert [reminders.send(), reminders.send()] == [1, 0]
    assert Notification.objects.get(title="回访已超期").user == supervisor


@pytest.fixture
def month(db, customer, area):
    """Forty orders that were archived in a month, and one of the next."""
    orders = WorkOrder.objects.bulk_create(WorkOrder(customer=customer, state="archived") for _ in range(41))
    at = timezone.make_aware(timezone.datetime(2026, 10, 31, 23, 59))
    rows = [FollowUp(order=order, due_on="2026-11-03", archived_at=at) for order in orders]
    rows[-1].archived_at = at + timedelta(minutes=1)
    FollowUp.objects.bulk_create(rows)
    return date(2026, 10, 1)


def test_sample_is_the_same_for_everybody_and_grows_with_the_share(month):
    some, count = follow_ups.sample(month, 10)
    more, _ = follow_ups.sample(month, 25)
    december, _ = follow_ups.sample(date(2026, 12, 1), 100)

    assert (len(some), len(more), count, december) == (4, 10, 40, [])
    assert follow_ups.sample(month, 10)[0] == some == more[:4]
    everybody = [row.pk for row in follow_ups.sample(month, 100)[0]]
    assert everybody != sorted(everybody)
    assert len(follow_ups.sample(month, 1)[0]) == 1


@pytest.mark.parametrize("query", ["", "month=2026-10&share=10", "month=x&share=-1", "month=9999-12&share=5", "month="])
def test_sample_page_takes_any_query(archived, supervisor, browser_of, query):
    url = reverse("admin:workorders_followup_sample")

    assert browser_of(supervisor).get(f"{url}?{query}").status_code == 200


def test_calls_cannot_be_changed_and_a_closed_account_leaves_them(archived, supervisor, customer):
    said = IN_VAIN | {"contact_phone": customer.phone}
    follow_ups.call(archived.follow_up, seen=0, by=supervisor, **said)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        FollowUpCall.objects.update(advice="别的")

    personal_data.close(customer)

    made = FollowUpCall.objects.get()
    assert (made.contact_name, made.contact_phone, made.outcome) == ("", "", "no_answer")
