from django.contrib.auth.models import AnonymousUser

from notifications.context import unread
from notifications.services import notify


def test_unread_is_not_counted_before_use(rf, customer, django_assert_num_queries):
    notify([customer], kind="step", title="公告")
    request = rf.get("/")
    request.user = customer

    with django_assert_num_queries(0):
        context = unread(request)
    with django_assert_num_queries(1):
        assert context["unread_count"] == 1
        assert str(context["unread_count"]) == "1"


def test_unread_is_nothing_for_strangers(rf):
    request = rf.get("/")
    assert unread(request)["unread_count"] == 0

    request.user = AnonymousUser()
    assert not unread(request)["unread_count"]
