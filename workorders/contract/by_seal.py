"""The contract by seal (合同签章): seal and handwriting are meant first, and put on the file by one confirmed act."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone
from django_fsm import can_proceed

from accounts.enums import CodePurpose
from accounts.login import challenges, codes
from accounts.models import User
from signing import proposals
from signing.enums import Role, SealKind, SealState
from signing.models import Proposal, Seal, Signature
from signing.services import Superseded
from workorders.contract.idempotency import first_signature
from workorders.enums import ContractMethod, PaperKind
from workorders.inputs import Client, ContractSigning
from workorders.journey import flow, writers
from workorders.locks import lock_order
from workorders.rights import is_customer

# Kinds of seals in the order in which they are used for contracts.
_USUAL = (SealKind.CONTRACT, SealKind.OFFICIAL, SealKind.LEGAL)


class Restart(ValidationError):
    """The act is given up, and the preview with it: the customer begins again with the choice of a seal."""


def document_of(order):
    return order.paper(PaperKind.CONTRACT).document


def seals_for(order, user):
    """Return the valid seals of the user's enterprise, where it is the one that the contract is made with.

    The contract seal comes first, that of the representative last.
    """
    seals = Seal.objects.of(user).usable().filter(enterprise__credit_code=order.application.credit_code)
    ranks = [When(kind=kind, then=rank) for rank, kind in enumerate(_USUAL)]
    return seals.select_related("enterprise").order_by(Case(*ranks, default=len(_USUAL)))


def why_no_seal(order, user) -> str:
    """Return why there is no seal to choose, and what to do; the enterprise is told by its credit code."""
    code = order.application.credit_code
    if user.enterprise_id is None:
        return "您的账号还没有填写企业信息。请先在【我的】→【企业信息】中填写，再申请印章。"
    if user.enterprise.credit_code != code:
        own = f"{user.enterprise}（{user.enterprise.credit_code}）"
        return f"合同的用电人是{order.application.company}（{code}），与您账号的企业{own}不一致，不能用其印章签订。"
    if Seal.objects.of(user).filter(state=SealState.PENDING).exists():
        return "印章申请正在审核，通过后会通知您，届时回到本页签章；也可以改用在线签字或合同上传。"
    return "贵单位还没有有效的印章。请先申请印章，系统自动生成的印章可以马上使用。"


def proposal_of(order) -> Proposal | None:
    """Return the customer's preview of the contract, whether or not it still holds."""
    paper = order.paper(PaperKind.CONTRACT)
    return proposals.find(paper.document, role=Role.CUSTOMER) if paper else None


@transaction.atomic
def propose(order, *, by, seal, hand, sha256: str) -> Proposal:
    """Keep the seal and the handwriting as a preview; nothing is signed.

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
    if not seals_for(order, by).filter(pk=seal.pk).exists():
        raise ValidationError(f"印章“{seal}”不能用于这份合同，请返回重新选择印章。", code="seal")
    return proposals.keep(document_of(order), role=Role.CUSTOMER, seal=seal, hand=hand, sha256=sha256, by=by)


@transaction.atomic
def discard(order, *, by) -> None:
    """Forget the preview (放弃)."""
    order = lock_order(order)
    if not is_customer(order, by):
        raise PermissionDenied
    proposals.discard(document_of(order), role=Role.CUSTOMER)


def subject_of(proposal: Proposal) -> str:
    """Return what a code confirms: who puts which seal and handwriting on which version of which file."""
    parts = (proposal.by_id, proposal.document_id, proposal.sha256, proposal.seal_id, proposal.pk)
    return " ".join(map(str, parts))


def act_of(order, proposal: Proposal) -> str:
    """Return the act in the words of the text message."""
    return f"为工单 {order} 的《{proposal.document.title}》加盖“{proposal.seal}”"


def confirm(order, *, by, sha256: str, code: str, session: str, client: Client) -> Signature:
    """Put the previewed seal and handwriting on the contract (确认并盖章) and return the signature.

    An act that is done already is answered with its signature, however often it is sent. `sha256` is the version that
    the customer saw, `code` the one sent for this very act to the browser's `session`. Raises flow.Conflict,
    Superseded, proposals.Void; ValidationError for a wrong code, Restart after the last try. A wrong code stays
    counted.
    """
    with transaction.atomic():
        order = lock_order(order)
        # As they are now: who left the enterprise, or just changed the phone, waits here or is refused.
        by = User.objects.select_for_update(no_key=True).get(pk=by.pk)
        if first := first_signature(order, by=by, sha256=sha256):
            return first
        proposal = _standing(order, by=by, sha256=sha256)
        refusal = _use_up(code, proposal, by=by, session=session)
        if refusal is None:
            given = ContractSigning(
                contract_method=ContractMethod.SEAL,
                sha256=sha256,
                hand=proposals.hand_of(proposal),
                seal=proposal.seal,
                client=client,
                confirmed_phone=by.masked_phone,
                confirmed_at=timezone.now(),
            )
            flow.advance(order, "sign_contract", given, by=by)
            return first_signature(order, by=by, sha256=sha256)
    # Only now, after the commit: a rollback would give the try back.
    raise refusal


def _standing(order, *, by, sha256):
    """Return the proposal that may be confirmed."""
    if not can_proceed(order.sign_contract):
        raise flow.Conflict(order)
    proposal = proposal_of(order)
    if sha256 != document_of(order).current.sha256:
        raise Superseded
    if proposal is None:
        raise proposals.Void("没有待确认的签章预览，请先选择印章并签名。", code="nothing")
    proposals.check(proposal, by=by)
    return proposal


def _use_up(code, proposal, *, by, session):
    """Use the code up and return None, or the reason why it is refused."""
    try:
        challenges.confirm_act(by.phone, code, browser=session, subject=subject_of(proposal))
    except ValidationError as error:
        if error.code == "expired":
            return error
        left = codes.MAX_TRIES - codes.tries_since(by.phone, CodePurpose.SIGN, proposal.created_at)
        if left > 0:
            return ValidationError(f"验证码不正确，还可以再试 {left} 次。", code="wrong")
        proposal.delete()
        return Restart("验证码多次输入错误，为了安全，签章预览已删除，请重新选择印章并签名。", code="restart")
    return None
