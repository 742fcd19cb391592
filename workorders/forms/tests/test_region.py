"""The choice of a region, and the desk's headings, in a real browser: on pages of their own, without a server."""

import mimetypes
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SITE = "http://region.test"
REGION = """
<form data-region data-url="/regions/">
  <div data-region-warning>杭州市还没有供电单位在线受理。</div><input type="hidden" name="unserved" data-region-warning>
  <select data-level="0"><option selected>浙江省</option><option>江苏省</option></select>
  <button name="go" data-region-go="企业新装">仍选择该地区，继续</button>
</form><script type="module" src="/static/workorders/region.js"></script>"""
DESK = """
<link rel="stylesheet" href="/static/admin/css/base.css"><link rel="stylesheet" href="/static/bandian/admin.css">
<table><thead><tr><th>适用电压（kV 及以上）</th></tr></thead></table>"""


@pytest.fixture
def show(new_context):
    """Return a function that opens a page with this body and the site's static files."""
    page = new_context().new_page()

    def opened(body):
        def answer(route):
            path = urlsplit(route.request.url).path
            if path.startswith(settings.STATIC_URL):
                file = finders.find(path.removeprefix(settings.STATIC_URL))
                return route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0])
            return route.fulfill(body=f"<!doctype html>{body}", content_type="text/html; charset=utf-8")

        page.route("**/*", answer)
        page.goto(SITE)
        return page

    return opened


def test_warning_of_an_unserved_region_goes_with_the_choice_of_another(show):
    page = show(REGION)

    page.locator("select").select_option("江苏省")

    expect(page.locator("[data-region-warning]")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_text("企业新装")


def test_units_in_the_headings_of_the_desk_stay_as_they_are_written(show):
    assert "kV" in show(DESK).locator("th").inner_text()
