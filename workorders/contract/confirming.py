"""The customer's acts on a contract, by seal, by handwriting or by the scan of the stamped paper: each takes effect by
a code that was sent to the customer's phone for just that act on just that file.

Seal and handwriting are meant first (合同签章), and put on the file by the confirmed act.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, QuerySet, When
from django.utils import timezone
from django_fsm import can_proceed

from accounts.enums import CodePurpose
from accounts.login import challenges, codes
from accounts.models import User
from bandian.db.locks import atomic, locking
from signing import proposals
from signing.enums import Role, SealKind, SealState
from signing.marks.handwriting import Strokes, Typed
from signing.models import Document, Proposal, Seal, Signature
from signing.seals.lifecycle import UNVERIFIED
from signing.services import Superseded
from workorders.contract.idempotency import first_signature
from workorders.enums import ContractMethod, PaperKind, Stage
from workorders.inputs import Client, ContractScan, ContractSigning
from workorders.journey import flow, submissions, writers
from workorders.locks import lock_order, locked
from workorders.models import Attachment, WorkOrder
from workorders.rights import is_customer

# Kinds of seals in the order in which they are used for contracts.
_USUAL = (SealKind.CONTRACT, SealKind.OFFICIAL, SealKind.LEGAL)


class Restart(ValidationError):
    """The act is given up, and the preview with it: the customer begins again."""


def document_of(order: WorkOrder) -> Document:
    return order.issued(PaperKind.CONTRACT).document


def seals_for(order: WorkOrder, user: User) -> QuerySet[Seal]:
    """Return the valid seals of the user's enterprise, where it is the one that the contract is made with.

    The contract seal comes first, that of the representative last.
    """
    seals = Seal.objects.of(user).usable().filter(enterprise__credit_code=order.application.credit_code)
    ranks = [When(kind=kind, then=rank) for rank, kind in enumerate(_USUAL)]
    return seals.select_related("enterprise").order_by(Case(*ranks, default=len(_USUAL)))


def why_no_seal(order: WorkOrder, user: User) -> str:
    """Return why there is no seal to choose, and what to do; the enterprise is told by its credit code."""
    code = order.application.credit_code
    if user.enterprise_id is None:
        return "您的账号还没有填写企业信息。请先在【我的】→【企业信息】中填写，再申请印章。"
    if user.enterprise.credit_code != code:
        own = f"{user.enterprise}（{user.enterprise.credit_code}）"
        return f"合同的用电人是{order.application.company}（{code}），与您账号的企业{own}不一致，不能用其印章签订。"
    if Seal.objects.of(user).filter(state=SealState.VALID).exists():
        return UNVERIFIED.format(user.enterprise)
    if Seal.objects.of(user).filter(state=SealState.PENDING).exists():
        return "印章申请正在审核，通过后会通知您，届时回到本页签章；也可以改用在线签字或合同上传。"
    when = (
        "系统自动生成的印章提交后立即有效"
        if user.enterprise.verified_at
        else "供电公司核对材料后生效，结果会发短信给您"
    )
    return f"贵单位还没有有效的印章。请先申请印章，{when}。"


def proposal_of(order: WorkOrder) -> Proposal | None:
    """Return the customer's preview of the contract, whether or not it still holds."""
    paper = order.paper(PaperKind.CONTRACT)
    return proposals.find(paper.document, role=Role.CUSTOMER) if paper else None


@atomic
def propose(
    order: WorkOrder, *, by: User, hand: Strokes | Typed | None, sha256: str, seal: Seal | None = None
) -> Proposal:
    """Keep the handwriting, and the seal, as a preview; nothing is signed.

    Raises PermissionDenied, flow.Conflict, flow.NotVerified, Superseded; ValidationError where the seal is not one for
    this contract, or the person must not sign yet.
    """
    order = lock_order(order)
    if not is_customer(order, by):
        raise PermissionDenied
    if not can_proceed(order.sign_contract):
        raise flow.Conflict(order)
    if not by.is_verified:
        raise flow.NotVerified
    writers.check_may_sign(by)
    if seal and not seals_for(order, by).filter(pk=seal.pk).exists():
        raise ValidationError(f"印章“{seal}”不能用于这份合同，请返回重新选择印章。", code="seal")
    return proposals.keep(document_of(order), role=Role.CUSTOMER, seal=seal, hand=hand, sha256=sha256, by=by)


@atomic
def discard(order: WorkOrder, *, by: User) -> None:
    """Forget the preview (放弃); raises PermissionDenied, or Conflict where the contract is not to be signed."""
    with locked(order, "sign_contract") as order:
        if not is_customer(order, by):
            raise PermissionDenied
        proposals.discard(document_of(order), role=Role.CUSTOMER)


def subject_of(proposal: Proposal) -> str:
    """Return what a code confirms: who puts which handwriting, and seal, on which version of which file."""
    parts = (proposal.by_id, proposal.document_id, proposal.sha256, proposal.seal_id, proposal.pk)
    return " ".join(map(str, parts))


def act_of(order: WorkOrder, proposal: Proposal) -> str:
    """Return the act in the words of the text message."""
    title = proposal.document.title
    return (
        f"为工单 {order} 的《{title}》加盖“{proposal.seal}”" if proposal.seal else f"在工单 {order} 的《{title}》上签字"
    )


