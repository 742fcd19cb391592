"""Seals: applied for, reviewed, used, cancelled; each change leaves a line in the seal's trace and tells its people."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import reviews
from accounts.identity import claims
from accounts.models import Enterprise, User
from accounts.validators import validate_company, validate_representative
from bandian.db.locks import atomic, locking
from bandian.web import review
from files import storage
from files.checks import Checked
from notifications.enums import Kind
from notifications.services import notify
from signing.enums import SealKind, SealOrigin, SealState
from signing.marks import lettering, seal_art
from signing.models import Document, Proposal, Seal, SealEvent, SealPaper
from signing.seals import paper_quota

USED, READ = "用印", "查看材料"
LEGAL_SIZE_MM = 20
UNVERIFIED = "“{}”的企业信息修改后还没有核验，印章暂不能使用；请等待供电公司核验，或改用其他签订方式。"
# Letters that fit on a drawn seal and can still be read.
DRAWN_LENGTH = 60


@dataclass(frozen=True)
class Paper:
    """A checked file (`files.checks`) that goes with an application."""

    kind: str
    name: str
    checked: Checked


def words(enterprise: Enterprise, kind: str) -> str:
    """Return what a seal of this kind says, in full: the enterprise's registered name, or the representative's."""
    return enterprise.legal_representative if kind == SealKind.LEGAL else enterprise.name


def check_words(enterprise: Enterprise, kind: str) -> str:
    """Return the words of a seal; raises ValidationError for a name that only looks like one on a business licence."""
    text = words(enterprise, kind)
    check = validate_representative if kind == SealKind.LEGAL else validate_company
    try:
        check(text)
    except ValidationError as error:
        message = f"{error.message}请在【我的】→【企业信息】中更正，再申请印章。"
        raise ValidationError(message, code="seal_words") from error
    return text


def open_seal(enterprise: Enterprise, kind: str) -> Seal | None:
    """Return the seal of the kind that is valid or under review; there is one at most."""
    return enterprise.seals.filter(kind=kind, state__in=SealState.open_states).first()


def check_kind_is_free(enterprise: Enterprise, kind: str) -> None:
    """Raise ValidationError, with the remedy, where the enterprise has a seal of the kind."""
    if seal := open_seal(enterprise, kind):
        state, label = seal.get_state_display(), seal.get_kind_display()
        message = f"贵单位已有一枚{state}的{label}，同一类型只能有一枚；如需更换，请先在【印章注销】中注销它。"
        raise ValidationError({"kind": message}, code="taken")


def sketch(enterprise: Enterprise, *, kind: str, size_mm: int = 42, number: str = "") -> Seal:
    """Return an unsaved seal as the system would draw it.

    Raises ValidationError where the words are too many or cannot be drawn, or are not fit for a seal at all.
    """
    text = check_words(enterprise, kind)
    if len(text) > DRAWN_LENGTH:
        message = f"印文“{text}”超过 {DRAWN_LENGTH} 个字，系统无法生成，请改选“上传印章图片”。"
        raise ValidationError({"origin": message}, code="too_long")
    if lacking := lettering.lacking("".join(text.split())):
        message = f"系统的字库没有“{'、'.join(lacking)}”，无法生成印章，请改选“上传印章图片”。"
        raise ValidationError({"origin": message}, code="no_glyph")
    if kind == SealKind.LEGAL:
        size_mm, number = LEGAL_SIZE_MM, ""
    sha256 = seal_art.fingerprint(kind, text, number, size_mm)
    facts = {"kind": kind, "text": text, "number": number, "size_mm": size_mm, "sha256": sha256}
    return Seal(enterprise=enterprise, origin=SealOrigin.GENERATED, **facts)


@atomic
def apply(
    enterprise: Enterprise,
    *,
    kind: str,
    by: User,
    size_mm: int = 42,
    number: str = "",
    image: bytes = b"",
    papers: Iterable[Paper] = (),
) -> Seal:
    """Keep an application for a seal: with the enterprise's own image (from `seal_images`), or drawn by the system.

    Drawn for a verified enterprise it is valid at once, for there is nothing left to compare; all others wait for a
    supervisor. Raises ValidationError where the enterprise has one of the kind, its name is none to put on a seal, or
    the papers are too many, or a customer does not belong to it any more.
    """
    enterprise = locking(Enterprise.objects).get(pk=enterprise.pk)
    _check_belongs(by, enterprise.pk)  # to look at papers takes a while
    check_kind_is_free(enterprise, kind)
    papers = list(papers)
    paper_quota.check(enterprise, [paper.checked for paper in papers], by=by)
    if image:
        size_mm, number = (LEGAL_SIZE_MM, "") if kind == SealKind.LEGAL else (size_mm, number)
        seal = Seal(enterprise=enterprise, kind=kind, origin=SealOrigin.UPLOADED, number=number, size_mm=size_mm)
        seal.text, seal.sha256 = check_words(enterprise, kind), hashlib.sha256(image).hexdigest()
        storage.store(seal, "image", io.BytesIO(image))
    else:
        seal = sketch(enterprise, kind=kind, size_mm=size_mm, number=number)
        seal.state = SealState.VALID if enterprise.verified_at else SealState.PENDING
    seal.applied_by = by
    seal.save()
    for paper in papers:
        _keep(seal, paper)
    label = "申请并生成" if seal.is_usable else "提交申请"
    _record(seal, label, by=by, text=f"{seal.get_origin_display()}，{seal.get_state_display()}", texted=False)
    if seal.state == SealState.PENDING:
        _ask_for_review(seal)
    return seal


def facts(seal: Seal) -> dict[str, str]:
    """Return what a review page shows of a seal, its enterprise, applicant and papers, by name."""
    enterprise, applicant, text = seal.enterprise, seal.applied_by, words(seal.enterprise, seal.kind)
    number = f"，编码 {seal.number}" if seal.number else ""
    return {
        "印章": f"{seal.get_kind_display()}，{seal.get_origin_display()}，{seal.size_mm} mm{number}",
        "状态": f"{seal.get_state_display()} {seal.reason}".strip(),
        "登记的印文": text if text == seal.text else f"{text}（与申请时的“{seal.text}”不一致）",
        **claims.facts_of_enterprise(enterprise),
        "申请": f"{applicant}（{applicant.get_role_display()}，{applicant.masked_phone}） "
        f"{timezone.localtime(seal.applied_at):%Y-%m-%d %H:%M}",
    }


def shown(seal: Seal) -> str:
    """Return what a review page sends back with its decision: a token of `facts`, of the picture and of the papers."""
    return review.token(_compared(seal))


def _compared(seal: Seal) -> dict[str, str]:
    return facts(seal) | {"图样": seal.sha256, "材料": "".join(sorted(paper.sha256 for paper in seal.papers.all()))}


@atomic
def decide(seal: Seal, *, by: User, seen: str, reason: str = "", code_confirmed: bool = False) -> Seal:
    """Approve an application, and with it the enterprise that its papers prove; or reject it where a reason is given.

    `seen` is what `shown` gave to the page. Raises review.Changed where that is not so any more, ValidationError where
    the application was decided already, the seal does not say what the enterprise is called, the decision is the
    applicant's own, or the enterprise's code is doubtful and was not confirmed (`claims.verify_enterprise`).
    """
    enterprise = locking(Enterprise.objects).get(pk=seal.enterprise_id)
    seal = _locked(seal)
    seal.enterprise = enterprise
    review.check(_compared(seal), seen)
    if seal.state != SealState.PENDING:
        raise ValidationError("这条申请已经审核过了。", code="decided")
    if by.pk == seal.applied_by_id:
        raise ValidationError("不能审核自己提交的印章申请，请由另一位主管审核。", code="own")
    if reason:
        return _change(seal, SealState.REJECTED, "审核驳回", by=by, reason=reason)
    _check_words(seal)
    if not enterprise.verified_at:
        claims.verify_enterprise(enterprise, by=by, code_confirmed=code_confirmed)
    return _change(seal, SealState.VALID, "审核通过", by=by)


@atomic
def cancel(seal: Seal, *, by: User, reason: str, seen: str | None = None) -> Seal:
    """Take a seal, or an application, out of use at once, with what waits to be confirmed with it.

    Raises ValidationError where there is nothing to cancel any more; review.Changed like `decide`, where a review page
    asks.
    """
    seal = _locked(seal)
    _check_belongs(by, seal.enterprise_id)
    if seen is not None:
        review.check(_compared(seal), seen)
    if seal.state not in SealState.open_states:
        raise ValidationError(f"印章“{seal}”{seal.get_state_display()}，不用再注销。", code="seal_state")
    Proposal.objects.filter(seal=seal).delete()
    return _change(seal, SealState.CANCELLED, "注销印章", by=by, reason=reason)


def use(seal: Seal, document: Document, *, by: User) -> None:
    """Note the use of a seal on a document, with the seal's row locked; call it inside the signing transaction.

    Raises ValidationError where the seal is not valid (any more), its enterprise was changed since it was verified, or
    a customer does not belong to it; which staff may use which seal is the caller's to know.
    """
    seal = _locked(seal)
    if not seal.is_usable:
        raise ValidationError(f"印章“{seal}”{seal.get_state_display()}，不能使用，请另选印章。", code="seal_state")
    if by.is_customer and by.enterprise_id != seal.enterprise_id:
        raise ValidationError("您已不属于该印章的企业，不能使用这枚印章。", code="seal_owner")
    _check_words(seal)
    if not seal.enterprise.verified_at:
        raise ValidationError(UNVERIFIED.format(seal.enterprise), code="seal_unverified")
    _record(seal, USED, by=by, text=f"《{document.title}》")


def note(seal: Seal, label: str, *, by: User, text: str = "") -> SealEvent:
    """Add a line to a seal's trace; the seal's row has to be locked."""
    return SealEvent.objects.create(seal=seal, number=seal.events.count() + 1, label=label, note=text[:300], by=by)


@atomic
def record_read(seal: Seal, paper: SealPaper, *, by: User) -> None:
    """Note that a member of staff looked at a paper: once per person, paper and day (个人信息保护法 art. 51)."""
    seal, kind = _locked(seal), paper.get_kind_display()
    if not seal.events.filter(label=READ, note=kind, by=by, at__date=timezone.localdate()).exists():
        note(seal, READ, by=by, text=kind)


def _locked(seal: Seal) -> Seal:
    seals = locking(Seal.objects)
    return seals.select_related("enterprise", "applied_by").get(pk=seal.pk)


def _check_belongs(by: User, enterprise_id: UUID) -> None:
    if by.is_customer and not User.objects.filter(pk=by.pk, enterprise=enterprise_id).exists():
        raise ValidationError("您的账号已不属于这家企业，没有办理，请刷新页面。", code="seal_owner")


def _check_words(seal: Seal) -> None:
    if seal.text != check_words(seal.enterprise, seal.kind):
        message = f"印文“{seal.text}”与企业现在登记的名称不一致，不能使用；请注销这枚印章后重新申请。"
        raise ValidationError(message, code="seal_words")


def _keep(seal: Seal, paper: Paper) -> None:
    content = paper.checked.content
    row = SealPaper(
        seal=seal,
        kind=paper.kind,
        original_name=paper.name,
        content_type=paper.checked.content_type,
        pages=paper.checked.pages,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    storage.store(row, "file", io.BytesIO(content))
    row.save()


def _change(seal: Seal, state: SealState, label: str, *, by: User, reason: str = "") -> Seal:
    seal.state, seal.reason = state, reason
    seal.save(update_fields=["state", "reason"])
    reviews.done(_review_of(seal))
    _record(seal, label, by=by, text=reason)
    return seal


def _record(seal: Seal, label: str, *, by: User, text: str = "", texted: bool = True) -> None:
    """Add to the trace and tell the enterprise's people; where `texted`, the applicant by SMS too."""
    note(seal, label, by=by, text=text)
    people = list(seal.enterprise.users.filter(is_active=True))
    what = f"{label}：{text}" if text else label
    body = f"{what}，办理人 {by}。如非本单位办理，请立即注销印章，并联系客户经理或拨打 95598。"
    sms = f"【办电E助手】{seal.enterprise}的{seal.get_kind_display()}有新记录：{what[:120]}。"
    sms += "如非本单位办理，请立即登录办电E助手注销印章，或拨打 95598。"
    news = {"kind": Kind.SEAL, "title": f"{seal.get_kind_display()}{label}", "body": body, "url": reverse("seals:list")}
    applicant = [user for user in people if texted and user == seal.applied_by]
    notify(applicant, **news, sms=sms)
    notify([user for user in people if user not in applicant], **news)


def _ask_for_review(seal: Seal) -> None:
    url = reverse("admin:signing_seal_change", args=[seal.pk])
    reviews.ask("印章申请待审核", body=f"{seal}，{seal.get_origin_display()}", url=url, key=_review_of(seal))


def _review_of(seal: Seal) -> str:
    return f"seal:{seal.pk.hex}"
