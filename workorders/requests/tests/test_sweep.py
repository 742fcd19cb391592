"""`manage.py sweep_files`: what crashes and ended orders leave behind."""

import os
import tempfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import call_command
from django.utils import timezone

from workorders import inputs
from workorders.demo import driver
from workorders.enums import State
from workorders.journey import flow
from workorders.models import Attachment, WorkOrder


@pytest.fixture
def incoming(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.FILE_UPLOAD_TEMP_DIR


@pytest.mark.parametrize("folder", ["attachments", "documents/revisions", "documents/originals"])
def test_up_18_the_sweep_deletes_what_no_row_names(folder, incoming, make_order, capsys):
    make_order(State.PLAN_ISSUED)
    before = Attachment.objects.count()
    stray = default_storage.save(f"{folder}/0000.pdf", ContentFile(b"%PDF-"))

    call_command("sweep_files", hours=0)

    assert capsys.readouterr().out == f"Deleted {stray}.\n"
    assert Attachment.objects.count() == before
    assert all(default_storage.exists(attachment.file.name) for attachment in Attachment.objects.all())


def test_the_sweep_spares_what_was_just_written(incoming, db, capsys):
    default_storage.save("attachments/0000.pdf", ContentFile(b"%PDF-"))

    call_command("sweep_files")

    assert capsys.readouterr().out == ""


def test_up_18_the_sweep_deletes_half_uploads_and_old_page_images(incoming, db, settings):
    half = TemporaryUploadedFile("图纸.pdf", "application/pdf", 0, None)
    fresh = TemporaryUploadedFile("图纸.pdf", "application/pdf", 0, None)
    (settings.MEDIA_ROOT / "previews/ab").mkdir(parents=True)
    handle, image = tempfile.mkstemp(dir=settings.MEDIA_ROOT / "previews/ab")
    os.close(handle)
    for path, days in ((half.temporary_file_path(), 2), (image, 40)):
        then = timezone.now().timestamp() - days * 86_400
        os.utime(path, (then, then))

    call_command("sweep_files")

    assert os.listdir(incoming) == [os.path.basename(fresh.temporary_file_path())]
    assert not os.path.exists(image)
    half.close()
    fresh.close()


def test_the_sweep_takes_what_ended_orders_never_handed_in(
    incoming, customer, area, capsys, django_capture_on_commit_callbacks
):
    ended, open_ = driver.start(customer), driver.start(customer)
    flow.advance(ended, "withdraw", inputs.Reason(reason="不办了"), by=customer)
    kept = Attachment.objects.filter(submission__order=open_).count()
    names = [each.file.name for each in Attachment.objects.filter(submission__order=ended)]

    call_command("sweep_files")
    assert Attachment.objects.filter(submission__order=ended).count() == len(names) > 0
    WorkOrder.objects.filter(pk=ended.pk).update(entered_at=timezone.now() - timedelta(days=91))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("sweep_files")

    assert f"Deleted {len(names)} files" in capsys.readouterr().out
    assert not Attachment.objects.filter(submission__order=ended).exists()
    assert not any(map(default_storage.exists, names))
    assert Attachment.objects.filter(submission__order=open_).count() == kept
