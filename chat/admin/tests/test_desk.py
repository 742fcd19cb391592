"""What the desk's list of orders says of their talks."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.messaging.posting import Draft, post

QUEUE = reverse("admin:workorders_workorder_changelist")


@pytest.fixture
def rows(browser_of, manager):
    """Return a function that opens the list and returns its rows."""
    return lambda: browser_of(manager).get(f"{QUEUE}?tab=all").context["rows"]


def test_last_words_of_a_person_stand_in_the_list_and_wait_for_an_answer(room, say, customer, rows):
    say(customer, "电缆沟什么时候验收？")

    [row] = rows()

    assert (row.last_words.text, row.last_words.by) == ("电缆沟什么时候验收？", customer.name)
    assert row.last_words.url == room.get_absolute_url()
    assert row.last_words.is_waiting


def test_answer_ends_the_wait(room, say, customer, manager, rows):
    say(customer, "电缆沟什么时候验收？")
    say(manager, "明天上午。")

    [row] = rows()

    assert (row.last_words.text, row.last_words.is_waiting) == ("明天上午。", False)


def test_steps_of_the_order_are_no_words(room, rows):
    [row] = rows()

    assert row.last_words is None


def test_three_talks_cost_as_much_as_one(make_room, customer, manager, browser_of, django_assert_num_queries):
    def talk():
        post(make_room(), Draft(uuid4(), "您好"), by=customer)

    browser = browser_of(manager)
    talk()
    browser.get(QUEUE)
    with CaptureQueriesContext(connection) as once:
        browser.get(QUEUE)
    talk()
    talk()

    with django_assert_num_queries(len(once)):
        browser.get(QUEUE)
