"""Drafts: what is looked at before it is issued."""

import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.utils import timezone

from signing import drafts
from signing.models import Draft
from signing.tests import making


@pytest.fixture
def draft(supervisor):
    return drafts.keep(making.paper(), by=supervisor)


def age(draft):
    Draft.objects.filter(pk=draft.pk).update(created_at=timezone.now() - drafts.LIFE - timedelta(seconds=1))


def test_the_confirmed_bytes_are_those_that_were_shown(supervisor):
    data = making.paper()

    draft = drafts.keep(data, by=supervisor)

    assert drafts.confirmed(draft.pk, by=supervisor, sha256=hashlib.sha256(data).hexdigest()).content == data


def test_a_foreign_a_changed_and_an_old_draft_are_refused(draft, supervisor, owner):
    for who, sha256 in ((owner, draft.sha256), (supervisor, "0" * 64)):
        with pytest.raises(ValidationError, match="重新预览"):
            drafts.confirmed(draft.pk, by=who, sha256=sha256)
    age(draft)
    with pytest.raises(ValidationError, match="重新预览"):
        drafts.confirmed(draft.pk, by=supervisor, sha256=draft.sha256)


def test_a_stored_file_that_was_exchanged_is_refused(draft, supervisor):
    with open(draft.file.path, "ab") as stored:
        stored.write(b"x")

    with pytest.raises(ValidationError, match="重新预览"):
        drafts.confirmed(draft.pk, by=supervisor, sha256=draft.sha256)


def test_the_sweep_deletes_old_drafts_with_their_files(draft, supervisor):
    kept = drafts.keep(making.paper(), by=supervisor)
    age(draft)

    assert drafts.sweep() == 1

    assert list(Draft.objects.all()) == [kept]
    assert not default_storage.exists(draft.file.name)
    assert default_storage.exists(kept.file.name)


def test_up_30_one_person_keeps_so_many_previews(supervisor, owner, draft, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 1)
    with pytest.raises(ValidationError, match=r"最多 1 份.*请用已经打开的预览签发，或在"):
        drafts.keep(making.paper(), by=supervisor)
    assert drafts.keep(making.paper(), by=owner)
    age(draft)
    assert drafts.keep(making.paper(), by=supervisor)

    monkeypatch.setattr(drafts, "MOST_DRAFTS", 10)
    monkeypatch.setattr(drafts, "MOST_BYTES", 1)
    with pytest.raises(ValidationError, match="预览的文件太多"):
        drafts.keep(making.paper(), by=supervisor)
