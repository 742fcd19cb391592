"""Many uploads at once and a process killed on the way, on the real PostgreSQL."""

import os
import signal
import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from workorders.demo import samples
from workorders.enums import AttachmentKind, State
from workorders.journey.tests.test_races import at_once
from workorders.models import Attachment
from workorders.requests import uploads

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
KIND = AttachmentKind.DESIGN_FILES

# Uploads a file, and is killed when its bytes are on disk and its row is not committed.
KILLED = """
import os, signal, sys
import django
django.setup()
from files import storage
from workorders.demo import samples
from workorders.enums import AttachmentKind
from workorders.models import WorkOrder
from workorders.requests import uploads
storage.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
order = WorkOrder.objects.get(pk=sys.argv[1])
uploads.attach(order, AttachmentKind.DESIGN_FILES, samples.pdf("图纸"), by=order.customer)
"""


def test_up_15_twenty_uploads_at_once_keep_to_the_order_s_limit(make_order, settings):
    order = make_order(State.DESIGN_OPEN)
    settings.ORDER_MAX_FILES = Attachment.objects.count() + 7
    contents = [samples.pdf(f"图纸{number}").read() for number in range(20)]

    def send(number):
        return uploads.attach(order, KIND, SimpleUploadedFile("图.pdf", contents[number]), by=order.customer)

    results = at_once(20, send)

    assert sum(isinstance(result, Attachment) for result in results) == 7
    assert sum(isinstance(result, ValidationError) and result.code == "quota" for result in results) == 13
    assert Attachment.objects.filter(kind=KIND).count() == 7


def test_up_16_up_19_two_uploads_at_once_are_both_kept_and_the_same_one_only_once(make_order):
    order = make_order(State.DESIGN_OPEN)
    contents = [samples.pdf(f"图纸{number % 2}").read() for number in range(2)] * 2

    results = at_once(
        4, lambda n: uploads.attach(order, KIND, SimpleUploadedFile("图.pdf", contents[n]), by=order.customer)
    )

    assert sum(isinstance(result, Attachment) for result in results) == 2
    assert Attachment.objects.filter(kind=KIND).count() == 2


def test_up_18_a_process_killed_while_it_writes_leaves_no_row_and_a_file_for_the_sweep(
    make_order, site_environment, settings, capsys
):
    order = make_order(State.DESIGN_OPEN)
    before = set(settings.MEDIA_ROOT.rglob("*.pdf"))
    connection.close()

    environment = site_environment | {"DJANGO_SETTINGS_MODULE": "bandian.settings"}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(order.pk)], env=environment, cwd=os.getcwd())

    assert killed.returncode == -signal.SIGKILL
    assert not Attachment.objects.filter(kind=KIND).exists()
    assert len(set(settings.MEDIA_ROOT.rglob("*.pdf")) - before) == 1
    call_command("sweep_files", hours=0)
    assert set(settings.MEDIA_ROOT.rglob("*.pdf")) == before
    assert uploads.attach(order, KIND, samples.pdf("图纸"), by=order.customer).pk
