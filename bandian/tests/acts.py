"""What people do on pages that are no order's: one row for each that takes a POST and changes something.

Those of orders and rooms stand in bandian/tests/races/actions.py; together they hold all that the matrix knows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.conftest import PHOTO
from accounts.enums import Role
from accounts.identity import claims, id_photos
from accounts.models import Enterprise, RealName, User
from bandian.tests.races.actions import ACTIONS, ELSEWHERE
from files.tests.samples import png, upload
from signing.enums import SealKind, SealState
from signing.models import Seal
from signing.seals.tests import sealing
from workorders.models import Feedback
from workorders.models.service_choices import FeedbackKind, FeedbackState

PASSWORD = "梧桐树下 42 只猫"
REASON = {"reason": "演示原因，请核对"}
CODE = "91110105MA0DEM013Y"


@dataclass(frozen=True)
class Act:
    """A form on a page of the matrix, sent by an actor to an address of its own or to the page's.

    `data` is filled in beside what the page shows; `prepare` gets the world before. Of many forms to one address,
    it is the one that has `button` as the value of a hidden field or a button.
    """

    actor: str
    page: str
    thing: str = "-"
    to: tuple[str, str] = ("", "-")
    data: dict | Callable = lambda: {}
    prepare: Callable = lambda world: None
    has: str = ""

    def __str__(self):
        return self.to[0] or self.page

    def form(self, world, client):
        """Return (address, what is sent) as a browser would send the filled page."""
        shown = world.path(self.page, self.thing)
        to = world.path(*self.to) if self.to[0] else shown
        data = self.data() if callable(self.data) else self.data
        for action, fields in Page(client.get(shown).content.decode()).forms:
            if urlsplit(urljoin(shown, action)).path == to and (not self.has or self.has in fields.values()):
                return to, fields | data
        raise AssertionError(f"{shown} has no form that is sent to {to}.")


class Page(HTMLParser):
    """The forms of a page that post: [(action, what a browser would send of it untouched)], one for each action."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.fields, self.select, self.text = [], None, None, None
        self.depth = 0  # inside a template, which is no part of a form
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name, value = attrs.get("name"), attrs.get("value")
        self.depth += tag == "template"
        if tag == "form":
            self.fields = {}
            if attrs.get("method") == "post":
                self.forms.append((attrs.get("action") or "", self.fields))
        elif self.fields is None or self.depth:
            return
        elif tag in ("button", "input") and attrs.get("type") not in ("checkbox", "radio", "file"):
            if "formaction" in attrs:
                self.forms.append((attrs["formaction"], self.fields))
            elif name and (tag == "input" and attrs.get("type") != "submit"):
                self.fields[name] = value or ""
        elif tag == "input" and "checked" in attrs:
            self.fields[name] = value or "on"
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (self.select not in self.fields or "selected" in attrs):
            self.fields[self.select] = value or ""
        elif tag == "textarea":
            self.text, self.fields[name] = name, ""

    def handle_data(self, data):
        if self.text:
            self.fields[self.text] += data.removeprefix("\n")

    def handle_endtag(self, tag):
        self.depth -= tag == "template"
        if tag == "form":
            self.fields = None
        elif tag in ("select", "textarea"):
            self.select = self.text = None


def _password(actor):
    def give(world):
        User.objects.filter(pk=world.users[actor].pk).update(password=make_password(PASSWORD))

    return give


def _elsewhere(world):
    other = Client()
    other.force_login(world.users["customer"], "django.contrib.auth.backends.ModelBackend")
    other.get("/account/terms/")  # from here on it is one that has begun


def _claim(world):
    RealName.objects.filter(user=world.users["customer"]).delete()
    record = claims.claim(world.users["customer"], name="演示人员", id_number="890101199003078881", photo=PHOTO)
    id_photos.show(record, by=world.users["supervisor"])


def _compared_late(world):
    RealName.objects.filter(user=world.users["customer"]).update(compared_at=None)


def _without_people(world):
    User.objects.filter(enterprise=Enterprise.objects.get()).update(enterprise=None)


def _answered_long_ago(world):
    long_ago = timezone.now() - timedelta(days=60)
    Feedback.objects.filter(kind=FeedbackKind.COMPLAINT).update(state=FeedbackState.ANSWERED, since=long_ago)


def _valid_seal(world):
    Seal.objects.filter(pk=world.things["seal"]["pk"]).update(state=SealState.VALID)


def _papers():
    return sealing.answers(kind=SealKind.OFFICIAL)


def _photo():
    return upload(png(), "照片.png")


