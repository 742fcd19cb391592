"""Seals as personal data: the copy, what keeps an account open, what goes with it."""

import io
import json
import zipfile

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Enterprise
from accounts.privacy import personal_data
from signing.seals import lifecycle
from signing.seals.tests.sealing import pending


def test_pr_05_copy_holds_seals_with_their_trace_and_papers(owner, colleague):
    pending(owner)

    archive = zipfile.ZipFile(io.BytesIO(b"".join(personal_data.export(owner))))

    told = json.loads(archive.read("个人信息.json"))["印章"]
    assert (told[0]["印章"], told[0]["记录"][0]["事项"]) == ("示例机械有限公司 合同专用章", "提交申请")
    assert [name.split("/")[1][:4] for name in archive.namelist() if "/" in name] == ["营业执照"]
    assert "示例机械有限公司 合同专用章" not in str(b"".join(personal_data.export(colleague)))


def test_last_person_of_an_enterprise_cancels_its_seals_first(owner, colleague, seal):
    assert personal_data.refusals(owner) == []
    personal_data.close(colleague)

    with pytest.raises(ValidationError, match="唯一的用户"):
        personal_data.close(owner)


def test_pr_07_papers_of_a_seal_that_never_was_go_with_the_account(owner, django_capture_on_commit_callbacks):
    seal = pending(owner)
    file = seal.papers.get().file
    lifecycle.cancel(seal, by=owner, reason="不再需要")

    with django_capture_on_commit_callbacks(execute=True):
        personal_data.close(owner)

    assert not seal.papers.exists()
    assert not file.storage.exists(file.name)
    assert seal.events.count() == 2
    assert Enterprise.objects.filter(pk=seal.enterprise_id).exists()


def test_papers_of_a_used_seal_stay(owner, colleague, supervisor, document):
    seal = pending(owner)
    lifecycle.use(lifecycle.decide(seal, by=supervisor, seen=lifecycle.shown(seal)), document, by=owner)
    lifecycle.cancel(seal, by=owner, reason="换新章")

    personal_data.close(owner)

    assert seal.papers.count() == 1
