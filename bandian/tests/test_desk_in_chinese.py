"""Staff read Chinese: no page of the desk speaks English, shows an id that only the database knows, or says None."""

import re
from html import unescape

from bandian.tests import matrix

ROWS = matrix.read()
# Units, formats and names that are written so in Chinese texts, and what the cast of the matrix is called.
ALLOWED = {
    "kVA", "kV", "kW", "kWh", "mm", "PDF", "CSV", "Excel", "JPG", "JSON", "PNG", "WebP", "HEIC", "KB", "MB", "UTF",
    "GBK", "txt", "csv", "IP", "E", "GB", "T", "PAdES", "B-B", "x", "X", "QR", "ZIP", "Chrome", "Edge",
    "Firefox", "Safari",
}  # fmt: skip
# Hashes and the serial numbers of certificates are what people compare; ids are nobody's.
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def visible(html):
    """Return what a reader sees or hears of a page: its text, labels and the words on its buttons."""
    html = re.sub(r"<(script|style|template|svg)\b.*?</\1>|<!--.*?-->", " ", html, flags=re.DOTALL)
    named = re.findall(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"', html)
    named += re.findall(r'<input type="submit"[^>]*\bvalue="([^"]*)"', html)
    return unescape(" ".join([re.sub(r"<[^>]*>", " ", html), *named]))


def english(text):
    """Return the words in Latin letters that are no units, codes, hashes or numbers of ours."""
    words = re.findall(r"(?<![\w.@/-])[A-Za-z][A-Za-z-]{1,}(?![\w@/-]|\.\w)", text)
    return [word for word in words if word not in ALLOWED and not re.fullmatch(r"[A-Z]{1,3}|[0-9a-f-]+", word)]


def test_no_page_of_the_desk_speaks_english_or_shows_raw_ids(world):
    found = {}
    for name, (thing, answers) in ROWS.items():
        for actor in ("superuser", "manager"):
            if name.startswith("admin:") and answers["GET"][actor] == 200:
                text = visible(world.look(actor, world.path(name, thing)).page)
                wrong = english(text) + _UUID.findall(text) + re.findall(r"\bNone\b", text)
                if wrong:
                    found[f"{name} ({actor})"] = sorted(set(wrong))

    assert not found, "\n".join(f"{page}: {words}" for page, words in found.items())
