"""HD-01 to HD-10: what every answer says to the browser, under production settings."""

import json
import logging
import os
import re
import runpy
from html.parser import HTMLParser
from unittest import mock

import pytest
from csp.utils import build_policy
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client
from django.urls import path, reverse

from bandian import settings as settings_module
from bandian.conftest import World
from bandian.tests import matrix, real_keys
from bandian.urls import urlpatterns as site_urlpatterns
from bandian.web import headers, pages
from bandian.web.tests import observatory
from workorders.journey.flow import Conflict
from workorders.models import WorkOrder

ROWS = matrix.read()
# The settings that production has and the tests have not.
CHANGED = (
    "DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
    "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY",
    "LANGUAGE_COOKIE_SECURE",
)  # fmt: skip


def fail(request, kind):
    if kind == "409":
        raise Conflict(WorkOrder.objects.first())
    raise {"400": SuspiciousOperation, "403": PermissionDenied, "500": ZeroDivisionError}[kind]


urlpatterns = [path("fail/<kind>/", pages.login_not_required(fail)), *site_urlpatterns]


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """The settings of production."""
    folder = str(tmp_path_factory.mktemp("var"))
    variables = {
        "ALLOWED_HOSTS": "localhost", "SMS_SENDER": "http", "SMS_HTTP_URL": "https://sms.example.com/send",
        "VAR_DIR": folder, **real_keys.KEYS,
    }  # fmt: skip
    with mock.patch.dict(os.environ, variables, clear=True):
        return runpy.run_path(settings_module.__file__)


@pytest.fixture
def production(settings, real):
    """Switch to what the site has in production, as far as it shows in the headers."""
    for name in CHANGED:
        if name in real:
            setattr(settings, name, real[name])
    settings.ROOT_URLCONF = __name__
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    return settings


def expect_all_headers(response):
    assert response["Content-Security-Policy"]
    directives = observatory._policy(response["Content-Security-Policy"])
    assert directives["default-src"] == ["'none'"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert not [name for name in response.headers if name.startswith("Access-Control-")]
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers


def test_hd_01_every_page_has_every_header(production, world: World):
    wrong = {}
    for name, (thing, answers) in ROWS.items():
        method = "GET" if answers["GET"]["customer"] != 405 else "POST"
        # Both, where the page has two kinds of answers.
        for actor in {answers[method][actor]: actor for actor in ("supervisor", "customer")}.values():
            try:
                expect_all_headers(world.send(actor, method, world.path(name, thing), secure=True))
            except (AssertionError, KeyError) as error:
                wrong[name, actor] = error

    assert wrong == {}


def test_hd_01_policy_allows_no_more_than_this():
    assert build_policy(headers.CONTENT_SECURITY_POLICY) == build_policy(
        django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    )
    assert {
        name: values for name, values in headers.CONTENT_SECURITY_POLICY.items() if not name.startswith("report")
    } == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }


REPORT = {"document-uri": "https://localhost/orders/?q=secret", "effective-directive": "script-src", "blocked-uri": "x"}


@pytest.mark.parametrize(
    "body",
    [
        {"csp-report": REPORT},
        [
            {
                "type": "csp-violation",
                "body": {"documentURL": REPORT["document-uri"], "effectiveDirective": "script-src"},
            }
        ],
    ],
)
def test_hd_01_report_of_the_browser_is_logged_without_its_query(client, caplog, body):
    with caplog.at_level(logging.WARNING, logger="bandian.csp"):
        response = client.post(headers.REPORT_PATH, json.dumps(body), content_type="application/reports+json")

    assert response.status_code == 204
    assert "script-src" in caplog.text
    assert "https://localhost/orders/" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 204), (b"{", 204), (b"[1, null]", 204), (b'{"csp-report": 1}', 204), (b"[" * 9000, 204), (b"\xff\x00", 204),
     (b'{"csp-report": {"document-uri": "a\\nb"}}', 204), (b" " * 20_000, 413)],
)  # fmt: skip
def test_hd_01_nonsense_as_report_is_no_error(client, caplog, body, status):
    response = client.post(headers.REPORT_PATH, body, content_type="application/csp-report")

    assert response.status_code == status
    assert not any("\n" in record.getMessage() for record in caplog.records)