PERSON, SEAL = ("admin:accounts_realname_change", "admin_user"), ("admin:signing_seal_change", "admin_seal")
ACTS = [
    Act("customer", "accounts:enterprise", data={"address": "演示路 99 号"}),
    Act("outsider", "accounts:identity", data=lambda: {
        "name": "演示人员", "id_kind": "resident", "id_number": "890101199003078881", "photo": _photo(),
        "consent": "on",
    }),
    Act("outsider", "accounts:name", data={"name": "演示新名"}),
    Act("customer", "notifications:settings"),
    Act("customer", "notifications:inbox", to=("notifications:mark_all_read", "-")),
    Act("customer", "notifications:check", to=("notifications:send_test", "-")),
    Act("customer", "accounts:privacy_mine", to=("accounts:give_consent", "-"), has="sharing"),
    Act("customer", "accounts:privacy_mine", to=("accounts:export", "-")),
    Act("customer", "accounts:sessions", to=("accounts:end_other_sessions", "-"), prepare=_elsewhere),
    Act("customer", "workorders:new", data={"province": "33", "city": "3301", "district": "330106"}),
    Act("customer", "workorders:feedback_box", data={"kind": "question", "text": "演示的话，请答复"}),
    Act("customer", "seals:apply", data=_papers),
    Act("customer", "seals:cancel_seal", "seal", data=REASON),
    Act("manager", "chat:replies", data={"text": "演示答复"}),
    Act("supervisor", "admin:accounts_user_add", data={"phone": "19900000077", "name": "演示经理", "role": "manager"}),
    Act("supervisor", "admin:accounts_user_change", "admin_user", data={"name": "演示改名"}),
    Act("supervisor", "admin:accounts_user_end_sessions", "person"),
    Act("supervisor", "admin:accounts_user_send_reset", "person"),
    Act("supervisor", "admin:accounts_enterprise_add", data={
        "name": "演示供电有限公司", "credit_code": CODE, "legal_representative": "演示法人", "address": "演示路",
    }),
    Act("supervisor", "admin:accounts_enterprise_change", "admin_enterprise", data=REASON | {"address": "演示路 1 号"},
        prepare=_without_people),
    Act("supervisor", *PERSON, to=("admin:accounts_realname_approve", "person"), prepare=_claim),
    Act("supervisor", *PERSON, to=("admin:accounts_realname_reject", "person"), data=REASON, prepare=_claim),
    Act("supervisor", *PERSON, to=("admin:accounts_realname_number", "person"), data=REASON),
    Act("supervisor", *PERSON, to=("admin:accounts_realname_enterprise", "person"), data={"licence_seen": "on"}),
    Act("supervisor", *SEAL, to=("admin:signing_seal_approve", "seal")),
    Act("supervisor", *SEAL, to=("admin:signing_seal_reject", "seal"), data=REASON),
    Act("supervisor", *SEAL, to=("admin:signing_seal_cancel", "seal"), data=REASON, prepare=_valid_seal),
    Act("supervisor", "admin:signing_seal_add", data=lambda: {
        "enterprise": str(Enterprise.objects.get().pk), "kind": "official", "size_mm": "42",
    }, prepare=_without_people),
    Act("supervisor", "admin:signing_certificate_revoke", "certificate", data=REASON),
    Act("supervisor", "admin:workorders_servicearea_add", data={
        "name": "演示新区", "code": "3301009", "company": "演示供电公司", "credit_code": CODE, "address": "演示路",
        "regions-0-prefix_0": "31", "representative": "演示负责",
    }),
    Act("supervisor", "admin:workorders_servicearea_change", "admin_area", data={
        "address": "演示路 9 号", "representative": "演示负责",
    }),
    Act("supervisor", "admin:workorders_limit_add", data={"state": "surveying", "days": "2"}),
    Act("supervisor", "admin:workorders_limit_change", "admin_limit", data={"days": "4"}),
    Act("supervisor", "admin:workorders_limit_delete", "admin_limit"),
    Act("supervisor", "admin:workorders_promise_add", data={"days": "20", "min_voltage": "10"}),
    Act("supervisor", "admin:workorders_promise_change", "admin_promise", data={"days": "40"}),
    Act("supervisor", "admin:workorders_promise_delete", "admin_promise"),
    Act("supervisor", "admin:workorders_calendarday_add", data={"day": "2027-03-08"}),
    Act("supervisor", "admin:workorders_calendarday_change", "admin_day", data={"is_working": "on"}),
    Act("supervisor", "admin:workorders_calendarday_delete", "admin_day"),
    Act("supervisor", "admin:workorders_calendarday_import", data={"lines": "2027-05-03 休"}),
    Act("supervisor", "admin:workorders_feedback_change", "admin_feedback",
        to=("admin:workorders_feedback_answer", "feedback"), data={"answer": "演示答复，谢谢"}),
    Act("supervisor", "admin:workorders_feedback_change", "admin_feedback",
        to=("admin:workorders_feedback_close", "feedback"), data={"reason": "演示办结"}, prepare=_answered_long_ago),
    Act("supervisor", "admin:workorders_feedback_change", "admin_feedback",
        to=("admin:workorders_feedback_accused", "feedback"),
        data=lambda: {"person": User.objects.filter(role=Role.MANAGER).earliest("pk").pk}),
    Act("supervisor", "admin:workorders_followup_change", "admin_follow_up",
        to=("admin:workorders_followup_call", "follow_up"), data={
            "contact_name": "演示客户", "contact_phone": "19900000001", "outcome": "no_answer", "advice": "演示备注",
        }),
]  # fmt: skip
# A code or a password that counts once comes with them: accounts/views/tests/test_sent_twice.py has the way in.
ONCE = {
    "accounts:login", "accounts:login_code", "accounts:login_verify", "accounts:register", "accounts:register_verify",
    "accounts:register_details", "accounts:reset", "accounts:reset_verify", "accounts:reset_password",
    "accounts:phone", "accounts:phone_code", "accounts:phone_code_verify", "accounts:phone_new",
    "accounts:phone_new_verify", "accounts:password", "accounts:close", "accounts:second_factor", "accounts:logout",
    "accounts:end_session", "admin:login", "admin:logout", "admin:password_change",
}  # fmt: skip
# They answer a question, or a script, and change nothing that a second time would change again.
NO_ACT = {
    "csp_report", "check:start", "check:document", "accounts:session", "accounts:withdraw_consent",
    "notifications:subscribe", "notifications:unsubscribe", "seals:preview", "admin:index", "admin:app_list",
    "admin:accounts_realname_compare",
}  # fmt: skip


def of_orders() -> set[str]:
    return {action.page for action in ACTIONS} | ELSEWHERE
