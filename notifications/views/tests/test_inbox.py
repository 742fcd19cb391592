import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from notifications.models import Notification
from notifications.services import notify

INBOX = "/messages/"


@pytest.fixture
def signed_in(client, customer):
    client.force_login(customer)
    return client


def fill(user, count):
    return [notify([user], kind="step", title=f"第 {number} 条", url="/account/me/")[0] for number in range(count)]


def titles(response):
    return [row.title for row in response.context["notifications"]]


def test_empty_inbox_says_what_will_come(signed_in):
    assert "还没有消息" in signed_in.get(INBOX).content.decode()


def test_inbox_is_paged_newest_first(signed_in, customer):
    fill(customer, 45)

    first = signed_in.get(INBOX)
    second = signed_in.get(INBOX + first.context["older_url"])
    third = signed_in.get(INBOX + second.context["older_url"])

    assert titles(first) + titles(second) + titles(third) == [f"第 {number} 条" for number in reversed(range(45))]
    assert [len(titles(page)) for page in (first, second, third)] == [20, 20, 5]
    assert third.context["older_url"] == ""


def test_rows_of_the_same_moment_are_neither_lost_nor_doubled(signed_in, customer):
    fill(customer, 25)
    Notification.objects.update(created_at=customer.date_joined)

    first = signed_in.get(INBOX)
    second = signed_in.get(INBOX + first.context["older_url"])

    assert len(set(titles(first) + titles(second))) == 25


@pytest.mark.parametrize("count", [1, 3, 30])
def test_inbox_takes_the_same_queries_for_any_length(signed_in, customer, count, django_assert_num_queries):
    fill(customer, count)
    signed_in.get(INBOX)  # the first page of a session also notes the browser

    with django_assert_num_queries(4):  # session, user, page, unread count
        signed_in.get(INBOX)


@pytest.mark.parametrize("value", ["-1", "1e9", "", "x" * 5000, "%00"])
def test_nonsense_page_is_the_first_page(signed_in, customer, value):
    fill(customer, 1)

    assert titles(signed_in.get(INBOX, {"before": value})) == ["第 0 条"]


def test_unread_messages_are_marked_and_counted(signed_in, customer):
    fill(customer, 3)

    page = signed_in.get(INBOX)

    assert page.content.decode().count("badge--todo") == 3
    assert page.context["unread_count"] == 3


def test_open_marks_as_read_once_and_goes_on(signed_in, customer):
    row = fill(customer, 1)[0]

    assert signed_in.get(reverse("notifications:open", args=[row.pk])).url == "/account/me/"
    row.refresh_from_db()
    first_read = row.read_at
    signed_in.get(row.get_absolute_url())

    row.refresh_from_db()
    assert row.read_at == first_read is not None


def test_message_without_url_leads_to_the_inbox(signed_in, customer):
    row = notify([customer], kind="step", title="公告")[0]

    assert signed_in.get(row.get_absolute_url()).url == INBOX


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_database_refuses_foreign_urls(customer, url):
    with pytest.raises(IntegrityError), transaction.atomic():
        notify([customer], kind="step", title="公告", url=url)


def test_url_that_only_looks_local_is_not_followed(signed_in, customer):
    row = notify([customer], kind="step", title="公告", url="/\\evil.example/")[0]

    assert signed_in.get(row.get_absolute_url()).url == INBOX


def test_messages_of_others_do_not_exist(signed_in, outsider):
    row = fill(outsider, 1)[0]

    assert titles(signed_in.get(INBOX)) == []
    assert signed_in.get(row.get_absolute_url()).status_code == 404
    assert titles(signed_in.get(INBOX, {"before": row.pk})) == []
    row.refresh_from_db()
    assert row.read_at is None


def test_mark_all_read_is_for_own_messages(signed_in, customer, outsider):
    fill(customer, 3)
    fill(outsider, 1)

    response = signed_in.post(reverse("notifications:mark_all_read"))

    assert response.url == INBOX
    assert not customer.notifications.unread().exists()
    assert outsider.notifications.unread().count() == 1


def test_mark_all_read_is_no_link(signed_in):
    assert signed_in.get(reverse("notifications:mark_all_read")).status_code == 405


def test_inbox_needs_a_login(client):
    assert client.get(INBOX).status_code == 302


def test_page_that_missed_something_learns_number_and_newest(signed_in, customer, outsider):
    fill(outsider, 2)
    assert signed_in.get(reverse("notifications:unread")).json() == {"unread": 0, "newest": None}
    rows = fill(customer, 3)

    answer = signed_in.get(reverse("notifications:unread")).json()

    newest = {"type": "notice", "id": rows[-1].pk.hex, "kind": "step", "title": "第 2 条"}
    assert answer["newest"].pop("at")
    assert answer == {"unread": 3, "newest": newest}
