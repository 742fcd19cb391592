"""Every form of every page: what was typed in it outlives the session, the token, a second click and the way back."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import KeptForm, RealName, Session
from bandian.tests import matrix
from bandian.web.pages import server_error
from bandian.web.posting import FORM_TOKEN, NEVER_SHOWN
from workorders.complaints import feedback_box
from workorders.models import Event, Feedback

BACKEND = "django.contrib.auth.backends.ModelBackend"
TYPED = "演示：刚才写的\u201c话\u201d&<b>"
TEXT_TYPES = ("text", "search", "email", "tel", "url", "number", "date", "datetime-local", None)
FROM_HERE = {"HTTP_ORIGIN": "http://testserver"}


class Forms(HTMLParser):
    """The forms of a page that post and take text: [(action, {hidden fields}, [names of text fields])]."""

    def __init__(self, page):
        super().__init__()
        self.found, self.form = [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "form":
            self.form = (attrs.get("action") or "", {}, []) if attrs.get("method") == "post" else None
            self.found += [self.form] if self.form else []
        elif self.form and tag == "input" and attrs.get("type") == "hidden":
            self.form[1][name] = attrs.get("value") or ""
        elif self.form and (tag == "textarea" or (tag == "input" and attrs.get("type") in TEXT_TYPES)):
            self.form[2].append(name)

    def handle_endtag(self, tag):
        self.form = None if tag == "form" else self.form

    @property
    def typed(self):
        return [(action, hidden, [*names]) for action, hidden, texts in self.found if (names := _kept_names(texts))]


def _kept_names(names):
    return [name for name in names if name and name not in NEVER_SHOWN and "__prefix__" not in name]


def shown(page):
    """Return every text of the page as its reader sees it, and every value of a field."""
    found = []

    class Texts(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append(dict(attrs).get("value") or "")

        def handle_data(self, data):
            found.append(data.strip())

    Texts().feed(page)
    return found


def places():
    """Return [(actor, page, thing)] for the first actor who may open each page of the matrix."""
    rows = [(page, thing, answers["GET"]) for page, (thing, answers) in matrix.read().items() if "GET" in answers]
    may = [(page, thing, [actor for actor in matrix.ACTORS if got[actor] == 200]) for page, thing, got in rows]
    return [(actors[0], page, thing) for page, thing, actors in may if actors]


@pytest.fixture(scope="module")
def known():
    """The forms that were found in this module: as nothing lasts, they need not be looked for twice."""
    return []


@pytest.fixture
def forms(world, known):
    """Every form with text: [(actor, address, where it is sent, hidden fields, names of its text fields)]."""
    found = known
    if found:
        return found
    for actor, page, thing in places():
        url = world.path(page, thing)
        for action, hidden, names in Forms(world.look(actor, url).page).typed:
            found.append((actor, url, action or url, hidden, names))
    assert len(found) > 40
    return found


def filled_again(world, actor, response, names, client):
    """Return what is wrong with the way back to a form whose sending was not taken; empty: all is well."""
    target = response.headers.get("Location", "")
    if "next=" in target:
        target = parse_qs(urlsplit(target).query)["next"][0]
    if response.status_code != 302 or "kept=" not in target:
        return f"not kept: {response.status_code} {target}"
    if actor != "anonymous":
        client.force_login(world.users[actor], BACKEND)
    page = client.get(target).content.decode()
    if page.count("data-kept") != 1 or "还没有提交" not in page:
        return f"{target} says nothing of it"
    values = shown(page)
    return "" if values.count(TYPED) == len(names) else f"{values.count(TYPED)} of {names} came back"


def test_form_whose_session_has_ended_is_there_after_the_login(world, forms):
    wrong = {}
    for actor, url, action, hidden, names in forms:
        if actor == "anonymous":
            continue
        with transaction.atomic():
            client, user = world.browser(actor), world.users[actor]
            before = Event.objects.count()
            Session.objects.filter(user=user).delete()
            response = client.post(action, hidden | dict.fromkeys(names, TYPED))
            effects = Event.objects.count() - before
            told = client.get(response.headers["Location"]).content.decode()
            if why := filled_again(world, actor, response, names, client):
                wrong[actor, url, action] = why
            if "刚才填写的内容已经保留" not in told or "草稿都在" in told or effects:
                wrong.setdefault((actor, url, action), "untrue words, or an effect")
            transaction.set_rollback(True)
    assert wrong == {}


def test_form_whose_token_is_stale_comes_back_filled(world, forms):
    wrong = {}
    for actor, url, action, hidden, names in forms:
        with transaction.atomic():
            client = Client(enforce_csrf_checks=True)
            if actor in world.sessions:
                client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[actor]
            client.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
            before = Event.objects.count()
            response = client.post(action, hidden | dict.fromkeys(names, TYPED), **FROM_HERE)
            effects = Event.objects.count() - before
            if why := filled_again(world, actor, response, names, client):
                wrong[actor, url, action] = why
            if effects:
                wrong.setdefault((actor, url, action), "an effect")
            transaction.set_rollback(True)
    assert wrong == {}


def test_way_back_to_a_step_just_taken_leads_to_what_was_done(world):
    url, client = world.path("workorders:object", "order"), world.browser("customer")
    form = Forms(client.get(url).content.decode()).typed[0]
    client.post(url, form[1] | {"reason": TYPED})

    back = client.get(url, follow=True)
    fresh = form[1] | {FORM_TOKEN: "", "reason": "另外写的话"}
    again = client.post(url, fresh)

    assert back.redirect_chain
    assert "您已办理“异议”" in back.content.decode() or "您已办理" in back.content.decode()
    assert again.status_code == 409
    assert "另外写的话" in again.content.decode()
    assert "没有生效" not in again.content.decode()


def test_conflict_with_another_person_shows_what_was_typed(world):
    url, client = world.path("workorders:object", "order"), world.browser("customer")
    form = Forms(client.get(url).content.decode()).typed[0]
    stale = form[1] | {"seen": "1", "reason": TYPED}

    page = client.post(url, stale).content.decode()

    assert TYPED in shown(page)
    kept = re.search(r'href="([^"]*kept=[^"]*)"', page)[1]
    assert TYPED in shown(client.get(kept).content.decode())


def test_what_was_kept_is_shown_to_nobody_else_and_goes_when_it_is_sent(world):
    url, client = world.path("workorders:object", "order"), world.browser("customer")
    form = Forms(client.get(url).content.decode()).typed[0]
    Session.objects.filter(user=world.users["customer"]).delete()
    target = parse_qs(urlsplit(client.post(url, form[1] | {"reason": TYPED}).headers["Location"]).query)["next"][0]
    handler = world.browser("supervisor").get("/messages/" + target[target.index("?") :]).content.decode()

    client.force_login(world.users["customer"], BACKEND)
    again = Forms(client.get(target).content.decode()).typed[0]
    sealed = KeptForm.objects.get()
    client.post(url, again[1] | {"reason": TYPED})

    assert TYPED not in handler
    assert TYPED in sealed.sent
    assert not KeptForm.objects.exists()


def test_what_a_stranger_sent_is_shown_in_no_other_browser(db):
    url, client = reverse("accounts:login"), Client(enforce_csrf_checks=True)
    hidden = Forms(client.get(url).content.decode()).typed[0][1]
    client.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    target = client.post(url, hidden | {"note": TYPED}, **FROM_HERE).headers["Location"]

    assert "kept=" in target
    assert TYPED in shown(client.get(target).content.decode())
    assert TYPED not in shown(Client().get(target).content.decode())


def test_answer_that_is_refused_comes_back_and_beside_another_persons(world):
    url, answer = (world.path(f"admin:workorders_feedback_{name}", thing) for name, thing in
                   (("change", "admin_feedback"), ("answer", "feedback")))  # fmt: skip
    client = world.browser("supervisor")
    form = Forms(client.get(url).content.decode()).typed[0]
    long = TYPED + "长" * 2001

    page = client.post(answer, form[1] | {"answer": long}, follow=True).content.decode()
    again = Forms(page).typed[0]
    feedback_box.answer(Feedback.objects.get(), text="别人的答复", by=world.users["superuser"])
    late = client.post(answer, again[1] | {"answer": TYPED}, follow=True).content.decode()

    assert long in shown(page)
    assert "已经答复" in late
    assert TYPED in shown(late)


def test_word_on_an_answer_outlives_the_login_and_counts_once(world):
    complaint = feedback_box.answer(Feedback.objects.get(), text="答复", by=world.users["superuser"])
    page, reopen = (world.path(f"workorders:{name}", "feedback") for name in ("feedback", "feedback_reopen"))
    client = world.browser("customer")
    form = Forms(client.get(page).content.decode()).typed[0]
    Session.objects.filter(user=world.users["customer"]).delete()

    target = parse_qs(urlsplit(client.post(reopen, form[1] | {"text": TYPED}).headers["Location"]).query)["next"][0]
    client.force_login(world.users["customer"], BACKEND)
    filled = client.get(target).content.decode()
    hidden = Forms(filled).typed[0][1]
    first, second = [client.post(reopen, hidden | {"text": TYPED}) for _ in range(2)]

    assert TYPED in shown(filled)
    assert first.headers["Location"] == second.headers["Location"] == page
    assert [turn.text for turn in complaint.turns.all()].count(TYPED) == 1


def test_rows_added_at_the_desk_come_back(world):
    url, client = world.path("admin:workorders_servicearea_change", "admin_area"), world.browser("supervisor")
    form = Forms(client.get(url).content.decode()).typed[0]
    prefix = next(name for name in form[1] if name.endswith("-TOTAL_FORMS")).removesuffix("-TOTAL_FORMS")
    rows = {f"{prefix}-TOTAL_FORMS": "5", f"{prefix}-4-prefix_0": "33", f"{prefix}-4-min_voltage": "35"}
    Session.objects.filter(user=world.users["supervisor"]).delete()

    target = parse_qs(urlsplit(client.post(url, form[1] | rows).headers["Location"]).query)["next"][0]
    client.force_login(world.users["supervisor"], BACKEND)
    page = client.get(target).content.decode()

    region = page.split(f'name="{prefix}-4-prefix_0"')[1].split("</select>")[0]
    assert re.search(r'<option[^>]*value="33"[^>]* selected|<option[^>]* selected[^>]*value="33"', region)
    assert re.search(rf'name="{prefix}-4-min_voltage"[^>]*value="35"', page)
    assert re.search(rf'name="{prefix}-TOTAL_FORMS" value="5"', page)


def test_form_that_waits_for_the_real_name_check_is_kept_for_afterwards(world):
    url, client = world.path("workorders:object", "order"), world.browser("customer")
    form = Forms(client.get(url).content.decode()).typed[0]
    RealName.objects.filter(user=world.users["customer"]).delete()

    answer = client.post(url, form[1] | {"reason": TYPED})
    told = client.get(answer.headers["Location"]).content.decode()
    back = parse_qs(urlsplit(answer.headers["Location"]).query)["next"][0]

    assert "您填写的内容还在" in told
    assert TYPED in shown(client.get(back).content.decode())


def test_page_of_a_failure_shows_what_was_typed(rf):
    page = server_error(rf.post("/", {"reason": TYPED, "password": "不显示 的", "n": "17"})).content.decode()

    assert [TYPED in shown(page), "不显示" in page] == [True, False]


def test_page_made_for_another_account_is_not_sent_by_this_one(world):
    url, client = world.path("workorders:feedback_box"), Client(enforce_csrf_checks=True)
    form = Forms(world.send("customer", "GET", url).content.decode()).typed[0]
    client.force_login(world.users["outsider"], BACKEND)

    answer = client.post(url, form[1] | {"text": TYPED}, **FROM_HERE)

    assert answer.status_code == 403
    assert "另一个账号" in answer.content.decode()
    assert not KeptForm.objects.exists()


def test_form_of_another_site_is_not_kept(world):
    url, client = world.path("workorders:feedback_box"), Client(enforce_csrf_checks=True)
    form = Forms(world.send("customer", "GET", url).content.decode()).typed[0]
    client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions["customer"]

    answer = client.post(url, form[1] | {"text": TYPED}, HTTP_ORIGIN="https://evil.example")

    assert answer.status_code == 403
    assert not KeptForm.objects.exists()
