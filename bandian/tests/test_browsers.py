"""No script uses what the oldest browsers of docs/browsers.md lack; what they need instead stands in fallbacks.js."""

import re

import pytest
from django.conf import settings

# What came later than Chrome 86, Safari 15.4 or Firefox 98, and since when all three have it.
NEWER = {
    r"\brandomUUID\b": "https only",
    r"\bAbortSignal\.(timeout|any)\b": "Chrome 103, Safari 16",
    r"\.(findLast|findLastIndex)\(": "Chrome 97, Firefox 104",
    r"\.at\((?=-)": "Chrome 92",
    r"\bstructuredClone\b": "Chrome 98",
    r"\bObject\.(hasOwn|groupBy)\b": "Chrome 93",
    r"\b(Map\.groupBy|Array\.fromAsync|Promise\.(withResolvers|try)|Iterator\.from)\b": "2024",
    r"\.(toSorted|toReversed|toSpliced)\(": "Chrome 110",
    r"\.(isWellFormed|toWellFormed|checkVisibility|showPicker|togglePopover|showPopover|setHTMLUnsafe)\(": "2023",
    r"\bscrollend\b|\bpopover\b": "2025",
    r"\(\?<[=!]": "Safari 16.4",
    r"/[dgimsuy]*[dv][dgimsuy]*(?=[.,;)])": "Safari 17",
    r"^\s*static \{|#\w+ in \w": "Chrome 94",
    r"\b(OffscreenCanvas|CompressionStream|navigator\.locks|URL\.canParse)\b": "Safari 16.4",
    r"\bimport\b.*\bwith \{|^await |^const \w+ = await ": "modules that wait: Chrome 89",
}
# Guarded by a question whether it is there.
GUARDED = {r"\.requestSubmit\(": "requestSubmit)"}


def scripts():
    return {
        path: path.read_text(encoding="utf-8")
        for path in [*settings.BASE_DIR.glob("static/**/*.js"), settings.BASE_DIR / "templates/notifications/sw.js"]
        if path.name != "fallbacks.js"
    }


def newer_in(text):
    """Return what a script uses that is too new: [(line, the rule's reason)]."""
    code = re.sub(r"//.*|/\*\*.*?\*/", "", text)
    found = [(line.strip(), why) for rule, why in NEWER.items() for line in code.splitlines() if re.search(rule, line)]
    return found + [
        (rule, "unguarded") for rule, guard in GUARDED.items() if re.search(rule, code) and guard not in code
    ]


def test_scripts_run_in_the_oldest_browsers():
    assert {str(path): found for path, text in scripts().items() if (found := newer_in(text))} == {}


@pytest.mark.parametrize(
    "line",
    [
        "crypto.randomUUID()",
        "AbortSignal.timeout(1)",
        "x.findLast(f)",
        "x.at(-1)",
        "/(?<=a)b/.test(x)",
        "form.requestSubmit()",
    ],
)
def test_newer_ways_are_found(line):
    assert newer_in(line)


def test_pages_tell_an_old_browser_and_wechat_what_will_not_work(client):
    page = client.get("/account/login/").content.decode()

    assert "这个浏览器版本太旧" in page
    assert "在浏览器中打开" in page
    assert re.search(r'<script src="[^"]*bandian/browser.js" defer>', page)
