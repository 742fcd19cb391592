"""What becomes of a seal: who may apply, decide, use, cancel, and what that leaves behind."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.identity import claims
from accounts.models import Enterprise
from accounts.services import save_enterprise
from notifications.models import Notification
from signing.check.verify import check
from signing.enums import SealKind, SealState
from signing.models import Certificate, Proposal, Seal
from signing.seals import lifecycle, paper_quota
from signing.seals.tests.sealing import disc, pending


def labels(seal):
    return [event.label for event in seal.events.all()]


def decided(seal, supervisor, **changes):
    return lifecycle.decide(seal, **{"by": supervisor, "seen": lifecycle.shown(seal), **changes})


def test_seal_drawn_for_a_verified_enterprise_is_valid_at_once(owner, colleague):
    seal = lifecycle.apply(owner.enterprise, kind=SealKind.OFFICIAL, by=owner, size_mm=40, number="1101050012345")

    assert (seal.state, seal.text, seal.size_mm, seal.image.name) == ("valid", "示例机械有限公司", 40, "")
    assert labels(seal) == ["申请并生成"]
    assert Notification.objects.filter(user=colleague, kind="seal").exists()


def test_representatives_seal_is_a_square_of_20_mm_with_the_name(owner):
    seal = lifecycle.apply(owner.enterprise, kind=SealKind.LEGAL, by=owner, size_mm=42, number="1101050012345")

    assert (seal.text, seal.size_mm, seal.number) == ("王建国", 20, "")


def test_sg_07_seal_of_an_unverified_enterprise_waits_for_a_supervisor(owner, supervisor):
    owner.enterprise.verified_at = None
    owner.enterprise.save()

    seal = lifecycle.apply(owner.enterprise, kind=SealKind.OFFICIAL, by=owner)

    assert seal.state == SealState.PENDING
    assert Notification.objects.get(user=supervisor).title == "印章申请待审核"
    decided(seal, supervisor)
    owner.enterprise.refresh_from_db()
    assert owner.enterprise.verified_by == supervisor


def test_sg_07_uploaded_seal_waits_for_review_also_where_the_enterprise_is_verified(owner, document):
    seal = pending(owner)

    assert seal.state == SealState.PENDING
    with pytest.raises(ValidationError, match="待审核，不能使用"):
        lifecycle.use(seal, document, by=owner)


def test_second_seal_of_a_kind_is_refused_with_the_remedy(owner, seal):
    with pytest.raises(ValidationError, match="印章注销"):
        lifecycle.apply(owner.enterprise, kind=seal.kind, by=owner)

    lifecycle.cancel(seal, by=owner, reason="磨损")
    assert lifecycle.apply(owner.enterprise, kind=seal.kind, by=owner).is_usable


def test_name_that_is_too_long_to_draw_is_refused_with_the_remedy(owner):
    owner.enterprise.name = "长" * 61
    owner.enterprise.save()

    with pytest.raises(ValidationError, match="上传印章图片"):
        lifecycle.apply(owner.enterprise, kind=SealKind.OFFICIAL, by=owner)
    assert lifecycle.apply(owner.enterprise, kind=SealKind.OFFICIAL, by=owner, image=disc()).text == "长" * 61


LOOK_ALIKES = [
    "示例\u200b机械有限公司",
    "\u202e示例机械有限公司",
    "⽰例机械有限公司",
    "示例机械 有限公司",
    "示例机械○有限公司",
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_sg_24_look_alike_never_becomes_a_seal(owner, seal, supervisor, document, name):
    waiting = pending(owner)
    Enterprise.objects.filter(pk=owner.enterprise_id).update(name=name)  # from before names were checked
    enterprise = Enterprise.objects.get(pk=owner.enterprise_id)
    lifecycle.cancel(seal, by=owner, reason="重新申请")

    for image in (b"", disc()):
        with pytest.raises(ValidationError, match="企业信息】中更正"):
            lifecycle.apply(enterprise, kind=SealKind.OFFICIAL, by=owner, image=image)
    waiting.refresh_from_db()
    with pytest.raises(ValidationError, match="企业信息】中更正"):
        decided(Seal.objects.get(pk=waiting.pk), supervisor)


@pytest.mark.parametrize("changed", ["name", "credit_code"])
def test_sg_20_seal_rests_from_a_change_of_its_enterprise_to_the_next_review(
    owner, seal, sign_as, document, supervisor, changed
):
    """Another credit code would make it the seal of another enterprise's contracts; so would a name there and back."""
    before = getattr(owner.enterprise, changed)
    for value in {"name": ["另一家有限公司", before], "credit_code": ["91110108MA0DEM024E"]}[changed]:
        setattr(owner.enterprise, changed, value)
        save_enterprise(owner.enterprise, by=owner)

    assert not Seal.objects.of(owner).usable().exists()
    with pytest.raises(ValidationError, match="还没有核验"):
        sign_as(document, by=owner, seal=seal)
    claims.verify_enterprise(owner.enterprise, by=supervisor)
    assert sign_as(document, by=owner, seal=seal).signature.seal == seal


