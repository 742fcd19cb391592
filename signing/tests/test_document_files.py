"""Stored files live and die with the transaction that wrote them."""

import io

import pytest
from django.db import connection, transaction
from PIL import Image

from files import previews
from signing.models import Document
from signing.services import issue
from signing.tests import making


def stored_files(settings):
    return {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_no_file(customer, sign_as, settings):
    document = issue(making.admitted(), title="供电方案", by=customer)
    files = stored_files(settings)

    @transaction.atomic
    def work():
        sign_as(document)
        issue(making.admitted(), title="另一份", by=customer)
        assert len(stored_files(settings)) == len(files) + 3
        raise LookupError

    with pytest.raises(LookupError):
        work()

    assert stored_files(settings) == files
    assert document.awaits("customer")


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_rolls_back_takes_only_its_own_files(customer, settings):
    @transaction.atomic
    def fail():
        issue(making.admitted(), title="二", by=customer)
        raise LookupError

    with transaction.atomic():
        kept = issue(making.admitted(), title="一", by=customer)
        with pytest.raises(LookupError):
            fail()

    assert {path.name for path in stored_files(settings)} == {
        name.rpartition("/")[2] for name in (kept.original.name, kept.current.file.name)
    }


@pytest.mark.django_db(transaction=True)
def test_a_commit_keeps_the_files_even_when_another_hook_fails(customer, settings):
    def fail():
        raise LookupError

    @transaction.atomic
    def work():
        transaction.on_commit(fail)
        issue(making.admitted(), title="供电方案", by=customer)

    with pytest.raises(LookupError):
        work()

    assert Document.objects.get().current.file.size
    assert len(stored_files(settings)) == 2
    connection.close()


def test_the_handwriting_shows(document, sign_as):
    before = previews.render_page(document.current.file, 0, 1200)
    after = previews.render_page(sign_as(document).file, 0, 1200)

    assert ink(after) - ink(before) > 500


def ink(png):
    """Count the dark blue pixels."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    return sum(count for count, (red, _, blue) in image.getcolors(1 << 24) if red < 60 < blue)
