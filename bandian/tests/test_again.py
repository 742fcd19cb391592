"""What is put back is what was made, and only in a world like the one in which it was made."""

import pickle
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import User
from bandian.tests import again


class Maker:
    """Makes a person and a file, and counts how often."""

    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        file = Path(settings.MEDIA_ROOT, "a folder", "a file")
        file.parent.mkdir(parents=True)
        file.write_bytes(b"content %d" % self.count)
        return User.objects.create_user("19900000031", "演示人员", "yanshi-2026").pk

    def seen(self, name):
        """Return what is there after asking for it; all of it is undone."""
        with transaction.atomic():
            pk = again.again(name, self)
            rows = list(User.objects.filter(pk=pk).values())
            content = Path(settings.MEDIA_ROOT, "a folder", "a file").read_bytes()
            transaction.set_rollback(True)
        shutil.rmtree(settings.MEDIA_ROOT)
        return rows, content


@pytest.fixture
def maker(db):
    return Maker()


def test_what_was_made_is_put_back_whole(maker):
    first, second = maker.seen("put back"), maker.seen("put back")

    assert maker.count == 1
    assert first == second
    assert first[0]
    assert first[1] == b"content 1"


def test_another_world_or_another_name_has_its_own(maker, settings):
    maker.seen("own")
    maker.seen("own by another name")
    settings.DEMO = not settings.DEMO
    maker.seen("own")
    User.objects.create_user("19900000032", "演示路人")
    maker.seen("own")

    assert maker.count == 4


def test_what_one_process_made_the_others_put_back(maker, monkeypatch, tmp_path):
    monkeypatch.setattr(again, "shared", tmp_path)
    first = maker.seen("shared")
    monkeypatch.setattr(again, "_made", {})

    assert maker.seen("shared") == first
    assert maker.count == 1


def test_world_goes_to_other_processes(made_world):
    assert pickle.loads(pickle.dumps(made_world)).things == made_world.things