def test_hd_01_reports_are_limited(client):
    codes = [
        client.post(headers.REPORT_PATH, "{}", content_type="application/csp-report").status_code
        for _ in range(pages.REPORTS.most + 1)
    ]

    assert codes == [204] * pages.REPORTS.most + [429]


@pytest.mark.parametrize("kind", ["400", "403", "409", "500"])
def test_hd_02_errors_have_every_header(production, world, kind):
    response = world.send("customer", "GET", f"/fail/{kind}/", secure=True)

    assert response.status_code == int(kind)
    expect_all_headers(response)
    assert response["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("method", "url", "extra", "status"),
    [
        ("GET", "/no-such-page/", {}, 404),
        ("POST", "/", {}, 405),
        ("GET", "/?q=%00", {}, 400),
        ("POST", "/", {"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
        ("GET", "/", {"HTTP_HOST": "evil.example"}, 400),
        ("POST", headers.REPORT_PATH, {"CONTENT_LENGTH": "20000"}, 413),
        ("GET", "/static/no-such-file.css", {}, 404),
    ],
)
def test_hd_02_errors_before_the_page_have_every_header(production, world, method, url, extra, status):
    response = world.send("customer", method, url, secure=True, **extra)

    assert response.status_code == status
    expect_all_headers(response)


def test_hd_02_request_without_a_token_has_every_header(production, db):
    response = Client(enforce_csrf_checks=True).post(reverse("accounts:login"), secure=True)

    assert response.status_code == 403
    expect_all_headers(response)


def test_hd_02_static_files_have_every_header(production, db, tmp_path):
    (tmp_path / "site.css").write_text("body {}")
    production.STATIC_ROOT = tmp_path
    production.WHITENOISE_AUTOREFRESH = True
    production.WHITENOISE_USE_FINDERS = False

    response = Client().get("/static/site.css", secure=True)
    response.close()

    assert response.status_code == 200
    expect_all_headers(response)
    assert "no-store" not in response["Cache-Control"]
    assert not response.cookies


@pytest.mark.parametrize("directive", ["camera", "microphone", "geolocation", "payment", "usb"])
def test_hd_03_no_page_may_use_the_device(directive):
    assert f"{directive}=()" in headers.OTHERS["Permissions-Policy"]


@pytest.mark.parametrize("name", ["accounts:terms", "accounts:privacy", "livez", "readyz"])
def test_hd_04_public_page_without_a_form_sets_no_cookie(production, world, name):
    assert not world.send("anonymous", "GET", world.path(name), secure=True).cookies


def test_hd_04_cookies_are_secure_hidden_from_scripts_and_of_this_site(production, db, client):
    response = client.get(reverse("accounts:login"), secure=True)
    client.post(reverse("accounts:login_code"), {"phone": "19900000999"}, secure=True)

    cookies = {**response.cookies, **client.cookies}
    assert cookies
    for cookie in cookies.values():
        assert cookie["secure"]
        assert cookie["samesite"] in ("Lax", "Strict")
        assert cookie["httponly"] or cookie.key == production.CSRF_COOKIE_NAME
        assert not cookie["domain"]


@pytest.mark.parametrize("name", ["attachment_download", "attachment_page", "document_download"])
def test_hd_05_user_files_are_inert(production, world, name):
    thing = "document" if name.startswith("document") else name.replace("_download", "")

    response = world.send("customer", "GET", world.path(f"workorders:{name}", thing), secure=True)

    assert response["Content-Security-Policy"] in ("default-src 'none'; sandbox", "sandbox; default-src 'none'")
    expect_all_headers(response)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
@pytest.mark.parametrize("actor", ["anonymous", "customer", "manager"])
def test_hd_06_change_asked_for_by_another_site_is_refused(world, actor, site):
    for name in ("workorders:withdraw", "accounts:login", "accounts:logout"):
        url = world.path(name, "order" if name == "workorders:withdraw" else "-")

        assert world.send(actor, "POST", url, HTTP_SEC_FETCH_SITE=site).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_hd_06_own_pages_and_old_browsers_are_heard(world, site):
    extra = {"HTTP_SEC_FETCH_SITE": site} if site else {}

    assert world.send("anonymous", "POST", reverse("accounts:login"), **extra).status_code == 200


def test_hd_06_links_from_elsewhere_still_lead_here(world):
    assert world.send("customer", "GET", "/", HTTP_SEC_FETCH_SITE="cross-site").status_code == 200


def test_hd_06_no_origin_is_let_in(production, world):
    asked = {"HTTP_ORIGIN": "https://evil.example", "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST"}
    response = world.send("customer", "OPTIONS", "/", secure=True, **asked)

    assert not [name for name in response.headers if name.startswith("Access-Control-")]


def test_hd_08_plain_http_is_sent_to_https(production, world):
    response = world.send("anonymous", "GET", "/account/login/")

    assert (response.status_code, response.url) == (301, "https://testserver/account/login/")
    assert world.send("anonymous", "GET", "/livez").status_code == 200


@pytest.mark.parametrize(
    ("actor", "url"),
    [("anonymous", "/account/login/"), ("anonymous", "/account/terms/"), ("customer", "/"), ("manager", "/admin/")],
)
def test_hd_09_observatory_gives_the_best_grade(production, world, actor, url):
    response = world.send(actor, "GET", url, secure=True)

    points, grade, modifiers = observatory.score(response)
    # A page that sets no cookie cannot earn the five points for good cookies.
    assert points >= (130 if modifiers["cookies"] == 0 else 135)
    assert grade == "A+"


def test_hd_09_observatory_finds_what_is_missing(production, world):
    response = world.send("anonymous", "GET", "/account/login/", secure=True)
    del response["Content-Security-Policy"], response["Strict-Transport-Security"]

    assert observatory.score(response)[:2] == (100 - 25 - 20, "worse than B")


class Page(HTMLParser):
    """Collects what must not be on a page."""

    void = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self, text):
        super().__init__()
        self.problems, self.ids, self.open = [], set(), []
        self.feed(text)
        self.problems += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        values = dict(attributes)
        if len(names) != len(set(names)):
            self.problems.append(f"<{tag}> names an attribute twice: {names}")
        if values.get("id") in self.ids:
            self.problems.append(f"the id {values['id']} stands twice")
        self.ids.add(values.get("id", object()))
        self.problems += [f"inline {name}" for name in names if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action"):
            if re.match(r"http://|//|javascript:", values.get(name) or ""):
                self.problems.append(f"{name}={values[name]}")
        if tag == "script" and "src" not in values and values.get("type") not in ("application/json", "importmap"):
            self.problems.append("inline script")
        if tag == "style":
            self.problems.append("inline style")
        if tag not in self.void and not (self.open and self.open[-1] == "svg") and tag not in ("path", "use", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        if tag in self.void:
            self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        # These may stay open by the rules of HTML.
        while (
            self.open and self.open[-1] != tag and self.open[-1] in ("li", "p", "option", "td", "tr", "th", "dd", "dt")
        ):
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()


PAGES = [name for name, (_, answers) in ROWS.items() if 200 in answers["GET"].values() and "jsi18n" not in name]


def test_hd_10_every_page_is_whole_and_holds_nothing_inline(world):
    found = {}
    for name in PAGES:
        thing, answers = ROWS[name]
        actors = ("customer", "outsider", "manager", "superuser", "anonymous")
        actor = next(actor for actor in actors if answers["GET"][actor] == 200)
        if page := world.look(actor, world.path(name, thing)).page:
            found[name] = Page(page).problems

    assert len(found) > 50
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_hd_10_static_files_hold_no_source_maps():
    assert list((django_settings.BASE_DIR / "static").rglob("*.map")) == []


@pytest.mark.parametrize("name", ["livez", "readyz"])
def test_health_says_no_more_than_that_it_is_well(client, db, name):
    response = client.get(f"/{name}")

    assert (response.status_code, response.content) == (200, b"ok")


def test_readiness_ends_with_the_database_without_details(client, db, monkeypatch, caplog):
    def broken():
        raise pages.DatabaseError("server at 10.0.0.1 is gone")

    with monkeypatch.context() as patch:
        patch.setattr(pages.connection, "cursor", broken)
        response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"unavailable")
    assert client.get("/livez").status_code == 200
    assert "10.0.0.1" in caplog.text


def test_readiness_ends_with_the_cache(client, db, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert client.get("/readyz").status_code == 503
