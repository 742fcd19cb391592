"""A form that is sent too late, twice, and again from the page that one went back to; each returns what is wrong.

What was typed is there, there is one effect, and no word on the way is untrue.
"""

import re
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import resolve

from accounts.keeping import repeats
from accounts.models import Session
from bandian.tests.test_keeping import BACKEND, FROM_HERE, shown

UNTRUE = re.compile("没有生效|出错了|失败|已经有这一条|请刷新页面后重试|草稿都在")
# They hand out what was asked for, or show what would be done, and write down that they did, each time.
HANDED_OUT = {
    "admin:workorders_workorder_preview",
    "accounts:export", "admin:accounts_realname_number", "workorders:evidence", "workorders:trace_pdf",
    "workorders:dossier", "chat:transcript", "chat:original", "admin:workorders_workorder_id_number",
}  # fmt: skip
# They leave nothing in a table but that sessions are gone, or that a text was sent.
SILENT = {
    "workorders:contract_scan", "workorders:arrange",  # one photo has no place to move to
    "accounts:end_other_sessions", "admin:accounts_user_end_sessions", "admin:accounts_user_send_reset",
}  # fmt: skip
# What every request may write: that somebody was here, or looked.
MARKS = {"accounts_session", "accounts_keptform", "accounts_keptfile"}
LOOKING = {"workorders_event", "workorders_workorder", "signing_sealevent", "notifications_notification"}
WRITING = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


@contextmanager
def written():
    """Yield a set that holds, afterwards, the tables in which something was written."""
    tables = set()

    def note(execute, sql, params, many, context):
        if found := WRITING.match(sql):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables
    tables -= MARKS


def post(client, address, fields, **headers):
    for value in fields.values():
        if hasattr(value, "seek"):
            value.seek(0)
    answer = client.post(address, fields, **headers)
    answer.close()
    return answer


def texts(fields):
    """Return what somebody wrote among what is sent."""
    return [value for value in fields.values() if isinstance(value, str) and value.startswith("演示")]


def told(client, answer):
    """Return the page that somebody sees after an answer."""
    return client.get(answer.headers["Location"], follow=True).content.decode() if answer.status_code == 302 else ""


def twice(client, address, fields, *, is_silent=False):
    """Send a form twice; return what is wrong with that. What ends or mutes something may do so again."""
    with written() as once:
        first = post(client, address, fields)
    with written() as again:
        second = post(client, address, fields)
    wrong = []
    if first.status_code not in (200, 302) or not (once or is_silent):
        wrong.append(f"did nothing: {first.status_code} {shown_errors(first)}")
    if (second.status_code, second.headers.get("Location")) != (first.status_code, first.headers.get("Location")):
        wrong.append(f"{first.status_code} {first.headers.get('Location')}, then {second.status_code}")
    if again and repeats.is_taken_once(resolve(address.split("?")[0]).func):
        wrong.append(f"acted twice on {again}")
    if found := UNTRUE.search(told(client, second)):
        wrong.append(f"says {found[0]}")
    return wrong


def shown_errors(answer):
    if answer.streaming or answer.status_code != 200:
        return ""
    return re.findall(r'(?s)class="(?:errorlist|field__error|error-summary)[^>]*>(.*?)</', answer.content.decode())[:3]


def back(client, page, address, fields):
    """Go back to a page whose form was sent, and send it with other words; return what is wrong with that."""
    wrong = []
    with written() as looked:
        seen = client.get(page, follow=True)
    if seen.status_code not in (200, 404) or UNTRUE.search("" if seen.streaming else seen.content.decode()):
        wrong.append(f"the way back leads to {seen.status_code}")
    if more := looked - LOOKING:
        wrong.append(f"looking changed {more}")
    other = {key: f"演示另写{value}" if value in texts(fields) else value for key, value in fields.items()}
    if other != fields:
        answer = post(client, address, other)
        there = answer.status_code == 302 or texts(other)[0] in shown(answer.content.decode())
        if answer.status_code >= 500 or not there:
            wrong.append(f"other words on the old page: {answer.status_code}")
    return wrong


def kept(client, user, answer, fields):
    """Follow an answer to a form that came too late; return what is wrong with the page at the end."""
    target = answer.headers.get("Location", "")
    target = parse_qs(urlsplit(target).query)["next"][0] if "next=" in target else target
    if answer.status_code != 302 or "kept=" not in target:
        return [f"not kept: {answer.status_code} {target}"]
    client.force_login(user, BACKEND)
    page = client.get(target, follow=True).content.decode()
    lost = [text for text in texts(fields) if text not in shown(page)]
    return [f"lost {lost}"] if lost else []


def too_late(client, user, address, fields):
    """Send a form after the session has ended, and one with a stale token; return what is wrong with that."""
    wrong = []
    stale = Client(enforce_csrf_checks=True)
    stale.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    stale.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    with written() as acted:
        answer = post(stale, address, fields, **FROM_HERE)
    wrong += kept(stale, user, answer, fields)
    Session.objects.filter(user=user).delete()
    with written() as acted_later:
        answer = post(client, address, fields)
    words = client.get(answer.headers.get("Location", "/")).content.decode()
    wrong += kept(client, user, answer, fields)
    if "刚才填写的内容已经保留" not in words or UNTRUE.search(words):
        wrong.append("untrue words at the login")
    return [*wrong, f"acted on {more}"] if (more := acted | acted_later) else wrong


def done(client, page, address, fields):
    """Send a form in time, twice, and go back; return what is wrong with that."""
    name = resolve(address).view_name
    if name in HANDED_OUT:
        return []
    return twice(client, address, fields, is_silent=name in SILENT) + back(client, page, address, fields)
