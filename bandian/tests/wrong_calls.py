"""Calls that are wrong on purpose; nothing runs them.

mypy has to find the mistake in each: where it does not, it says that the `type: ignore` is unused.
"""

from django.http import HttpRequest

from accounts import services
from accounts.enums import CodePurpose
from accounts.forms.account_forms import NewPasswordForm, RegisterForm
from accounts.identity import claims
from accounts.keeping import filling
from accounts.login import challenges, second_factor, sessions
from accounts.models import KeptForm, User
from accounts.requests import UserRequest
from accounts.views.access import customers_only
from chat.messaging import posting
from chat.models import Membership, Room
from chat.rooms import inviting, membership
from files import checks, previews, serving, storage
from notifications.services import notify
from signing.check import verdict
from signing.enums import Role
from signing.forms.seal_forms import SealForm
from signing.models import Document, Seal, SealPaper
from signing.pdf import freeze
from signing.pki import keys
from signing.seals import lifecycle
from signing.services import Act, sign
from workorders import hooks
from workorders.journey import flow
from workorders.limits import deadlines
from workorders.models import WorkOrder
from workorders.requests import supplements, uploads
from workorders.rights import is_manager


def wrong_type(request: HttpRequest, user: User, document: Document, seal: Seal) -> None:
    services.register(phone=13900000000, name="李明", password="secret")  # type: ignore[arg-type]
    challenges.start(request, "register", user.phone)  # type: ignore[arg-type]
    sessions.end_others(request)  # type: ignore[arg-type]  # somebody has to be logged in
    sign(document, Act(seen="", hand="李明"), role=Role.CUSTOMER, by=user)  # type: ignore[arg-type]
    lifecycle.use(seal, document, by=user.name)  # type: ignore[arg-type]
    lifecycle.words(user.enterprise, seal.kind)  # type: ignore[arg-type]  # a user may have none
    serving.send(request, document, "application/pdf", "x.pdf")  # type: ignore[arg-type]
    Seal.objects.usable().of(document)  # type: ignore[arg-type]


def wrong_account(request: HttpRequest, user: User, reader: UserRequest, kept: KeptForm) -> None:
    sessions.touch(request, user.pk, is_work=True)  # type: ignore[arg-type]
    second_factor.enrol(reader, 123456)  # type: ignore[arg-type]
    second_factor.is_missing(user, request.session)  # type: ignore[arg-type]
    filling.fill("<form>", kept)  # type: ignore[arg-type]  # what was sent, not the row that holds it
    claims.verify_enterprise(user, by=user)  # type: ignore[arg-type]
    RegisterForm(phone=13900000000)  # type: ignore[arg-type]
    NewPasswordForm(user=user.name)  # type: ignore[arg-type]
    customers_only(user)  # type: ignore[arg-type]


def wrong_file(paper: SealPaper, user: User) -> None:
    previews.render_page(paper, 0, previews.PAGE, sha256=paper.sha256)  # type: ignore[arg-type]  # its file
    serving.send_page(paper, "1")  # type: ignore[arg-type]
    storage.store(paper, "file", b"%PDF-")  # type: ignore[arg-type]
    checks.check_rate(user.pk, "1")  # type: ignore[arg-type]
    checks.check(b"%PDF-")  # type: ignore[arg-type]


def wrong_paper(user: User, document: Document, seal: Seal, paper: SealPaper) -> None:
    SealForm(user=user, enterprise=user.enterprise)  # type: ignore[arg-type]  # a user may have none
    verdict.check_file(document)  # type: ignore[arg-type]
    keys.signer_for(user, user.name)  # type: ignore[arg-type]
    keys.revoke(seal, reason="")  # type: ignore[arg-type]
    lifecycle.record_read(paper, seal, by=user)  # type: ignore[arg-type]
    freeze.freeze(document, signers=[Role.CUSTOMER], title="")  # type: ignore[arg-type]


def wrong_order(user: User, order: WorkOrder, room: Room, member: Membership) -> None:
    flow.advance(order, "accept", by=user.name)  # type: ignore[arg-type]
    deadlines.limit(order, order)  # type: ignore[arg-type]
    is_manager(user, order)  # type: ignore[arg-type]
    hooks.links(user, order)  # type: ignore[arg-type]
    supplements.ask(order, kind="other", text="", due_on="2026-11-30", by=user)  # type: ignore[arg-type]
    uploads.attach(order, "licence", room, by=user)  # type: ignore[arg-type]
    order.events.steps().wrong()  # type: ignore[attr-defined]
    posting.post(room, "您好", by=user)  # type: ignore[arg-type]
    membership.mute(user, True)  # type: ignore[arg-type]
    inviting.accept(member, user)  # type: ignore[arg-type]
    Room.objects.visible_to(room)  # type: ignore[arg-type]
    notify(user, kind="step", title="")  # type: ignore[arg-type]
    notify([order], kind="step", title="")  # type: ignore[list-item]


def wrong_names(request: HttpRequest, user: User, order: WorkOrder) -> None:
    challenges.start(request, CodePurpose.LOGIN)  # type: ignore[call-arg]
    services.set_password(user, new="secret")  # type: ignore[call-arg]
    flow.advance(order, "accept")  # type: ignore[call-arg]
    User.objects.filter(telephone=user.phone)  # type: ignore[misc]
    user.enterprise.users.all()  # type: ignore[union-attr]
    str(user.is_supplier)  # type: ignore[attr-defined]