def test_sg_24_name_that_is_too_long_is_never_cut(owner, sign_as, document, supervisor):
    name = "长" * 30 + "江电气有限公司"
    Enterprise.objects.filter(pk=owner.enterprise_id).update(name=name)
    owner.refresh_from_db()
    seal = lifecycle.apply(owner.enterprise, kind=SealKind.OFFICIAL, by=owner, image=disc())
    decided(seal, supervisor)

    with sign_as(document, by=owner, seal=seal).file.open("rb") as file:
        [result] = check(file.read())

    assert (seal.text, result.signer, Certificate.objects.get().name) == (name, name, name)
    Enterprise.objects.filter(pk=owner.enterprise_id).update(name=name[:30])
    with pytest.raises(ValidationError, match="不一致"):
        lifecycle.use(seal, document, by=owner)


def test_approval_makes_a_seal_valid_and_tells_the_applicant(owner, supervisor, texts):
    seal = pending(owner)

    sent = texts(decided, seal, supervisor)

    seal.refresh_from_db()
    assert seal.is_usable
    assert labels(seal) == ["提交申请", "审核通过"]
    assert owner.phone in sent
    assert "审核通过" in sent


def test_rejection_keeps_its_reason_and_leaves_room_for_another(owner, supervisor, texts):
    seal = pending(owner)

    sent = texts(decided, seal, supervisor, reason="图上的字看不清")

    seal.refresh_from_db()
    assert (seal.state, seal.reason) == (SealState.REJECTED, "图上的字看不清")
    assert "图上的字看不清" in sent
    assert pending(owner).state == SealState.PENDING


@pytest.mark.parametrize("change", [{"name": "改名有限公司"}, {"credit_code": "91330100MABCDEF10F"}])
def test_decision_on_what_has_changed_since_is_refused(owner, supervisor, change):
    seal = pending(owner)
    seen = lifecycle.shown(seal)
    type(owner.enterprise).objects.update(**change)

    with pytest.raises(ValidationError, match="刚刚有变化"):
        lifecycle.decide(seal, by=supervisor, seen=seen)


def test_second_decision_is_refused(owner, supervisor):
    seal = pending(owner)
    seen = lifecycle.shown(seal)
    lifecycle.decide(seal, by=supervisor, seen=seen)

    with pytest.raises(ValidationError, match="刚刚有变化"):
        lifecycle.decide(seal, by=supervisor, seen=seen, reason="看错了")


def test_nobody_decides_on_their_own_application(owner):
    with pytest.raises(ValidationError, match="另一位主管"):
        decided(pending(owner), owner)


def test_seal_that_does_not_say_the_enterprises_name_is_not_approved(owner, supervisor):
    seal = pending(owner)
    owner.enterprise.name = "改名有限公司"
    owner.enterprise.save()

    with pytest.raises(ValidationError, match="不一致"):
        decided(Seal.objects.get(pk=seal.pk), supervisor)


