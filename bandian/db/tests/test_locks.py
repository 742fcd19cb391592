"""Locks hold up other writers and nobody else, and a deadlock is tried again."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import User
from bandian.db.locks import atomic, locking
from conftest import PATIENCE
from notifications.models import Notification

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people():
    return [User.objects.create_user(f"1990000030{number}", "演示").pk for number in range(2)]


def test_wf_18_a_deadlock_is_tried_again_and_both_do_their_work(people):
    together, tries = Barrier(2), []

    @atomic
    def give_back_and_forth(first, second):
        tries.append(first)
        locking(User.objects).get(pk=first)
        with suppress(BrokenBarrierError):  # whoever comes again finds nobody to wait for
            together.wait(0.5)
        locking(User.objects).get(pk=second)
        Notification.objects.create(user_id=first, kind="test", title="演示")

    def run(pair):
        try:
            give_back_and_forth(*pair)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, (people, people[::-1]), timeout=PATIENCE))

    assert len(tries) == 3
    assert Notification.objects.count() == 2


def test_wf_18_a_locked_row_is_referred_to_meanwhile_and_not_written(people):
    def refer():
        try:
            Notification.objects.create(user_id=people[0], kind="test", title="演示")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                User.objects.filter(pk=people[0]).update(name="演示改名")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        locking(User.objects).get(pk=people[0])
        with pytest.raises(OperationalError, match="lock timeout"):
            pool.submit(refer).result(PATIENCE)
    assert Notification.objects.count() == 1
