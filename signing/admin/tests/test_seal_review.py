"""The desk: supervisors review seals, look at their papers, and make those of supply enterprises."""

import io
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from PIL import Image

from accounts.enums import Role
from accounts.models import Enterprise, User
from files.checks import Checked
from signing.enums import SealState
from signing.models import Seal
from signing.seals import lifecycle
from signing.seals.tests.sealing import disc, pending
from signing.tests import making

ADD = reverse("admin:signing_seal_add")


@pytest.fixture
def desk(client, supervisor, settings):
    settings.STAFF_OTP = False
    client.force_login(supervisor)
    return client


@pytest.fixture
def waiting(owner):
    return pending(owner)


def act(desk, seal, action, **data):
    url = reverse(f"admin:signing_seal_{action}", args=[seal.pk])
    response = desk.post(url, {"seen": lifecycle.shown(seal), **data}, follow=True)
    seal.refresh_from_db()
    return response.content.decode()


def paper_url(paper, page=1):
    return reverse("admin:signing_seal_paper", args=[paper.pk, page])


def test_review_page_shows_what_to_compare(desk, waiting):
    page = desk.get(reverse("admin:signing_seal_change", args=[waiting.pk])).content.decode()

    for said in ("示例机械有限公司", "91110105MA0DEM013Y", "王建国", "孙丽", "营业执照", "核对一致，审核通过"):
        assert said in page
    assert waiting.image.name not in page


def test_approval_and_its_log(desk, waiting):
    assert "已办理" in act(desk, waiting, "approve")

    assert waiting.is_usable
    assert LogEntry.objects.get().change_message == "有效"
    page = desk.get(reverse("admin:signing_seal_change", args=[waiting.pk])).content.decode()
    assert "审核通过</td>" in page
    assert "核对一致" not in page


def test_rejection_needs_a_reason(desk, waiting):
    assert "请填写。" in act(desk, waiting, "reject")
    assert waiting.state == SealState.PENDING

    act(desk, waiting, "reject", reason="图上的字看不清")
    assert (waiting.state, waiting.reason) == (SealState.REJECTED, "图上的字看不清")


def test_stale_or_forged_decision_changes_nothing(desk, waiting):
    assert "刚刚有变化" in act(desk, waiting, "approve", seen="pending")

    assert waiting.state == SealState.PENDING


def test_sg_20_seal_is_decided_on_as_it_was_shown(desk, waiting, owner):
    page = desk.get(reverse("admin:signing_seal_change", args=[waiting.pk])).content.decode()
    sent_back = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    User.objects.filter(pk=owner.pk).update(name="孙莉")  # not whom the papers authorise
    url = reverse("admin:signing_seal_reject", args=[waiting.pk])

    answer = desk.post(url, sent_back | {"reason": "图上的字看不清"})

    assert answer.status_code == 409
    assert "申请刚刚有变化" in answer.content.decode()
    assert 'value="图上的字看不清"' in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == SealState.PENDING


def test_supervisor_cancels_a_seal(desk, seal):
    act(desk, seal, "cancel", reason="企业已注销")

    assert (seal.state, seal.reason) == (SealState.CANCELLED, "企业已注销")


def test_sg_07_who_looks_at_the_papers_stands_in_the_trace_once_a_day(desk, waiting, supervisor):
    for _ in range(2):
        response = desk.get(paper_url(waiting.papers.get()))
        assert b"".join(response.streaming_content).startswith(b"\x89PNG")
        response.close()

    assert response["Content-Type"] == "image/png"
    assert "sandbox" in response["Content-Security-Policy"]
    read = waiting.events.filter(label="查看材料")
    assert [(event.by, event.note) for event in read] == [(supervisor, "营业执照")]


def test_pages_of_a_pdf_come_as_images(desk, owner):
    paper = lifecycle.Paper("licence", "执照.pdf", Checked(making.paper(pages=2), "application/pdf", 2))
    kept = lifecycle.apply(owner.enterprise, kind="contract", by=owner, image=disc(), papers=[paper]).papers.get()

    assert Image.open(io.BytesIO(desk.get(paper_url(kept, 2)).content)).format == "PNG"
    assert desk.get(paper_url(kept, 3)).status_code == 404
    assert desk.get(paper_url(kept, 0)).status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CUSTOMER, Role.CONTACT])
def test_sg_07_only_supervisors_review(client, settings, waiting, role):
    settings.STAFF_OTP = False
    client.force_login(User.objects.create_user("13300133000", "吴磊", role=role))
    refused = 403 if role == Role.MANAGER else 302

    for action in ("approve", "reject", "cancel"):
        url = reverse(f"admin:signing_seal_{action}", args=[waiting.pk])
        assert client.post(url, {"seen": lifecycle.shown(waiting), "reason": "原因"}).status_code == refused
    assert client.get(paper_url(waiting.papers.get())).status_code == refused
    assert client.get(reverse("admin:signing_seal_change", args=[waiting.pk])).status_code == refused
    waiting.refresh_from_db()
    assert waiting.state == SealState.PENDING
    assert waiting.events.count() == 1


def test_seal_for_a_supply_enterprise_that_a_supervisor_added(desk, owner):
    facts = {"name": "示例供电有限公司", "credit_code": "91320100MA1DEM0A9A", "legal_representative": "王建国"}
    desk.post(reverse("admin:accounts_enterprise_add"), facts | {"address": "示例路 9 号"})
    supplier = Enterprise.objects.get(name="示例供电有限公司")

    refused = desk.post(ADD, {"enterprise": owner.enterprise.pk, "kind": "official"}).content.decode()
    desk.post(ADD, {"enterprise": supplier.pk, "kind": "contract", "size_mm": "42"})
    again = desk.post(ADD, {"enterprise": supplier.pk, "kind": "contract"}).content.decode()

    assert "选择一个有效的选项" in refused
    assert "同一类型只能有一枚" in again
    assert [(seal.enterprise, seal.state, seal.kind) for seal in Seal.objects.all()] == [
        (supplier, "valid", "contract")
    ]
