"""The steps of the contract by seal, below the pages."""

import re

from django.db.models import F
from django.urls import reverse

from accounts.enums import CodePurpose
from accounts.login import codes
from accounts.models import PhoneCode
from signing.marks.handwriting import Strokes
from signing.models import Proposal
from workorders.contract import confirming
from workorders.demo import samples
from workorders.inputs import Client
from workorders.models import WorkOrder


def hand():
    return Strokes.parse(samples.scribble())


def hash_of(order):
    return confirming.document_of(order).current.sha256


def propose(order, seal, by):
    return confirming.propose(order, by=by, seal=seal, hand=hand(), sha256=hash_of(order))


def code_for(proposal, browser="A"):
    """Return a fresh code for the proposal's act, without the wait between two codes."""
    for model in (Proposal, PhoneCode):
        model.objects.update(created_at=F("created_at") - codes.COOLDOWN)
    return _code(proposal.by, confirming.subject_of(proposal), browser)


def code_of_scan(order, by, browser="A"):
    """Return a code for handing in the stamped contract with the files that are there now."""
    return _code(by, confirming.scan_subject_of(order, by), browser)


def _code(by, subject, browser):
    return codes.issue(by.phone, CodePurpose.SIGN, browser=browser, address="192.0.2.1", subject=subject)[1]


def confirm(order, code, *, by, sha256=None, session="A"):
    return confirming.confirm(
        order, by=by, sha256=sha256 or hash_of(order), code=code, session=session, client=Client()
    )


def other(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def state_of(order):
    return WorkOrder.objects.get(pk=order.pk).state


def url(name, order, *args):
    return reverse(f"workorders:{name}", args=[order.pk, *args])


def page(http, name, order, *args):
    return http.get(url(name, order, *args)).content.decode()


def write(http, order, seal, **more):
    data = {"strokes": samples.scribble(), "sha256": hash_of(order), **more}
    return http.post(url("contract_seal", order, seal.pk), data)


def shown_message(http, order, act="contract"):
    """Ask for the code of the act and return the message that the demo server shows."""
    http.post(url(f"{act}_code", order))
    return re.search(r"演示</strong>（不发送真实短信）：(.*?)</p>", page(http, f"{act}_confirm", order))[1]


def shown_code(http, order, act="contract"):
    return re.search(r"验证码 (\d{6})", shown_message(http, order, act))[1]


def press_confirm(http, order, code, sha256=None, **more):
    return http.post(url("contract_confirm", order), {"code": code, "sha256": sha256 or hash_of(order), **more})
