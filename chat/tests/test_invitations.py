"""Contacts by link: who may invite, what a link shows and does, and when it is void."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.login import challenges
from accounts.models import User
from bandian.web.tests.test_headers import Page
from chat import order_hooks
from chat.conftest import refusal
from chat.enums import MemberRole
from chat.exceptions import NotFound
from chat.models import AuditEntry, Invitation
from chat.rooms import inviting, links, membership
from notifications.models import Notification
from workorders import inputs
from workorders.demo import driver, people
from workorders.desk import dispatch
from workorders.enums import Stage, State
from workorders.journey import flow
from workorders.models import Submission

PHONE = "19900000077"
PERSON = {"role": MemberRole.DESIGN, "name": "演示设计", "phone": PHONE}
CODE = re.compile(r"】(\d{6})")


@pytest.fixture
def invitation(room, customer):
    return inviting.invite(room, by=customer, **PERSON)


@pytest.fixture
def visitor(settings):
    settings.DEMO = True
    return Client()


def join_url(invitation, step="start"):
    return reverse(f"chat:join_{step}", args=[links.token_of(invitation)])


def prove(visitor, invitation, phone=PHONE):
    """Ask for the code and type it; return the last answer."""
    visitor.post(join_url(invitation), {"phone": phone})
    page = visitor.get(join_url(invitation, "code")).content.decode()
    code = CODE.search(page)
    return visitor.post(join_url(invitation, "code"), {"code": code[1]}) if code else None


def register(visitor, invitation):
    prove(visitor, invitation)
    details = {"name": "演示设计", "password": "yanshi-2026", "consent": "on"}
    return visitor.post(join_url(invitation, "details"), details)


def test_cf_19_new_person_comes_in_by_link_code_and_account(room, invitation, visitor):
    answer = register(visitor, invitation)

    user = User.objects.get(phone=PHONE)
    assert user.role == Role.CONTACT
    assert answer.url.startswith(reverse("accounts:identity"))
    assert room.memberships.present().get(user=user).role == MemberRole.DESIGN
    page = visitor.get(room.get_absolute_url()).content.decode()
    assert "待实名" in page
    assert "data-say" not in page
    people.verify(user)
    assert "data-say" in visitor.get(room.get_absolute_url()).content.decode()


def test_au_30_code_for_joining_opens_no_account(room, customer, builder, visitor):
    """Who has an account logs in to it, with its password or a code that says so, and comes back to the link."""
    invitation = inviting.invite(
        room, role=MemberRole.CONSTRUCTION, name="演示施工员", phone=builder.phone, by=customer
    )

    assert prove(visitor, invitation, builder.phone) is None
    told = challenges.demo_text(visitor.get(join_url(invitation, "code")).wsgi_request)

    assert "请先登录" in told
    assert "_auth_user_id" not in visitor.session
    assert not room.memberships.filter(user=builder).exists()
    page = visitor.get(join_url(invitation)).content.decode()
    login = re.search(r'href="(/account/login/[^"]*chat[^"]*)"', page)[1]
    answer = visitor.post(login, {"username": builder.phone, "password": "yanshi-2026"})
    assert answer.url == join_url(invitation)
    assert visitor.post(answer.url).url == room.get_absolute_url()
    assert room.memberships.present().filter(user=builder).exists()
    assert Notification.objects.filter(user=builder, kind="invitation").count() == 1


def test_au_30_account_made_while_the_code_was_typed_is_not_opened_by_it(room, invitation, visitor):
    visitor.post(join_url(invitation), {"phone": PHONE})
    code = CODE.search(visitor.get(join_url(invitation, "code")).content.decode())[1]
    User.objects.create_user(PHONE, "演示设计", "yanshi-2026", role=Role.CONTACT)

    visitor.post(join_url(invitation, "code"), {"code": code})
    details = {"name": "演示设计", "password": "yanshi-2026", "consent": "on"}
    answer = visitor.post(join_url(invitation, "details"), details)

    assert "_auth_user_id" not in visitor.session
    assert answer.status_code in (200, 302)
    assert not room.memberships.filter(user__phone=PHONE).exists()


def test_au_30_message_says_what_the_code_does(invitation, visitor):
    visitor.post(join_url(invitation), {"phone": PHONE})

    assert "用于注册账号并加入工单群聊" in visitor.get(join_url(invitation, "code")).content.decode()


def test_cf_19_who_is_logged_in_with_the_phone_comes_in_at_once(room, customer, builder, browser_of):
    invitation = inviting.invite(
        room, role=MemberRole.CONSTRUCTION, name="演示施工员", phone=builder.phone, by=customer
    )

    assert browser_of(builder).post(join_url(invitation)).url == room.get_absolute_url()
    assert browser_of(builder).get(join_url(invitation)).url == room.get_absolute_url()


def test_cf_19_looking_at_the_link_changes_nothing(invitation, visitor):
    for step in ("start", "code", "details"):
        for _ in range(3):
            visitor.get(join_url(invitation, step))
            visitor.head(join_url(invitation, step))

    invitation.refresh_from_db()
    assert invitation.is_pending
    assert invitation.tries == 0
    assert not User.objects.filter(phone=PHONE).exists()


def test_cf_19_link_says_who_invites_and_nothing_about_the_customer(room, invitation, customer, visitor):
    page = visitor.get(join_url(invitation)).content.decode()

    assert "办电客户" in page
    assert "设计单位联系人" in page
    for secret in (customer.name, customer.phone, "演示精密制造", str(room.order), PHONE):
        assert secret not in page
    assert Page(page).problems == []


def test_cf_19_wrong_phone_is_counted_neutrally_and_locks_after_five(invitation, visitor):
    for _ in range(5):
        answer = visitor.post(join_url(invitation), {"phone": "19900000078"})
    after = visitor.post(join_url(invitation), {"phone": PHONE})

    assert "不一致，或邀请已失效" in answer.content.decode()
    assert after.status_code == 410
    assert not User.objects.filter(phone=PHONE).exists()


@pytest.mark.parametrize("end", ["revoked", "expired", "used", "closed"])
def test_cf_19_void_link_lets_nobody_in(room, invitation, customer, manager, visitor, end):
    later = timezone.now()
    if end == "revoked":
        inviting.revoke(invitation, by=customer)
    elif end == "expired":
        later += timedelta(days=7, minutes=1)
    elif end == "used":
        register(Client(), invitation)
    else:
        flow.advance(room.order, "terminate", inputs.Reason(reason="客户不再需要"), by=manager)
    before = room.memberships.count()

    with time_machine.travel(later):
        for step in ("start", "code", "details"):
            assert visitor.get(join_url(invitation, step)).status_code == 410
        assert visitor.post(join_url(invitation), {"phone": PHONE}).status_code == 410
    assert room.memberships.count() == before


def test_cf_19_link_revoked_while_the_code_is_typed_lets_nobody_in(room, invitation, customer, visitor):
    visitor.post(join_url(invitation), {"phone": PHONE})
    code = CODE.search(visitor.get(join_url(invitation, "code")).content.decode())[1]
    inviting.revoke(invitation, by=customer)

    assert visitor.post(join_url(invitation, "code"), {"code": code}).status_code == 410
    assert not room.memberships.filter(user__phone=PHONE).exists()


def test_cf_19_forwarded_link_is_no_use_to_another_person(room, invitation, builder, outsider, browser_of):
    for user in (builder, outsider):
        http = browser_of(user)
        assert http.post(join_url(invitation), {"phone": user.phone}).status_code == 200
        assert http.get(join_url(invitation, "details")).status_code == 302
    assert refusal(inviting.accept, invitation, builder) == "invalid"
    assert room.memberships.present().count() == 2


def test_ch_07_removed_member_does_not_come_back_by_the_old_link(room, customer, invitation, visitor):
    register(visitor, invitation)
    membership.remove(room.memberships.present().get(user__phone=PHONE), by=customer)

    assert visitor.get(join_url(invitation)).status_code == 410
    assert visitor.post(join_url(invitation)).status_code == 410
    assert visitor.get(room.get_absolute_url()).status_code == 404


def test_new_link_for_the_same_phone_revokes_the_old_one(invitation, customer, visitor):
    new = inviting.again(invitation, by=customer)

    assert visitor.get(join_url(invitation)).status_code == 410
    assert visitor.get(join_url(new)).status_code == 200


def test_az_09_only_hosts_invite_and_see_the_link(room, invitation, let_in, builder, manager, outsider, browser_of):
    let_in(builder)
    pages = [reverse("chat:invite", args=[room.pk]), reverse("chat:invitation", args=[room.pk, invitation.pk])]

    assert {browser_of(manager).get(page).status_code for page in pages} == {200}
    assert {browser_of(builder).get(page).status_code for page in pages} == {403}
    assert {browser_of(outsider).get(page).status_code for page in pages} == {404}
    assert refusal(inviting.invite, room, by=builder, **PERSON) == "not_allowed"
    with pytest.raises(NotFound):
        inviting.invite(room, by=outsider, **PERSON)


def test_az_09_invitation_of_another_room_is_not_there(make_room, customer, browser_of):
    mine, other = make_room(), make_room()
    foreign = inviting.invite(other, by=customer, **PERSON)

    for name in ("invitation", "again", "revoke"):
        url = reverse(f"chat:{name}", args=[mine.pk, foreign.pk])
        http = browser_of(customer)
        assert (http.get(url) if name == "invitation" else http.post(url)).status_code == 404


def test_az_10_only_the_links_own_token_opens_it(invitation, visitor):
    token = links.token_of(invitation)
    forged = [token[:-2] + "AA", token[2:], "A" * 43, "x", signing.dumps(str(invitation.pk)).replace(":", "-")]

    assert [visitor.get(reverse("chat:join_start", args=[each])).status_code for each in forged] == [404] * len(forged)
    assert links.invitation_of(token) == invitation
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values().get())


def test_az_10_code_for_joining_opens_nothing_else(invitation, visitor, client):
    visitor.post(join_url(invitation), {"phone": PHONE})
    code = CODE.search(visitor.get(join_url(invitation, "code")).content.decode())[1]

    for name in ("login_verify", "register_verify", "reset_verify"):
        assert visitor.post(reverse(f"accounts:{name}"), {"code": code}).status_code == 302
    assert visitor.get(reverse("accounts:register_details")).status_code == 302
    assert visitor.get(reverse("accounts:me")).status_code == 302


def test_az_08_contact_sees_the_chat_and_nothing_else(room, let_in, builder, browser_of):
    let_in(builder)
    http = browser_of(builder)

    home = http.get(reverse("workorders:home")).content.decode()
    assert room.get_absolute_url() in home
    for name in ("order", "trace", "manager"):
        assert http.get(reverse(f"workorders:{name}", args=[room.pk])).status_code == 404
    for name in ("progress", "records"):
        assert str(room.order) not in http.get(reverse(f"workorders:{name}")).content.decode()
    assert "演示精密制造" not in http.get(room.get_absolute_url()).content.decode()
    assert http.post(reverse("chat:transcript", args=[room.pk])).status_code == 403


def test_member_is_not_invited_again(room, customer, let_in, builder):
    let_in(builder)

    code = refusal(inviting.invite, room, by=customer, role="design", name="演示施工员", phone=builder.phone)
    assert code == "invalid"


def test_ten_invitations_an_hour_are_the_most(room, customer):
    for number in range(10):
        inviting.invite(room, by=customer, **PERSON | {"phone": f"199000001{number:02}"})

    assert refusal(inviting.invite, room, by=customer, **PERSON) == "too_fast"
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1)):
        inviting.invite(room, by=customer, **PERSON)


def test_inviter_who_leaves_does_not_kill_the_link(room, manager, far_manager, area, supervisor, visitor):
    invitation = inviting.invite(room, by=manager, **PERSON)
    area.managers.add(far_manager)
    dispatch.reassign([room.order], area=area, manager=far_manager, by=supervisor)

    register(visitor, invitation)

    assert room.memberships.present().filter(user__phone=PHONE).exists()


def test_papers_that_name_a_contact_lead_to_the_link_to_share(room, customer, browser_of):
    named = {"order": room.order, "partner_name": "演示设计", "partner_phone": PHONE}
    submission = Submission(stage=Stage.DESIGN, **named)

    url = order_hooks.after_submission(submission, customer)
    again = order_hooks.after_submission(submission, customer)

    assert url == again
    page = browser_of(customer).get(url).content.decode()
    assert links.token_of(Invitation.objects.get()) in page
    assert "返回服务记录" in page
    assert "sms:19900000077?body=" in page
    assert order_hooks.after_submission(Submission(stage=Stage.MID, **named), customer) == ""


def test_handing_in_the_design_shows_the_link_and_then_the_records(make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    driver.attach_needed(order, Stage.DESIGN)
    data = {"intended_connection_on": "2027-03-01", "contact_name": "演示客户", "contact_phone": customer.phone}
    data |= {"partner_name": "演示设计", "partner_phone": PHONE, "declared": "on", "seen": order.event_count}

    answer = browser_of(customer).post(reverse("workorders:submission", args=[order.pk]), data)

    (invitation,) = Invitation.objects.all()
    assert (invitation.name, invitation.phone, invitation.role) == ("演示设计", PHONE, MemberRole.DESIGN)
    page = browser_of(customer).get(answer.url).content.decode()
    assert "设计文件送审已提交" in page
    assert links.token_of(invitation) in page
    assert reverse("workorders:records") in page


def test_every_act_is_on_record(room, customer, invitation, visitor):
    register(visitor, invitation)
    membership.remove(room.memberships.present().get(user__phone=PHONE), by=customer, reason="换人")

    actions = list(AuditEntry.objects.filter(room=room).values_list("action", flat=True))
    assert actions == ["open", "join", "join", "invite", "join", "remove"]
