"""The manifest, without which iOS neither installs the site nor lets it push."""

import json
from pathlib import Path

from django.contrib.staticfiles import finders
from django.urls import reverse


def test_pages_name_a_manifest_whose_icons_are_there(client, db):
    assert (
        b'rel="manifest" href="/static/bandian/manifest.webmanifest"' in client.get(reverse("accounts:login")).content
    )

    manifest = Path(finders.find("bandian/manifest.webmanifest"))
    facts = json.loads(manifest.read_text())
    assert (facts["display"], facts["start_url"], facts["scope"]) == ("standalone", "/", "/")
    assert all((manifest.parent / icon["src"]).is_file() for icon in facts["icons"])