def confirm(order: WorkOrder, *, by: User, sha256: str, code: str, session: str, client: Client) -> Signature:
    """Put the previewed handwriting, and seal, on the contract (确认并盖章) and return the signature.

    An act that is done already is answered with its signature, however often it is sent. `sha256` is the version that
    the customer saw, `code` the one sent for this very act to the browser's `session`. Raises flow.Conflict,
    Superseded, proposals.Void; ValidationError for a wrong code, Restart after the last try. A wrong code stays
    counted.
    """
    done = _confirmed(order, by=by, sha256=sha256, code=code, session=session, client=client)
    if isinstance(done, ValidationError):  # only now, after the commit: a rollback would give the try back
        raise done
    return done


@atomic
def _confirmed(
    order: WorkOrder, *, by: User, sha256: str, code: str, session: str, client: Client
) -> Signature | ValidationError:
    """Return the signature, or why there is none."""
    # The person comes before the order, as where an account is closed.
    by, order = _as_now(by), lock_order(order)
    if first := first_signature(order, by=by, sha256=sha256):
        return first
    proposal = _standing(order, by=by, sha256=sha256)
    if refusal := _use_up(code, proposal, by=by, session=session):
        return refusal
    given = ContractSigning(
        contract_method=ContractMethod.SEAL if proposal.seal else ContractMethod.SIGNATURE,
        sha256=sha256,
        hand=proposals.hand_of(proposal),
        seal=proposal.seal,
        client=client,
        confirmed_phone=by.masked_phone,
        confirmed_at=timezone.now(),
    )
    flow.advance(order, "sign_contract", given, by=by)
    return proposal.document.fields.get(role=Role.CUSTOMER).signature


def scan_subject_of(order: WorkOrder, user: User) -> str:
    """Return what a code confirms of a stamped contract: who hands in which files for which version of which file."""
    document = document_of(order)
    return " ".join(["scan", str(user.pk), str(document.pk), document.current.sha256, *_scans(order)])


def scan_act_of(order: WorkOrder) -> str:
    """Return the act in the words of the text message."""
    return f"提交工单 {order} 的《{document_of(order).title}》盖章扫描件（{len(_scans(order))} 个文件）"


def confirm_scan(order: WorkOrder, *, by: User, code: str, session: str, seen: int) -> None:
    """Hand in the stamped contract; raises as `flow.advance`; ValidationError for a wrong code, which stays counted."""
    if refusal := _scan_confirmed(order, by=by, code=code, session=session, seen=seen):
        raise refusal  # only now, as above


@atomic
def _scan_confirmed(order: WorkOrder, *, by: User, code: str, session: str, seen: int) -> ValidationError | None:
    """Return why it was not handed in, None where it was."""
    by, order = _as_now(by), lock_order(order)
    if lacking := submissions.missing(order, Stage.CONTRACT):
        raise ValidationError([f"请上传《{kind.label}》。" for kind in lacking])
    if refusal := _refused(code, by=by, session=session, subject=scan_subject_of(order, by)):
        return refusal
    given = ContractScan(confirmed_phone=by.masked_phone, confirmed_at=timezone.now())
    flow.advance(order, "sign_contract", given, by=by, seen=seen)
    return None


def _scans(order: WorkOrder) -> list[str]:
    """Return the hashes of the files in the open round, as they are ordered."""
    files = Attachment.objects.filter(
        submission__order=order, submission__stage=Stage.CONTRACT, submission__submitted_at=None
    )
    return list(files.values_list("sha256", flat=True))


def _as_now(user: User) -> User:
    """Return the user as of now: who left the enterprise, or just changed the phone, waits here or is refused."""
    return locking(User.objects).get(pk=user.pk)


def _standing(order: WorkOrder, *, by: User, sha256: str) -> Proposal:
    """Return the proposal that may be confirmed."""
    if not can_proceed(order.sign_contract):
        raise flow.Conflict(order)
    proposal = proposal_of(order)
    if sha256 != document_of(order).current.sha256:
        raise Superseded
    if proposal is None:
        raise proposals.Void("没有待确认的签章预览，请先选择签订方式并签名。", code="nothing")
    proposals.check(proposal, by=by)
    return proposal


def _use_up(code: str, proposal: Proposal, *, by: User, session: str) -> ValidationError | None:
    """Use the code up and return None, or the reason why it is refused."""
    error = _refused(code, by=by, session=session, subject=subject_of(proposal))
    if error is None or error.code == "expired":
        return error
    left = codes.MAX_TRIES - codes.tries_since(by.phone, CodePurpose.SIGN, proposal.created_at)
    if left > 0:
        return ValidationError(f"验证码不正确，还可以再试 {left} 次。", code="wrong")
    proposal.delete()
    again = "重新选择印章并签名" if proposal.seal else "重新签名"
    return Restart(f"验证码多次输入错误，为了安全，签章预览已删除，请{again}。", code="restart")


def _refused(code: str, *, by: User, session: str, subject: str) -> ValidationError | None:
    """Use the code up and return None, or the reason why it is refused."""
    try:
        challenges.confirm_act(by.phone, code, browser=session, subject=subject)
    except ValidationError as error:
        return error
    return None
