"""Two browsers on one row: the later one is shown both texts, and overwrites nothing unseen."""

import re

import pytest
from django.urls import reverse

from accounts.admin.tests.test_admin import card_data, change_url
from accounts.models import ManagerCard, User
from workorders.enums import Stage, State
from workorders.models import Application, Limit, ServiceArea
from workorders.views.tests.test_application_pages import ANSWERS
from workorders.views.tests.test_customer_steps import submission_data


def version_on(browser, url):
    return re.search(r'name="version" value="([^"]+)"', browser.get(url).content.decode())[1]


@pytest.fixture
def draft(make_order):
    return make_order(State.DRAFT)


def test_stale_draft_is_shown_both_texts_and_overwrites_nothing(browser_of, customer, draft):
    browser, url = browser_of(customer), reverse("workorders:application", args=[draft.pk])
    seen = version_on(browser, url)
    browser.post(url, ANSWERS | {"version": seen, "keep": "1", "address": "甲处写的", "form-1-count": "3"})

    page = browser.post(url, ANSWERS | {"version": seen, "keep": "1", "address": "乙处写的"}).content.decode()

    assert Application.objects.get(pk=draft.pk).address == "甲处写的"
    assert 'value="乙处写的"' in page
    assert "在别处改成了“甲处写的”" in page
    assert "变压器刚刚在别处改成了" in page
    now = re.search(r'name="version" value="([^"]+)"', page)[1]
    browser.post(url, ANSWERS | {"version": now, "keep": "1", "address": "乙处写的"})
    assert Application.objects.get(pk=draft.pk).address == "乙处写的"


def test_autosave_gives_the_next_version_and_refuses_a_stale_one(browser_of, customer, draft):
    browser, url = browser_of(customer), reverse("workorders:autosave", args=[draft.pk])
    seen = version_on(browser, reverse("workorders:application", args=[draft.pk]))

    first = browser.post(url, ANSWERS | {"version": seen, "address": "甲处写的"})
    same = browser.post(url, ANSWERS | {"version": seen, "address": "甲处写的"})
    stale = browser.post(url, ANSWERS | {"version": seen, "address": "乙处写的"})
    following = browser.post(url, ANSWERS | {"version": same.json()["version"], "address": "丙"})

    assert [answer.status_code for answer in (first, same, stale, following)] == [200, 200, 409, 200]
    assert Application.objects.get(pk=draft.pk).address == "丙"


def test_submission_saves_itself_and_sees_another_browser(browser_of, customer, make_order):
    order = make_order(State.DESIGN_OPEN)
    browser, page = browser_of(customer), reverse("workorders:submission", args=[order.pk])
    url, seen = reverse("workorders:submission_autosave", args=[order.pk]), version_on(browser, page)

    typed = submission_data(contact_name="演示甲", partner_phone="123", version=seen)
    first = browser.post(url, typed)
    stale = browser.post(url, typed | {"contact_name": "演示乙"})
    both = browser.post(page, typed | {"contact_name": "演示乙"}).content.decode()

    kept = order.submissions.get(stage=Stage.DESIGN)
    assert (first.status_code, stale.status_code) == (200, 409)
    assert (kept.contact_name, kept.partner_phone, kept.submitted_at) == ("演示甲", "", None)
    assert "演示乙" in both
    assert "在别处改成了“演示甲”" in both


def test_desk_shows_both_texts_of_area_limit_and_card(browser_of, supervisor, manager, area):
    browser = browser_of(supervisor)
    limit = Limit.objects.create(state=State.SUBMITTED, days=1)
    regions = {"regions-TOTAL_FORMS": "0", "regions-INITIAL_FORMS": "0"}
    facts = {name: getattr(area, name) for name in ("name", "code", "company", "credit_code", "address")}
    facts |= {"phone": area.phone, "representative": "演示甲", "managers": [manager.pk]}
    cases = (
        (reverse("admin:workorders_servicearea_change", args=[area.pk]), facts | regions, "representative",
         lambda: ServiceArea.objects.get(pk=area.pk).representative),
        (reverse("admin:workorders_limit_change", args=[limit.pk]), {"state": State.SUBMITTED, "supply_mode": "",
         "min_voltage": "0"}, "days", lambda: str(Limit.objects.get(pk=limit.pk).days)),
        (change_url(manager), card_data(manager), "name", lambda: User.objects.get(pk=manager.pk).name),
    )  # fmt: skip
    mine, theirs = {"days": "7"}, {"days": "5"}
    for url, data, name, stored in cases:
        seen = version_on(browser, url)
        other = browser.post(url, data | {name: theirs.get(name, "演示别人"), "version": seen})
        assert other.status_code == 302, (url, re.findall(r"errorlist[^<]*<li>([^<]+)", other.content.decode()))

        page = browser.post(url, data | {name: mine.get(name, "演示自己"), "version": seen})

        assert page.status_code == 200, url
        assert stored() == theirs.get(name, "演示别人")
        assert f"在别处改成了“{theirs.get(name, '演示别人')}”" in page.content.decode()
        assert f'value="{mine.get(name, "演示自己")}"' in page.content.decode()

    seen = version_on(browser, change_url(manager))
    ManagerCard.objects.filter(user=manager).update(philosophy="别人写的理念")
    data = card_data(manager) | {"card-0-philosophy": "自己写的理念", "version": seen}
    assert "自己写的理念" in browser.post(change_url(manager), data).content.decode()
    assert ManagerCard.objects.get(user=manager).philosophy == "别人写的理念"
