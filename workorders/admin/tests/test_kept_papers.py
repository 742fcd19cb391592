"""The manager's own PDF outlives the session, as what was typed does; and beside the button stands what is issued."""

import re
from datetime import timedelta
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.keeping import kept, kept_files
from accounts.models import KeptFile, KeptForm, Session
from bandian.tests.acts import Page
from workorders.demo import samples
from workorders.enums import PaperKind, State, Verdict

BACKEND = "django.contrib.auth.backends.ModelBackend"
OPINION = {"verdict": Verdict.PASS, "remarks": "演示意见：同意"}
STEP = "issue_design_opinion"


class Desk:
    """A manager at the page of an opinion, whose session ends again and again."""

    def __init__(self, order, client, manager):
        self.client, self.manager = client, manager
        self.step = reverse("admin:workorders_workorder_step", args=[order.pk, STEP])
        self.preview = reverse("admin:workorders_workorder_preview", args=[order.pk, STEP])

    def send_late(self, page, address, **changes):
        """Send the form of a page after the end of the session; return the page that is shown after the login."""
        fields = next(fields for action, fields in Page(page).forms if "verdict" in fields or "seen" in fields)
        Session.objects.filter(user=self.manager).delete()
        answer = self.client.post(address, fields | OPINION | changes)
        self.client.force_login(self.manager, BACKEND)
        return self.open(parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0])

    def send(self, page, address, **changes):
        fields = next(fields for action, fields in Page(page).forms if "verdict" in fields or "seen" in fields)
        return self.client.post(address, fields | changes)

    def open(self, address):
        return self.client.get(address).content.decode()


@cache
def content():
    return samples.pdf("自备意见单", pages=1).read()


def own():
    return SimpleUploadedFile("自备 方案.pdf", content(), "application/pdf")


def named(page):
    """Return what the page says that its button issues."""
    found = re.search(r"(?s)<strong data-issued-what[^>]*>(.*?)</strong>", page)[1]
    return re.sub(r"<[^>]*>|\s", "", found)


@pytest.fixture
def order(make_order):
    return make_order(State.DESIGN_SUBMITTED)


@pytest.fixture
def desk(order, browser_of, manager):
    return Desk(order, browser_of(manager), manager)


def issued(order):
    with order.paper(PaperKind.DESIGN_OPINION).document.original.open() as file:
        return file.read()


def test_own_pdf_that_came_too_late_is_named_and_issued(desk, order):
    page = desk.send_late(desk.open(desk.step), desk.step, pdf=own())
    answer = desk.send(page, desk.step)

    assert named(page) == "自备PDF“自备方案.pdf”"
    assert "演示意见：同意" in page
    assert "没有保留" not in page
    assert answer.status_code == 302
    assert issued(order) == content()
    assert not KeptFile.objects.exists()


def test_own_pdf_comes_along_to_the_preview_and_through_a_second_end(desk, order):
    page = desk.send_late(desk.open(desk.step), desk.preview, pdf=own())
    page = desk.send_late(page, desk.preview)
    assert named(page) == "自备PDF“自备方案.pdf”"

    preview = desk.send(page, desk.preview).content.decode()
    page = desk.send_late(preview, desk.step)

    assert named(page) == "自备PDF“自备方案.pdf”"
    assert desk.send(page, desk.step).status_code == 302
    assert issued(order) == content()


def test_own_pdf_that_is_not_wanted_any_more_is_not_issued(desk, order):
    page = desk.send_late(desk.open(desk.step), desk.step, pdf=own())

    desk.send(page, desk.step, kept_files="")

    assert issued(order) != content()


def test_file_that_is_too_large_is_named_to_be_chosen_again(desk, order, monkeypatch):
    monkeypatch.setattr(kept_files, "MOST_BYTES", 1000)

    page = desk.send_late(desk.open(desk.step), desk.step, pdf=own())

    assert "这些文件没有保留，请重新选择：自备 方案.pdf" in page
    assert "系统按工单生成" in named(page)


def test_kept_files_are_sealed_and_belong_to_one_person_for_some_hours(desk, order, browser_of, far_manager):
    page = desk.send_late(desk.open(desk.step), desk.step, pdf=own())
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM accounts_keptfile")
        assert "JVBERi" not in cursor.fetchone()[0]  # %PDF- as base64
    assert KeptFile.objects.get().data.startswith("JVBERi")

    KeptForm.objects.update(user=far_manager)
    desk.send(page, desk.preview)
    KeptForm.objects.update(user=desk.manager, created_at=timezone.now() - kept.LIFE - timedelta(minutes=1))
    preview = desk.send(page, desk.preview).content.decode()

    assert "自备 方案" not in preview
    assert kept.purge()
    assert not KeptFile.objects.exists()
