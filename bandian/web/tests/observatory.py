"""The scoring of MDN's HTTP Observatory (algorithm version 4), for the headers and scripts of one answer.

The values are those of src/grader/charts.js in the npm package @mdn/mdn-http-observatory 1.4.8, read strictly: what
its analysers let pass with a remark scores here as if it were missing.
"""

import re

GRADES = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (0, "worse than B"))
# Only who loses next to nothing is given the bonuses.
LEAST_FOR_BONUS = 90
HALF_A_YEAR = 15_768_000
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}


def score(response):
    """Return (points, grade, {test: modifier})."""
    policy = _policy(response.get("Content-Security-Policy", ""))
    modifiers = {
        "content-security-policy": _csp(policy),
        "cookies": _cookies(response.cookies),
        "cross-origin-resource-sharing": -50 if response.has_header("Access-Control-Allow-Origin") else 0,
        "cross-origin-resource-policy": _corp(response.get("Cross-Origin-Resource-Policy")),
        "referrer-policy": 5 if response.get("Referrer-Policy") in PRIVATE_REFERRERS else -5,
        "strict-transport-security": _hsts(response.get("Strict-Transport-Security", "")),
        "subresource-integrity": _scripts(response.content.decode()),
        "x-content-type-options": 0 if response.get("X-Content-Type-Options") == "nosniff" else -5,
        "x-frame-options": _frames(policy, response.get("X-Frame-Options")),
    }
    points = 100 + sum(value for value in modifiers.values() if value < 0)
    if points >= LEAST_FOR_BONUS:
        points += sum(value for value in modifiers.values() if value > 0)
    return points, next(grade for least, grade in GRADES if points >= least), modifiers


def _policy(header):
    parts = (part.split() for part in header.split(";"))
    return {name: values for name, *values in filter(None, parts)}


def _csp(policy):
    if not policy:
        return -25
    scripts, styles = (policy.get(name, policy.get("default-src", [])) for name in ("script-src", "style-src"))
    broad = {"'unsafe-inline'", "'unsafe-eval'", "data:", "https:", "http:", "*"}
    if broad & {*scripts} or "default-src" not in policy:
        return -20
    if broad & {*styles}:
        return 0
    closed = policy["default-src"] == ["'none'"] and policy.get("form-action") in (["'none'"], ["'self'"])
    return 10 if closed else 5


def _cookies(cookies):
    if not cookies:
        return 0
    if not all(cookie["secure"] for cookie in cookies.values()):
        return -40
    if not all(cookie["httponly"] for cookie in cookies.values() if "csrf" not in cookie.key):
        return -30
    return 5 if all(cookie["samesite"] in ("Lax", "Strict") for cookie in cookies.values()) else 0


def _corp(value):
    return {None: 0, "same-origin": 10, "same-site": 10, "cross-origin": 0}.get(value, -5)


def _hsts(value):
    age = re.search(r"max-age=(\d+)", value)
    if not age:
        return -20
    return 0 if int(age[1]) >= HALF_A_YEAR else -10


def _scripts(html):
    """Only scripts of our own count as safe without a hash."""
    sources = re.findall(r"<script[^>]*\bsrc=\"([^\"]*)\"", html)
    return 0 if all(re.match(r"/(?!/)", source) for source in sources) else -50


def _frames(policy, value):
    if policy.get("frame-ancestors") == ["'none'"]:
        return 5
    return 0 if value in ("DENY", "SAMEORIGIN") else -20