def test_sg_07_each_use_is_logged_and_told(owner, colleague, seal, document, texts):
    def use():
        with transaction.atomic():
            lifecycle.use(seal, document, by=owner)

    sent = texts(use)

    assert [(event.label, event.note, event.by) for event in seal.events.all()][1:] == [
        ("用印", "《高压供电方案答复单》", owner)
    ]
    assert Notification.objects.filter(user=colleague, title="公章用印").exists()
    assert owner.phone in sent
    assert "《高压供电方案答复单》" in sent


def test_sg_07_only_the_enterprises_people_use_its_seal(outsider, seal, document):
    with pytest.raises(ValidationError, match="不属于"):
        lifecycle.use(seal, document, by=outsider)
    assert labels(seal) == ["申请并生成"]


def test_sg_12_who_was_just_put_out_makes_and_cancels_no_seal(owner, seal):
    enterprise = owner.enterprise
    type(owner).objects.filter(pk=owner.pk).update(enterprise=None)

    with pytest.raises(ValidationError, match="已不属于这家企业"):
        lifecycle.apply(enterprise, kind=SealKind.LEGAL, by=owner)
    with pytest.raises(ValidationError, match="已不属于这家企业"):
        lifecycle.cancel(seal, by=owner, reason="演示")

    assert list(Seal.objects.values_list("pk", "state")) == [(seal.pk, "valid")]


def test_sg_07_cancelled_seal_is_unusable_at_once_and_what_waits_with_it_is_gone(owner, colleague, seal, document):
    Proposal.objects.create(document=document, role="customer", seal=seal, by=owner, sha256="0" * 64)
    held = Seal.objects.get(pk=seal.pk)  # as another request holds it

    lifecycle.cancel(seal, by=colleague, reason="遗失")

    assert not Proposal.objects.exists()
    assert list(Seal.objects.of(owner).usable()) == []
    with pytest.raises(ValidationError, match="已注销，不能使用"):
        lifecycle.use(held, document, by=owner)
    with pytest.raises(ValidationError, match="不用再注销"):
        lifecycle.cancel(held, by=owner, reason="再来一次")
    assert Notification.objects.filter(user=owner, title="公章注销印章", body__contains="遗失").exists()


def test_sg_07_seal_is_unusable_once_the_enterprise_has_another_name(owner, seal, document):
    owner.enterprise.name = "改名有限公司"
    owner.enterprise.save()

    with pytest.raises(ValidationError, match="重新申请"):
        lifecycle.use(seal, document, by=owner)


@pytest.mark.parametrize("field", ["text", "number", "size_mm", "sha256", "origin", "enterprise", "applied_at"])
def test_sg_07_what_a_seal_looks_like_is_never_changed(seal, outsider, field):
    value = {"size_mm": 40, "enterprise": outsider.enterprise, "applied_at": timezone.now()}.get(field, "1")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(**{field: value})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        seal.events.update(label="别的")


def test_up_30_papers_of_seals_have_a_quota(owner, supervisor, monkeypatch):
    first = pending(owner)
    lifecycle.cancel(first, by=owner, reason="重新申请")
    handed_in = first.papers.count()
    assert handed_in
    monkeypatch.setattr(paper_quota, "MOST_PAPERS", 2 * handed_in - 1)

    with pytest.raises(ValidationError, match=r"这次申请没有提交.*请压缩文件后重新提交，或在 .* 之后再申请"):
        pending(owner)
    monkeypatch.setattr(paper_quota, "MOST_PAPERS", 2 * handed_in)
    monkeypatch.setattr(paper_quota, "MOST_PAPER_BYTES", 1)
    with pytest.raises(ValidationError, match="印章申请材料最多"):
        pending(owner)

    assert Seal.objects.of(owner).count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=paper_quota.PAPER_DAYS, hours=1)):
        monkeypatch.setattr(paper_quota, "MOST_PAPER_BYTES", 1 << 20)
        assert pending(owner)
